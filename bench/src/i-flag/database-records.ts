/**
 * How many database records one core decodes: 90 bytes of a MID converter's hourly database, from the bytes to 29 values by
 * name, pulses multiplied by the pulse weight exactly. The peer is V8's own JSON parser over texts that say the same.
 *
 * Figures are per second of processor time, so that other work on the machine does not count. Both run in turns, and the
 * medians are reported.
 */
import { recordReader } from "@anymeter/i-flag";
import { median } from "../readings/median.ts";
import type { BenchResult } from "../result.ts";
import { layout, pulseWeight, recordsOfADay } from "./benchmark-converter.ts";

const rounds = 9;
const daysOfARound = 2_000;
const records = daysOfARound * recordsOfADay.length;

export async function run(): Promise<BenchResult[]> {
  const texts = recordsOfADay.map((record) => JSON.stringify(recordReader(layout, { pulseWeight })(record)));
  const decoded: number[] = [];
  const parsed: number[] = [];
  for (let round = 0; round < rounds; round++) {
    decoded.push(perSecond(decodeDays));
    parsed.push(perSecond(() => parseDays(texts)));
  }
  const figure = median(decoded);
  const peerFigure = median(parsed);
  const columns = layout.columns.filter(({ name }) => name !== "").length;
  return [
    {
      name: "decode of i-flag database records",
      ...{ figure, unit: "records/s of one core" },
      peer: "JSON.parse of texts that say the same",
      ...{ peerFigure, ratio: figure / peerFigure },
      notes: `${layout.length} bytes and ${columns} columns a record, ${records} records a round, median of ${rounds} rounds`,
    },
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

function perSecond(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (records * 1e6) / (user + system);
}
