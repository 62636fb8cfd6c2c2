/** `activate_meter_optical_port`: the times between which a maker's own object keeps the port open. */

import {
  type CosemDateTime,
  type Data,
  dateTimeFromData,
  dateTimeToData,
  describeDateTime,
} from "@anymeter/dlms-cosem";
import { RunFailure } from "../../../causes.ts";
import { type Prepare, verified } from "./carry-out.ts";
import { clockRemarks, sameDateTime } from "./meter-clock.ts";
import { objectName } from "./meter-objects.ts";
import { instantField, type ShowSetting } from "./shown-settings.ts";
import { shownValue } from "./single-values.ts";

const prepare: Prepare<"activate_meter_optical_port"> = async ({ context, objects, clock, parameters, home }) => {
  const object = { classId: 1, logicalName: home.object };
  const instants = [parameters.optical_port_on_datetime, parameters.optical_port_off_datetime].map((time) =>
    clock.instantOf(time),
  );
  if (instants[1]! < instants[0]!) {
    throw new RunFailure("command_refused", "The port would be closed before it is opened.");
  }
  const wanted = instants.map((instant) => clock.dateTimeAt(instant));
  const read = () => objects.value(object, 2, { fromData: windowOf });
  await read();
  return {
    async differences() {
      const shown = await read();
      if (shown.every((time, index) => sameDateTime(time, wanted[index]!))) return [];
      return [`The ${objectName(object)} shows ${shown.map(describeDateTime).join(" to ")}.`];
    },
    send: () => objects.write(object, 2, { type: "structure", value: wanted.map(dateTimeToData) }),
    account: async () => ({ remarks: await clockRemarks(objects, context) }),
  };
};

export const openOpticalPort = verified("activate_meter_optical_port", prepare);

function windowOf(data: Data): readonly CosemDateTime[] {
  if (data.type !== "structure" || data.value.length < 2) {
    throw new RunFailure("invalid_answer", "The window of the optical port is no structure of two times.");
  }
  return data.value.slice(0, 2).map(dateTimeFromData);
}

/** `oppo`: between which times the optical port is open. */
export const showOpticalPort: ShowSetting = async ({
  context,
  objects,
  homes: { activate_meter_optical_port: home },
}) => {
  if (home.by !== "window") return undefined;
  const window = await shownValue(objects, home.object);
  if (window?.type !== "structure" || window.value.length < 2) return undefined;
  const [on, off] = window.value.map((time) => {
    try {
      return dateTimeFromData(time);
    } catch {
      return undefined;
    }
  });
  return {
    ...instantField("oppo_optical_port_on_datetime", on, context),
    ...instantField("oppo_optical_port_off_datetime", off, context),
  };
};
