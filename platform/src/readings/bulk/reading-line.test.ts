import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDecimal } from "../decimal.ts";
import { valueAsWritten } from "../exact-json.ts";
import { parseTimestamp } from "../timestamp.ts";
import { ReadingLine } from "./reading-line.ts";

const ordinary = `{"meter_device_name":"LGZ001","series_name":"1-0:1.8.0","timestamp":"2026-01-15T06:00:00.5+01:00","value":"14567.125"}`;
const fields = ["meter_device_name", "series_name", "timestamp", "value", "organization"];

/** What the fast reading sees in a line; undefined when it leaves the line to the whole parser. */
function fast(text: string) {
  // Surrounded by other lines, so that reading past the end would show.
  const bytes = Buffer.from(`9"}\n${text}\n"},{"9`);
  const line = new ReadingLine();
  if (!line.parse(bytes, 4, bytes.length - 7)) return undefined;
  const at = ({ start, end }: { start: number; end: number }) =>
    start < 0 ? undefined : bytes.toString("utf8", start, end);
  const value = parseDecimal(at(line.value)!);
  return {
    device: at(line.device),
    series: at(line.series),
    organization: at(line.organization),
    timestamp: line.timestamp,
    value,
  };
}

/** What the whole parser sees; throws when it is no reading. */
function whole(text: string) {
  const row = JSON.parse(text, valueAsWritten);
  for (const field of Object.keys(row)) assert.ok(fields.includes(field) && typeof row[field] === "string");
  const timestamp = parseTimestamp(row.timestamp);
  assert.ok("instant" in timestamp && row.meter_device_name !== undefined && row.series_name !== undefined);
  return {
    device: row.meter_device_name,
    series: row.series_name,
    organization: row.organization,
    timestamp: timestamp.instant,
    value: parseDecimal(row.value),
  };
}

test("lines in the ordinary forms are read fast, and as the whole parser reads them", () => {
  for (const text of [
    ordinary,
    ordinary.replaceAll(":", " : ").replaceAll("1-0 : 1.8.0", "x").replace("T06 : 00 : 00.5+01 : 00", "T06:00:00Z"),
    ordinary.replace('"14567.125"', "-14567.125"),
    ordinary.replace("+01:00", "-0530"),
    ordinary.replace(".5+01:00", "Z"),
    ordinary.replace("{", '{"organization":"5f0c9c0e-5a5c-4a5e-9c8e-0a0b0c0d0e0f",'),
    ordinary.replace("LGZ001", "Zähler 😀"),
    `{"value":0,"timestamp":"1999-12-31T23:59:59.123456789Z","series_name":"s","meter_device_name":"d"} \r`,
  ]) {
    assert.deepEqual(fast(text), whole(text), text);
  }
});

test("whatever is read fast is what the whole parser reads, for 20,000 damaged lines", () => {
  let seed = 42;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const pieces = [
    '"',
    "\\",
    "{",
    "}",
    ",",
    ":",
    "0",
    "9",
    "-",
    "+",
    ".",
    "T",
    "Z",
    " ",
    "\t",
    "e",
    "\u0001",
    "00",
    '"value":1,',
  ];
  let read = 0;
  for (let mutant = 0; mutant < 20_000; mutant++) {
    let text = ordinary;
    for (let changes = 1 + random(2); changes > 0; changes--) {
      const at = random(text.length);
      text = text.slice(0, at) + pieces[random(pieces.length)]! + text.slice(at + random(3));
    }
    const seen = fast(text);
    if (seen === undefined) continue;
    read++;
    assert.deepEqual(seen, whole(text), text);
  }
  assert.ok(read > 1_000, `${read} mutants were read`);
});

test("every beginning of a line is left to the whole parser", () => {
  for (let end = 0; end < ordinary.length; end++) assert.equal(fast(ordinary.slice(0, end)), undefined);
});
