/** What an OBIS code means in words (Blue Book, clause 6), from the tables of cosem/obis-names/. */
import { type Obis, parseObis } from "./obis.ts";
import { abstractObisNames } from "./obis-names/abstract.ts";
import {
  angleEnds,
  electricityObisNames,
  electricityProcessing,
  electricityQuantity,
} from "./obis-names/electricity.ts";
import { otherMedia } from "./obis-names/other-media.ts";
import { matchesObis, type ObisPattern, parseObisPattern } from "./obis-pattern.ts";

export type Medium =
  | "abstract"
  | "electricity"
  | "heat cost"
  | "cooling"
  | "heat"
  | "gas"
  | "cold water"
  | "hot water"
  | "other";

export interface ObisMeaning {
  readonly medium: Medium;
  /** "active energy import (+), tariff 1"; channel and billing period follow when they are not the usual ones. */
  readonly name: string;
}

/** Undefined when the tables do not know the code. Throws `obis_invalid` when the text is none. */
export function describeObis(code: Obis | string): ObisMeaning | undefined {
  const obis = typeof code === "string" ? parseObis(code) : code;
  const name = objectName(obis) ?? quantityName(obis);
  return name === undefined ? undefined : { medium: mediumOf(obis), name };
}

export function mediumOf(code: Obis | string): Medium {
  const { a } = typeof code === "string" ? parseObis(code) : code;
  return media[a] ?? "other";
}

/** Group A. */
const media: Readonly<Record<number, Medium>> = {
  0: "abstract",
  1: "electricity",
  4: "heat cost",
  5: "cooling",
  6: "heat",
  7: "gas",
  8: "cold water",
  9: "hot water",
};

const objectNames: readonly (readonly [pattern: ObisPattern, name: string])[] = [
  ...abstractObisNames,
  ...electricityObisNames,
  ...new Set(Object.values(otherMedia).flatMap((medium) => medium.objects)),
].map(([pattern, name]) => [parseObisPattern(pattern), name]);

function objectName(obis: Obis): string | undefined {
  const found = objectNames.find(([pattern]) => matchesObis(pattern, obis));
  return found?.[1].replace(/\{([bef])\}/g, (_, group: "b" | "e" | "f") => String(obis[group]));
}

function quantityName(obis: Obis): string | undefined {
  const name = obis.a === 1 ? electricityName(obis) : otherName(obis);
  if (name === undefined) return undefined;
  const channel = obis.b === 0 ? "" : `, channel ${obis.b}`;
  const period = obis.f === 255 ? "" : `, billing period ${obis.f}`;
  return name + channel + period;
}

function electricityName({ c, d, e }: Obis): string | undefined {
  if (c === 81) return d === 7 ? angleName(e) : undefined;
  const quantity = electricityQuantity(c);
  const processing = electricityProcessing[d];
  if (quantity === undefined || processing === undefined) return undefined;
  const noun = processing.integral ? "energy" : "power";
  const subject = quantity.power === undefined ? quantity.name : `${quantity.power} ${noun} ${quantity.name}`;
  const processed = processing.name === "" ? subject : `${subject}, ${processing.name}`;
  if (e === 0) return processed;
  const isHarmonic = d === 7 && quantity.power === undefined;
  return isHarmonic ? `${processed}, harmonic ${e}` : `${processed}, tariff ${e}`;
}

function angleName(e: number): string | undefined {
  const to = angleEnds[Math.floor(e / 10)];
  const from = angleEnds[e % 10];
  return to === undefined || from === undefined ? undefined : `phase angle ${from} to ${to}`;
}

function otherName({ a, c, d, e }: Obis): string | undefined {
  const medium = otherMedia[a];
  const quantity = medium?.quantities[c];
  const processing = medium?.processing[d];
  if (quantity === undefined || processing === undefined) return undefined;
  const processed = processing === "" ? quantity : `${quantity}, ${processing}`;
  return e === 0 ? processed : `${processed}, tariff ${e}`;
}
