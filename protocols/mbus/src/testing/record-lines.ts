/** Records as lines of text, to compare whole telegrams at a glance. */
import { hexFromBytes } from "@anymeter/sans-io";
import { timeText } from "../records/calendar-time.ts";
import { type DataRecord, recordName } from "../records/record.ts";

export function recordLines(records: readonly DataRecord[]): string[] {
  return records.map((record) => {
    const unit = record.unit && ` ${record.unit}`;
    return `${recordName(record)} = ${valueText(record)}${unit}${record.problem ? ", problem" : ""}`;
  });
}

function valueText(record: DataRecord): string {
  switch (record.kind) {
    case "decimal":
      return record.value;
    case "text":
      return `text ${record.value}`;
    case "time":
      return timeText(record.value) ?? "no date";
    case "bytes":
      return `bytes ${hexFromBytes(record.value)}`;
    case "profile": {
      const { spacing, entries } = record.value;
      const every = spacing ? `every ${spacing.count} ${spacing.unit}` : "list";
      const values = entries.map(({ time, value }) =>
        [time && timeText(time), value ?? "none"].filter(Boolean).join(" "),
      );
      return `profile ${every}: ${values.join(", ")}`;
    }
    case "none":
      return "none";
  }
}
