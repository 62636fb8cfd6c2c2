/**
 * How many database records one core decodes: 90 bytes of a MID converter's hourly database, from the bytes to 29 values by
 * name, pulses multiplied by the pulse weight exactly. The peer is V8's own JSON parser over texts that say the same.
 */
import { recordReader } from "@anymeter/i-flag";
import { compareOnOneCore } from "../one-core.ts";
import type { BenchResult } from "../result.ts";
import { layout, pulseWeight, recordsOfADay } from "./benchmark-converter.ts";

const daysOfARound = 2_000;
const records = daysOfARound * recordsOfADay.length;

export async function run(): Promise<BenchResult[]> {
  const texts = recordsOfADay.map((record) => JSON.stringify(recordReader(layout, { pulseWeight })(record)));
  const columns = layout.columns.filter(({ name }) => name !== "").length;
  return [
    compareOnOneCore({
      name: "decode of i-flag database records",
      ...{ what: "records", count: records },
      work: decodeDays,
      peer: "JSON.parse of texts that say the same",
      peerWork: () => parseDays(texts),
      notes: `${layout.length} bytes and ${columns} columns a record`,
    }),
  ];
}

/** As a client does: a reader for each database, for all of its records. */
function decodeDays(): void {
  let values = 0;
  for (let day = 0; day < daysOfARound; day++) {
    const read = recordReader(layout, { pulseWeight });
    for (const record of recordsOfADay) values += read(record).index_converted === "183211.25" ? 1 : 0;
  }
  if (values !== records) throw new Error(`${values} records instead of ${records}`);
}

function parseDays(texts: readonly string[]): void {
  let values = 0;
  for (let day = 0; day < daysOfARound; day++)
    for (const text of texts) values += JSON.parse(text).index_converted === "183211.25" ? 1 : 0;
  if (values !== records) throw new Error(`${values} texts instead of ${records}`);
}
