/** `read_identification`: what the device says it is, by the standard's names of its objects. */
import { objectName, objectText } from "@anymeter/modbus";
import type { ModbusArguments } from "../../../registry/protocols/modbus.ts";
import type { StartedCall } from "../conversation-driver.ts";
import type { ModbusContext } from "./context.ts";

export async function readIdentification(context: ModbusContext): Promise<StartedCall> {
  const { category = "basic" } = context.call.kwargs as ModbusArguments<"read_identification">;
  const { objects } = await context.request(context.client.readIdentification(category));
  const result = Object.fromEntries([...objects].map(([id, value]) => [objectName(id), objectText(value)]));
  return { outcome: Promise.resolve({ rowsRead: objects.size, result }) };
}
