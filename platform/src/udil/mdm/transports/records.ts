/** Rows of tables that were not read by a service: the same columns and the same tolerance as in an answer. */
import { readResponse, readServiceOf, type UdilRow } from "@anymeter/udil";
import type { Unreadable } from "../intake/row-delivery.ts";
import type { Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";

/** Columns by name; null and undefined = no value. */
export type TextRecord = Readonly<Record<string, string | null | undefined>>;

export function readRecords(
  { version, zone, peerSwitches }: Mdc,
  table: PollableTable,
  records: readonly TextRecord[],
): { readonly rows: readonly UdilRow[]; readonly unreadable: readonly Unreadable[] } {
  const { rows = [], setAside } = readResponse({
    body: Buffer.from(JSON.stringify({ status: "1", data: records })),
    contentType: "application/json",
    service: readServiceOf(table),
    ...{ version, zone },
    ...(peerSwitches.loadProfileEnergy && { loadProfileEnergy: peerSwitches.loadProfileEnergy }),
  });
  return { rows, unreadable: setAside };
}
