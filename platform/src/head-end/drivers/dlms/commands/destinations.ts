/** `update_ip_port`: the destinations of auto connect (class 29), in order of preference. */

import { autoConnectValues } from "@anymeter/dlms-cosem";
import { type Prepare, verified } from "./carry-out.ts";
import { objectName } from "./meter-objects.ts";
import type { ShowSetting } from "./shown-settings.ts";

const prepare: Prepare<"update_ip_port"> = async ({ objects, parameters, home }) => {
  const autoConnect = { classId: 29, logicalName: home.object };
  const { primary_ip_address, primary_port, secondary_ip_address, secondary_port } = parameters;
  const wanted = [`${primary_ip_address}:${primary_port}`, `${secondary_ip_address}:${secondary_port}`];
  const read = () => objects.value(autoConnect, 6, autoConnectValues.destinationList);
  const former = await read();
  return {
    async differences() {
      const shown = await read();
      if (shown.length === wanted.length && shown.every((destination, index) => destination === wanted[index]))
        return [];
      return [`The ${objectName(autoConnect)} shows ${shown.join(", ") || "no destination"}.`];
    },
    send: () => objects.write(autoConnect, 6, autoConnectValues.destinationList.toData(wanted)),
    async account() {
      const mode = await objects.valueIfThere(autoConnect, 2, autoConnectValues.mode);
      const remarks =
        mode === noAutoConnect ? ["The meter does not connect of its own accord: its auto connect has mode 0."] : [];
      return { remarks, result: { destinations: wanted, former_destinations: former } };
    },
  };
};

export const changeDestinations = verified("update_ip_port", prepare);

const noAutoConnect = 0;

/** `ippo`: where the meter connects to. */
export const showDestinations: ShowSetting = async ({ objects, homes: { update_ip_port: home } }) => {
  if (home.by !== "auto connect") return undefined;
  const autoConnect = { classId: 29, logicalName: home.object };
  const list = await objects.valueIfThere(autoConnect, 6, autoConnectValues.destinationList);
  if (!list) return undefined;
  const [primary, secondary] = list.map((destination) => destination.split(":"));
  return {
    ippo_primary_ip_address: primary?.[0],
    ippo_secondary_ip_address: secondary?.[0],
    ippo_primary_port: wholeIn(primary?.[1]),
    ippo_secondary_port: wholeIn(secondary?.[1]),
  };
};

function wholeIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}
