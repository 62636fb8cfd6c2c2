/** A row of an archive with its columns known: what it measured, when, and whether it is one of the regular ones. */
import { lis200Error } from "../errors.ts";
import { parseStatus, summerTimeMessage } from "../status/messages.ts";
import { type MeterTime, parseTime } from "../time.ts";
import { type EventEntry, isEventText, parseEvent } from "./event.ts";
import type { ArchiveColumn, ArchiveLayout } from "./layout.ts";
import type { RawRow } from "./rows.ts";
import { valueText } from "./text.ts";

export interface ArchiveRow {
  /** Counts all rows ever written, so it tells one from another for good. */
  readonly globalNumber: number | undefined;
  readonly archiveNumber: number | undefined;
  readonly time: MeterTime;
  /** The time is summer time, as the system status says; undefined for an archive without that status. */
  readonly summerTime: boolean | undefined;
  /** The measured values in the order of the columns; one the device had no value for is left out. */
  readonly values: readonly ArchiveValue[];
  readonly statuses: readonly RowStatus[];
  /** Why the row was written; undefined for an archive without that column. */
  readonly event: EventEntry | undefined;
  /**
   * `interval` = written at the end of a measuring period; `extra` = written because something happened, at an odd time:
   * no interval value. An archive without an event column has interval rows only.
   */
  readonly kind: "interval" | "extra";
  /** What the device says of the record's checksum in its own memory; `absent` when it says nothing. */
  readonly check: "ok" | "damaged" | "absent";
}

export interface ArchiveValue {
  readonly column: ArchiveColumn;
  /** As the device wrote it, without blanks around it: "1234.5678". */
  readonly text: string;
}

export interface RowStatus {
  readonly column: ArchiveColumn;
  /** Message numbers, 1 to 16. */
  readonly messages: readonly number[];
}

/**
 * @param number of the row in the answer, from 1, for errors
 * @throws ProtocolError `archive_row_invalid`, `time_invalid`, `status_invalid`, `event_invalid`
 */
export function interpretRow(layout: ArchiveLayout, raw: RawRow, number: number): ArchiveRow {
  const { columns } = layout;
  if (raw.length !== columns.length) {
    const reason = `it has ${raw.length} values for ${columns.length} columns`;
    throw lis200Error("archive_row_invalid", { row: number, reason });
  }
  const texts = raw.map(valueText);
  const values: ArchiveValue[] = [];
  const statuses: RowStatus[] = [];
  const row: Mutable<ArchiveRow> = {
    ...{ globalNumber: undefined, archiveNumber: undefined, time: "", summerTime: undefined },
    ...{ values, statuses, event: undefined, kind: "interval", check: "absent" },
  };
  for (const [index, column] of columns.entries()) {
    const text = texts[index]!;
    switch (column.role) {
      case "global-number":
        row.globalNumber = wholeNumber(text, number, column);
        break;
      case "archive-number":
        row.archiveNumber = wholeNumber(text, number, column);
        break;
      case "time":
        row.time = parseTime(text);
        break;
      case "value":
        // An event gives itself away by its form where a device's language has another header for it.
        if (isEventText(text)) row.event = parseEvent(text);
        else if (text !== "") values.push({ column, text });
        break;
      case "status":
        statuses.push({ column, messages: parseStatus(text) });
        break;
      case "event":
        row.event = text === "" ? undefined : parseEvent(text);
        break;
      case "check":
        row.check = checkOf(text);
        break;
    }
  }
  if (row.time === "") throw lis200Error("archive_row_invalid", { row: number, reason: "it has no time" });
  row.kind = row.event === undefined || row.event.endOfPeriod ? "interval" : "extra";
  row.summerTime = statuses.find(({ column }) => isSystemStatus(column))?.messages.includes(summerTimeMessage);
  return row;
}

type Mutable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

function isSystemStatus({ header }: ArchiveColumn): boolean {
  return /^St\.?Sy$/i.test(header);
}

/** "CRC Ok" when record and checksum fit; anything else is a record the device itself does not trust. */
function checkOf(text: string): ArchiveRow["check"] {
  if (text === "") return "absent";
  return /^CRC\s+ok$/i.test(text) ? "ok" : "damaged";
}

function wholeNumber(text: string, row: number, { header, position }: ArchiveColumn): number | undefined {
  if (text === "") return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  const reason = `${JSON.stringify(text)} in column ${position} (${header}) is no whole number`;
  throw lis200Error("archive_row_invalid", { row, reason });
}
