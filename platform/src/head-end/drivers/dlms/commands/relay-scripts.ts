/** Which scripts of a meter open and close its relay. */
import { scriptTableValues } from "@anymeter/dlms-cosem";
import type { RelayScripts } from "../../../../registry/protocols/dlms-commands.ts";
import { RunFailure } from "../../../causes.ts";
import { type MeterObjects, objectName } from "./meter-objects.ts";

export interface RelaySelectors {
  readonly table: string;
  readonly disconnect: number;
  readonly reconnect: number;
}

/** What the table itself says they do decides. @throws RunFailure `command_unsupported` when it cannot be told */
export async function relaySelectors(objects: MeterObjects, scripts: RelayScripts): Promise<RelaySelectors> {
  const { table } = scripts;
  const object = { classId: scriptTableClass, logicalName: table };
  const found = (await objects.valueIfThere(object, 2, scriptTableValues.scripts)) ?? [];
  const selectorOf = (method: number) =>
    found.find(({ actions }) =>
      actions.some(
        ({ serviceId, classId, index }) => serviceId === execute && classId === relayClass && index === method,
      ),
    )?.scriptIdentifier;
  const disconnect = selectorOf(remoteDisconnect) ?? scripts.disconnect;
  const reconnect = selectorOf(remoteReconnect) ?? scripts.reconnect;
  if (disconnect === undefined || reconnect === undefined) {
    throw new RunFailure(
      "command_unsupported",
      `The ${objectName(object)} shows no scripts that open and close the relay.`,
    );
  }
  return { table, disconnect, reconnect };
}

export const scriptTableClass = 9;
const relayClass = 70;
/** Service of a script's action. */
const execute = 2;
const [remoteDisconnect, remoteReconnect] = [1, 2];
