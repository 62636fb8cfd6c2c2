/** `reset`: sends the meter an application reset, so that it begins with its first telegram. */
import type { MbusArguments } from "../../../../registry/protocols/mbus.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import { targetOf } from "../bus-target.ts";
import type { MbusContext } from "../mbus-driver.ts";

export async function reset({ client, request, settings, call }: MbusContext): Promise<StartedCall> {
  const { subcode } = call.kwargs as MbusArguments<"reset">;
  await request(client.resetApplication(targetOf(settings), subcode ?? undefined));
  return { outcome: Promise.resolve({}) };
}
