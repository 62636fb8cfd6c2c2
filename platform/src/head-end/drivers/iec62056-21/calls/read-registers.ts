/** `read_registers`: registers one by one, in programming mode. */
import type { Iec62056Arguments } from "../../../../registry/protocols/iec62056-21.ts";
import { RunFailure } from "../../../causes.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import type { CallOutcome } from "../../driver.ts";
import { DataSetReadings } from "../data-set-readings.ts";
import type { Iec62056Context } from "../iec62056-21-driver.ts";
import { programming } from "../programming.ts";

/** The good values are stored and shown, also when others were refused. */
export async function readRegisters(context: Iec62056Context): Promise<StartedCall> {
  const { addresses } = context.call.kwargs as Iec62056Arguments<"read_registers">;
  const { client, request, settings, clock } = context;
  await programming(context);
  const readings = new DataSetReadings(context);
  const refused: RunFailure[] = [];
  for (const address of new Set(addresses)) {
    try {
      const dataSets = await request(client.read(address, { command: settings.read_command }));
      // Some meters leave the address out of their answer, or write it another way.
      const [first] = dataSets;
      if (first) readings.add({ ...first, address }, clock.now(), true);
    } catch (error) {
      if (!(error instanceof RunFailure) || error.code !== "request_refused" || !client.programming) throw error;
      refused.push(error);
    }
  }
  return { outcome: finish(context, readings, refused) };
}

async function finish(
  { call }: Iec62056Context,
  readings: DataSetReadings,
  [failure, ...more]: readonly RunFailure[],
): Promise<CallOutcome> {
  const outcome = await readings.store(more.map(({ detail, message }) => detail ?? message));
  if (failure) call.fail(failure, outcome);
  return outcome;
}
