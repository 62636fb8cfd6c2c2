/** Records as lines of text, to compare whole telegrams at a glance. */
import { type DataRecord, recordName } from "../records/record.ts";
import { recordValueText } from "../records/record-text.ts";

/** "energy, storage 1 = 28014000 Wh"; kinds that are no number or time are named before the value, problems behind it. */
export function recordLines(records: readonly DataRecord[]): string[] {
  return records.map((record) => {
    const kind =
      record.kind === "text" || record.kind === "bytes" || record.kind === "profile" ? `${record.kind} ` : "";
    return `${recordName(record)} = ${kind}${recordValueText(record)}${record.problem ? ", problem" : ""}`;
  });
}
