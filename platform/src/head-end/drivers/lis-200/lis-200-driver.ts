/** The driver of `generic_lis200`: wakes and signs on, opens the lock, makes the calls, and ends with a break. */
import { Lis200Client } from "@anymeter/lis-200";
import { type CompleteLis200Settings, lis200 } from "../../../registry/protocols/lis-200.ts";
import { RunFailure } from "../../causes.ts";
import {
  type CallContext,
  type ClientOptions,
  type ContactContext,
  conversationDriver,
} from "../conversation-driver.ts";
import type { Driver } from "../driver.ts";
import type { DriverServices } from "../driver-services.ts";
import { signOnOptions } from "../sign-on.ts";
import { readArchiveByDate, readArchiveByOffset } from "./calls/read-archive.ts";
import { readSingleValue } from "./calls/read-single-value.ts";
import { setTime } from "./calls/set-time.ts";
import { lis200Causes } from "./causes.ts";

export type Lis200Context = CallContext<Lis200Client, CompleteLis200Settings>;

/** Makes the driver; one serves every session of the process. */
export function lis200Driver(services: DriverServices): Driver {
  return conversationDriver<Lis200Client, CompleteLis200Settings>(
    {
      name: "lis-200",
      declaration: lis200,
      client: clientOf,
      open,
      close: async ({ client, request }) => await request(client.disconnect()),
      calls: {
        read_single_value: readSingleValue,
        read_archive_by_date: readArchiveByDate,
        read_archive_by_offset_seconds: readArchiveByOffset,
        set_time: setTime,
      },
      commands: { time_synchronization: setTime },
      causes: lis200Causes,
    },
    services,
  );
}

function clientOf(options: ClientOptions<CompleteLis200Settings>): Lis200Client {
  return new Lis200Client({ ...signOnOptions(options), protocolCharacter: options.settings.protocol_character });
}

async function open({
  client,
  request,
  settings,
  keys,
}: ContactContext<Lis200Client, CompleteLis200Settings>): Promise<void> {
  // Before the line is used: nobody is to wait for a device only to learn that a code is missing.
  const code = codeOf(settings, keys);
  await request(client.connect());
  if (settings.lock !== undefined && code !== undefined) await request(client.openLock(settings.lock, code));
}

/** @throws RunFailure `key_missing` when a lock is to be opened and no code is registered */
function codeOf(
  { lock }: CompleteLis200Settings,
  { iec62056Password }: ContactContext<Lis200Client, CompleteLis200Settings>["keys"],
): string | undefined {
  if (lock === undefined) return undefined;
  if (iec62056Password && iec62056Password.length > 0) return Buffer.from(iec62056Password).toString("latin1");
  throw new RunFailure("key_missing", `Lock ${lock} is to be opened: register its code as iec62056_21_password.`);
}
