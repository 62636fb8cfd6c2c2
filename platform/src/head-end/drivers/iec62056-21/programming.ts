/** Programming mode as the calls need it: open once for all calls of a session. */
import { RunFailure } from "../../causes.ts";
import type { Iec62056Context } from "./iec62056-21-driver.ts";

/** @throws RunFailure `settings_invalid` for a meter that only sends, `authentication_failed` for a password it refuses */
export async function programming({ client, request, settings }: Iec62056Context): Promise<void> {
  if (settings.form === "pushed") {
    throw new RunFailure("settings_invalid", "The meter only sends (form is pushed): read it with read_readout.");
  }
  if (!client.programming) await request(client.openProgramming());
}
