/** What was read, as JSON lines for programs or as tables for people. */
import { fullObisCode, obisOf } from "@anymeter/iec62056-21";
import { causes } from "../../head-end/causes.ts";
import type { RunReport } from "../../head-end/runs/run-report.ts";
import type { LoneContact, LoneReading } from "./lone-meter.ts";
import type { Call } from "./protocols.ts";

/** One line for each value and event, then one for each call with what became of it. */
export function jsonLines(contact: LoneContact, calls: readonly Call[]): string {
  const lines: object[] = valuesOf(contact).map(({ series, timestamp, value, unit }) => ({
    ...{ series, timestamp: timestamp === null ? null : new Date(timestamp).toISOString(), value, unit },
  }));
  for (const { timestamp, title, content } of contact.events)
    lines.push({ event: title, timestamp: new Date(timestamp).toISOString(), content });
  for (const report of contact.reports) {
    const { failure, rowsRead, durationMilliseconds, notes, result } = report;
    lines.push({
      call: calls[report.run]!.name,
      ...(failure
        ? { cause: failure.code, ...explained(failure.code), detail: failure.detail ?? null }
        : { rows_read: rowsRead }),
      duration_milliseconds: durationMilliseconds,
      ...(contact.contact.clock && { clock_drift_seconds: contact.contact.clock.driftSeconds }),
      ...(notes.length > 0 && { notes }),
      ...(isOther(result) && { result }),
    });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Values in a table, by time when there are several times; then events, other results and notes. */
export function tables(contact: LoneContact): string {
  const values = valuesOf(contact);
  const sections = [
    values.length > 0 ? valueTable(values) : undefined,
    contact.events.length > 0
      ? table(
          ["time", "event", ""],
          contact.events.map(({ timestamp, title, content }) => [timeText(timestamp), title, content]),
        )
      : undefined,
    ...contact.reports.map(({ result }) => (isOther(result) ? `${JSON.stringify(result, null, 2)}\n` : undefined)),
    contact.contact.clock && `The meter's clock is ${driftText(contact.contact.clock.driftSeconds)}.\n`,
    ...contact.reports.flatMap(({ notes }) => notes.map((note) => `${note}\n`)),
  ];
  return sections.filter((section) => section !== undefined && section !== "").join("\n");
}

/** Calls that failed, with the cause and what to do about it. */
export function failures(contact: LoneContact, calls: readonly Call[]): string {
  return contact.reports
    .flatMap(({ run, failure }) => (failure ? [{ name: calls[run]!.name, ...failure }] : []))
    .map(({ name, code, detail }) => {
      const { sentence, advice } = explained(code);
      return `${name}: ${code}\n  ${sentence}${detail ? `\n  ${detail}` : ""}\n  ${advice}\n`;
    })
    .join("");
}

function explained(code: NonNullable<RunReport["failure"]>["code"]): { sentence: string; advice: string } {
  // Who reads by hand stops by hand: nothing takes it up again.
  if (code === "stopped") return { sentence: "You stopped the reading.", advice: "What was read before is shown." };
  const { sentence, advice } = causes[code];
  return { sentence, advice };
}

/** A reading, or a value the meter tells without a time. */
type ShownValue = Omit<LoneReading, "timestamp"> & { readonly timestamp: number | null };

/** Single values as the calls show them, in all their digits, and all other readings, by time. */
function valuesOf({ reports, readings }: LoneContact): readonly ShownValue[] {
  const others = new Map(readings.map((reading) => [keyOf(reading), reading]));
  const single = reports.flatMap(({ result }) => (isValues(result) ? Object.entries(result) : []));
  const shown = single.map(([name, { value, unit, timestamp: time }]): ShownValue => {
    const timestamp = time === null ? null : Date.parse(time);
    const keys = namesFor(name).map((series) => keyOf({ series, timestamp }));
    const stored = keys.map((key) => others.get(key)).find((reading) => reading !== undefined);
    for (const key of keys) others.delete(key);
    return { series: stored?.series ?? name, timestamp, value, unit };
  });
  return [...shown, ...others.values()].sort((one, other) => (one.timestamp ?? 0) - (other.timestamp ?? 0));
}

/** What a meter calls "1.8.0" or "1-0:1.8.0*255" goes to the series "1-0:1.8.0". */
function namesFor(name: string): readonly string[] {
  const obis = obisOf(name);
  return obis ? [name, fullObisCode(obis).replace(/\*255$/, "")] : [name];
}

function keyOf({ series, timestamp }: Pick<ShownValue, "series" | "timestamp">): string {
  return `${series}\t${timestamp}`;
}

interface SingleValue {
  readonly value: string;
  readonly unit: string | null;
  readonly timestamp: string | null;
}

/** `{ "1-0:1.8.0": { value, unit, timestamp } }`: how calls show single values. */
function isValues(result: unknown): result is Readonly<Record<string, SingleValue>> {
  if (typeof result !== "object" || result === null || Array.isArray(result)) return false;
  const values = Object.values(result as Record<string, Partial<SingleValue> | null>);
  return (
    values.length > 0 && values.every((value) => typeof value?.value === "string" && value.timestamp !== undefined)
  );
}

/** Something to show that is no values. */
function isOther(result: unknown): boolean {
  return result !== undefined && !isValues(result) && JSON.stringify(result) !== "{}";
}

/** One row for each series, or for each time when a series comes more than once. */
function valueTable(values: readonly ShownValue[]): string {
  const series = [...new Set(values.map((value) => value.series))];
  if (series.length === values.length) {
    const rows = values.map(({ series, value, unit, timestamp }) => [series, value, unit ?? "", timeText(timestamp)]);
    return table(["series", "value", "unit", "time"], rows, [1]);
  }
  const units = new Map(values.map(({ series, unit }) => [series, unit]));
  const heads = series.map((name) => (units.get(name) ? `${name} ${units.get(name)}` : name));
  const byTime = Map.groupBy(values, ({ timestamp }) => timestamp);
  const rows = [...byTime].map(([timestamp, atOnce]) => {
    const cells = new Map(atOnce.map(({ series, value }) => [series, value]));
    return [timeText(timestamp), ...series.map((name) => cells.get(name) ?? "")];
  });
  return table(
    ["time", ...heads],
    rows,
    series.map((_, index) => index + 1),
  );
}

function timeText(timestamp: number | null): string {
  return timestamp === null ? "" : new Date(timestamp).toISOString().replace(/\.\d+Z$/, "Z");
}

function driftText(seconds: number): string {
  const shown = Math.round(seconds * 10) / 10;
  return shown === 0 ? "right" : `${Math.abs(shown)} s ${shown > 0 ? "fast" : "slow"}`;
}

/** Columns as wide as their widest cell; those named are numbers, and end where they end. */
function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[] = [],
): string {
  const widths = heads.map((head, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]!.length), head.length),
  );
  return [heads, ...rows]
    .map((row) =>
      row.map((cell, column) =>
        numbers.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      ),
    )
    .map((cells) => `${cells.join("  ").trimEnd()}\n`)
    .join("");
}
