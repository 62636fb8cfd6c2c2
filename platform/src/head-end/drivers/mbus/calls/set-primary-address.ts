/** `set_primary_address`: gives the meter another address on its bus. */
import type { MbusArguments } from "../../../../registry/protocols/mbus.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import { targetOf } from "../bus-target.ts";
import type { MbusContext } from "../mbus-driver.ts";

export async function setPrimaryAddress({ client, request, settings, call }: MbusContext): Promise<StartedCall> {
  const { address } = call.kwargs as MbusArguments<"set_primary_address">;
  const target = targetOf(settings);
  await request(client.setPrimaryAddress(target, address));
  const notes = "primary" in target ? [`Set primary_address to ${address} in the meter's mbus_settings.`] : [];
  return { outcome: Promise.resolve({ notes, result: { primary_address: address } }) };
}
