/** What the data of commands and answers say, part by part; the parts are cut where the decoders cut. */
import { type ExplainedPart, Explainer, type Json, jsonOf } from "@anymeter/sans-io";
import { type Address, addressText, attributes, findAddress, isArchive } from "../address/address.ts";
import { isEventText, parseEvent } from "../archive/event.ts";
import { findRange } from "../archive/range.ts";
import { type Cell, rowCells, rowLines } from "../archive/rows.ts";
import { valueText } from "../archive/text.ts";
import { parseValueAnswer } from "../client/value.ts";
import { refusalText } from "../errors.ts";
import { findLockState, lockOf, locks } from "../locks.ts";
import { refusalNumber, refusalOf } from "../refusals.ts";
import { findStatus, systemMessageName } from "../status/messages.ts";
import { findTime } from "../time.ts";
import { knownValues } from "./known-values.ts";

export interface ExplainedData {
  readonly parts: readonly ExplainedPart[];
  /** What it is, in a few words: "value of 2:302.0", "12 rows of an archive". */
  readonly summary: string;
  readonly decoded: Json;
}

/**
 * Explains the data of a command, `2:302.0(1)`.
 * @param start offset of its first byte in the telegram
 */
export function explainCommandData(command: string, data: string, start: number): ExplainedData {
  const open = data.indexOf("(");
  const place = open < 0 ? data : data.slice(0, open);
  const parameter = open < 0 ? "" : data.slice(open + 1, data.endsWith(")") ? -1 : undefined);
  const address = findAddress(place);
  const explainer = new Explainer(start);
  explainer.upTo(start + place.length, addressMeaning(address), { value: place });
  explainer.upTo(start + data.length, parameterMeaning(command, address, parameter));
  const decoded = { ...(address && { address: addressText(address) }), parameter };
  return { parts: explainer.parts, summary: commandSummary(command, address), decoded };
}

/** Explains the text of an answer: one value, a refusal, or rows. */
export function explainAnswer(text: string, start: number): ExplainedData {
  const explainer = new Explainer(start);
  const value = parseValueAnswer(text);
  if (value !== undefined) return explainValue(text, start, value);
  const lines = [...rowLines(text)];
  const rows: Json[] = [];
  for (const line of lines) {
    const lineEnd = Math.min(line.end + 1, text.length);
    const cells = rowCells(text, line);
    const inside = new Explainer(start + line.start);
    for (const [index, cell] of cells.entries()) explainCell(inside, text, start, cell, index, cells.length);
    inside.upTo(start + lineEnd, "blanks and the end of the line");
    explainer.upTo(start + line.start, "between rows");
    explainer.upTo(start + lineEnd, `row ${line.number}`, { parts: inside.parts });
    rows.push(cells.map(({ open, close }) => valueText(text.slice(open + 1, close))));
  }
  explainer.upTo(start + text.length, lines.length === 0 ? "text without a value" : "after the rows");
  const summary =
    lines.length === 0 ? "no value" : `${lines.length} ${lines.length === 1 ? "row" : "rows"} of an archive`;
  return { parts: explainer.parts, summary, decoded: { rows } };
}

function explainValue(
  text: string,
  start: number,
  value: NonNullable<ReturnType<typeof parseValueAnswer>>,
): ExplainedData {
  const explainer = new Explainer(start);
  const open = text.indexOf("(");
  const close = text.indexOf(")", open);
  const address = findAddress(text.slice(0, open));
  explainer.upTo(start + open, addressMeaning(address), { value: text.slice(0, open) });
  if (typeof value === "number") {
    const meaning = refusalOf(value);
    const told = meaning ? `${meaning.meaning}. ${meaning.advice}` : "a code this package does not know";
    explainer.upTo(start + close + 1, `refusal: ${told}`, { value: refusalText(value) });
  } else {
    const unit = value.unit === undefined ? "" : ` ${value.unit}`;
    explainer.upTo(start + close + 1, valueMeaning(address, value.text), { value: `${value.text}${unit}` });
  }
  explainer.upTo(start + text.length, "end of the line");
  const what = address ? addressText(address) : "a value";
  const summary = typeof value === "number" ? `refusal ${refusalText(value)}` : `value of ${what}`;
  return { parts: explainer.parts, summary, decoded: typeof value === "number" ? { refusal: value } : jsonOf(value) };
}

function explainCell(
  explainer: Explainer,
  text: string,
  start: number,
  cell: Cell,
  index: number,
  count: number,
): void {
  const content = valueText(text.slice(cell.open + 1, cell.close));
  explainer.upTo(start + cell.open, "before the value: an address, or FF bytes of the device's memory");
  explainer.upTo(start + cell.close + 1, cellMeaning(content, index, count), { value: content });
}

/** Without its archive's layout a row is known by position and form. */
function cellMeaning(content: string, index: number, count: number): string {
  const refusal = refusalNumber(content);
  if (refusal !== undefined) return `refusal: ${refusalOf(refusal)?.meaning ?? "unknown"}`;
  if (findTime(content) !== undefined) return index === 2 ? "time, in the zone the meter keeps" : "a time";
  if (isEventText(content)) {
    return parseEvent(content).endOfPeriod
      ? "event: end of a measuring period"
      : "event: an extra entry, no interval value";
  }
  if (/^CRC\b/i.test(content)) return "check of the record in the device's memory";
  const status = content.includes(";") ? findStatus(content) : undefined;
  if (status) return `status: ${statusMeaning(status)}`;
  if (count > 3 && /^\d+$/.test(content) && index === 0) return "global number of the row";
  if (count > 3 && /^\d+$/.test(content) && index === 1) return "archive number of the row";
  return `value of column ${index + 1}`;
}

function addressMeaning(address: Address | undefined): string {
  if (!address) return "address, not one of LIS-200";
  const { instance, object, attribute } = address;
  const lock = lockOf(address);
  if (lock) return `address: ${lock.holds} of the ${locks[lock.number]} lock`;
  if (isArchive(address))
    return `address: archive ${instance}, ${attribute === "0" ? "rows" : archiveAttributes[attribute]}`;
  const known = knownValues[`${instance}:${object}`];
  return `address: instance ${instance}, object ${object}${known ? ` (${known})` : ""}, ${attributes[attribute]}`;
}

/** What attributes say of an archive, where that is another thing than of a value. */
const archiveAttributes: Readonly<Record<string, string>> = {
  ...attributes,
  "2": "headers of its columns",
  "3": "units of its columns",
  "4": "source addresses of its columns",
};

function parameterMeaning(command: string, address: Address | undefined, parameter: string): string {
  const lock = address && lockOf(address);
  if (lock?.holds === "code" && command.startsWith("W")) return "code of the lock";
  if (lock?.holds === "state" && command.startsWith("W")) return "new state: 0 closes the lock";
  const asked = address && isArchive(address) ? findRange(parameter) : undefined;
  if (asked) {
    const { position, from, to } = asked.range;
    const column = position === 3 ? "the time" : `column ${position}`;
    const limits = `${from === "" ? "from the oldest row" : `from ${from}`}, ${to === "" ? "to the newest" : `to ${to}`}`;
    const blocks = asked.rowsPerBlock === undefined ? "" : `, ${asked.rowsPerBlock} rows in a block`;
    return `range of ${column}: ${limits}${blocks}`;
  }
  if (command.startsWith("R")) return "a fixed 1, which every read has";
  return `new value: ${parameter}`;
}

function commandSummary(command: string, address: Address | undefined): string {
  const what = address ? addressText(address) : "data";
  if (command === "P0") return "the meter's P0, which LIS-200 does not answer";
  const lock = address && lockOf(address);
  if (lock?.holds === "code" && command.startsWith("W")) return `opens the ${locks[lock.number]} lock`;
  return `${command.startsWith("W") ? "write" : "read"} of ${what}`;
}

function valueMeaning(address: Address | undefined, text: string): string {
  const lock = address && lockOf(address);
  if (lock?.holds === "state") return `state of the lock: ${findLockState(text) ?? "not one that is known"}`;
  if (findTime(text) !== undefined) return "time, in the zone the meter keeps";
  const status = text.includes(";") ? findStatus(text) : undefined;
  return status ? `status: ${statusMeaning(status)}` : "value";
}

/** Names are those of the system status; other status words number their messages in the same way. */
function statusMeaning(messages: readonly number[]): string {
  const named = messages.map((message) => `${message} (${systemMessageName(message)})`);
  return `${named.join(", ")}; names are the system status's`;
}
