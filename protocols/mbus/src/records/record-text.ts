/** A record's value as text for people. */
import { hexFromBytes } from "@anymeter/sans-io";
import { timeText } from "./calendar-time.ts";
import type { DataRecord, Profile } from "./record.ts";

/** "12.345 m³", "2024-05-31T23:59", "no date", the hexadecimal digits of bytes; "no value". */
export function recordValueText(record: DataRecord): string {
  const unit = record.unit && ` ${record.unit}`;
  switch (record.kind) {
    case "decimal":
    case "text":
      return `${record.value}${unit}`;
    case "time":
      return timeText(record.value) ?? "no date";
    case "bytes":
      return `${hexFromBytes(record.value)}${unit}`;
    case "profile":
      return `${profileText(record.value)}${unit}`;
    case "none":
      return "no value";
  }
}

function profileText({ spacing, entries }: Profile): string {
  const every = spacing ? `every ${spacing.count} ${spacing.unit}` : "list";
  const values = entries.map(({ time, value }) => [time && timeText(time), value ?? "none"].filter(Boolean).join(" "));
  return `${every}: ${values.join(", ")}`;
}
