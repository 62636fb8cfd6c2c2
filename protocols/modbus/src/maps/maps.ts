/** Every register map of this package, by its id. */
import { modbusError } from "../errors.ts";
import { a43, b23 } from "./meters/abb.ts";
import { em21, em24, em340 } from "./meters/carlo-gavazzi.ts";
import { dtsu666 } from "./meters/chint.ts";
import { integra1540 } from "./meters/crompton.ts";
import { sdm72, sdm120, sdm230, sdm630 } from "./meters/eastron.ts";
import { finder7E23 } from "./meters/finder.ts";
import { pro380 } from "./meters/inepro.ts";
import { umg96rm } from "./meters/janitza.ts";
import { ald1 } from "./meters/saia.ts";
import { iem3000 } from "./meters/schneider.ts";
import { pac2200, pac4200 } from "./meters/siemens.ts";
import { sunSpecMeter } from "./meters/sunspec.ts";
import type { MeterMap } from "./register-map.ts";

export const registerMaps: ReadonlyMap<string, MeterMap> = new Map(
  [
    a43,
    ald1,
    b23,
    dtsu666,
    em21,
    em24,
    em340,
    finder7E23,
    iem3000,
    integra1540,
    pac2200,
    pac4200,
    pro380,
    sdm72,
    sdm120,
    sdm230,
    sdm630,
    sunSpecMeter,
    umg96rm,
  ]
    .toSorted((one, other) => one.id.localeCompare(other.id, "en", { numeric: true }))
    .map((map) => [map.id, map]),
);

/** @throws ProtocolError `map_unknown` */
export function registerMap(id: string): MeterMap {
  const map = registerMaps.get(id);
  if (map) return map;
  throw modbusError("map_unknown", { map: id, known: [...registerMaps.keys()].join(", ") });
}
