/** `update_ip_port`: the destinations of auto connect (class 29), in order of preference. */
import { autoConnectValues } from "@anymeter/dlms-cosem";
import { type Prepare, verified } from "./carry-out.ts";
import { objectName } from "./meter-objects.ts";

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
