/** Explains records: each with its DIF, DIFE, VIF, VIFE and data. */
import { Explainer, hexFromByte } from "@anymeter/sans-io";
import type { Telegram } from "../application/telegram.ts";
import { type CalendarTime, timeTypes } from "../records/calendar-time.ts";
import { dataCodings, extensionBit, specialDif } from "../records/data-information.ts";
import { type DataRecord, recordFunctions, recordName } from "../records/record.ts";
import { recordValueText } from "../records/record-text.ts";
import { type Direction, explainValueInformation } from "../records/value-information.ts";
import { readVariableLength } from "../records/variable-length.ts";

/** @param base where `content` begins in what `explainer` explains */
export function explainRecords(
  explainer: Explainer,
  base: number,
  content: Uint8Array,
  { records, manufacturerData, problems }: Telegram,
  direction: Direction,
): void {
  for (const record of records) {
    explainFillers(explainer, base, content, record.offset);
    explainRecord(explainer, base + record.offset, record, direction);
  }
  const end = base + content.length;
  if (manufacturerData) {
    const dif = content.length - manufacturerData.length - 1;
    explainFillers(explainer, base, content, dif);
    const more = content[dif] === specialDif.moreFollows ? ", and more records in the next telegram" : "";
    explainer.upTo(base + dif + 1, `DIF: manufacturer data up to the end${more}`);
    return explainer.upTo(end, "manufacturer data");
  }
  const walked = records.length > 0 ? records.at(-1)!.offset + records.at(-1)!.raw.length : 0;
  const reason = problems.find(({ offset }) => offset !== undefined && offset >= walked);
  const fillersEnd = firstOther(content, walked);
  explainFillers(explainer, base, content, fillersEnd);
  explainer.upTo(end, `not understood: ${reason?.message ?? "no record"}`);
}

function explainRecord(explainer: Explainer, base: number, record: DataRecord, direction: Direction): void {
  const { raw, dataInformationLength, valueInformationLength, problem } = record;
  const inner = new Explainer(base);
  inner.upTo(base + 1, difMeaning(raw[0]!), { value: hexFromByte(raw[0]!) });
  for (let at = 1; at < dataInformationLength; at++) {
    inner.upTo(base + at + 1, difeMeaning(raw[at]!, at - 1), { value: hexFromByte(raw[at]!) });
  }
  for (const { offset, length, meaning } of explainValueInformation(raw, dataInformationLength, direction)) {
    inner.upTo(base + offset + length, meaning);
  }
  explainData(inner, base, record, dataInformationLength + valueInformationLength);
  explainer.upTo(base + raw.length, `record: ${recordName(record)}${problem ? ` (${problem.message})` : ""}`, {
    value: recordValueText(record),
    parts: inner.parts,
  });
}

function explainData(inner: Explainer, base: number, record: DataRecord, at: number): void {
  const { raw } = record;
  const end = base + raw.length;
  let start = at;
  const variable = (raw[0]! & 0x0f) === variableCoding && at < raw.length ? readVariableLength(raw[at]!) : undefined;
  if (variable) {
    start++;
    const type = record.kind === "profile" ? "" : ` ${variable.type},`;
    inner.upTo(base + start, `length of variable data:${type} ${variable.length} bytes`, {
      value: hexFromByte(raw[at]!),
    });
  }
  if (record.kind === "profile") {
    inner.upTo(base + start + 1, "spacing control: increments, unit of the spacing, coding of the values");
    inner.upTo(base + start + 2, "spacing");
    return inner.upTo(end, `${record.value.entries.length} values of the profile`);
  }
  if (record.kind !== "time") return inner.upTo(end, "data", { value: recordValueText(record) });
  const { type, what } = timeTypes[raw.length - start]!;
  inner.upTo(end, `data: ${what}, type ${type}${timeNotes(record.value)}`, { value: recordValueText(record) });
}

function timeNotes({ summerTime, invalid }: CalendarTime): string {
  return `${summerTime ? ", summer time" : ""}${invalid ? ", marked invalid by the meter" : ""}`;
}

function difMeaning(dif: number): string {
  const parts = [codingName(dif & 0x0f), recordFunctions[(dif >> 4) & 3]!];
  if (dif & 0x40) parts.push("storage + 1");
  if (dif & extensionBit) parts.push("DIFE follows");
  return `DIF: ${parts.join(", ")}`;
}

/** What a DIFE adds to storage, tariff and subunit; `index` is that of the DIFE, from 0. */
function difeMeaning(dife: number, index: number): string {
  const parts = [
    ["storage", (dife & 0x0f) * 2 ** (1 + 4 * index)] as const,
    ["tariff", ((dife >> 4) & 3) * 2 ** (2 * index)] as const,
    ["subunit", ((dife >> 6) & 1) * 2 ** index] as const,
  ].flatMap(([name, value]) => (value === 0 ? [] : [`${name} + ${value}`]));
  if (dife & extensionBit) parts.push("DIFE follows");
  return `DIFE: ${parts.join(", ") || "adds nothing"}`;
}

function codingName(code: number): string {
  const coding = dataCodings[code];
  switch (coding?.type) {
    case "integer":
      return `${coding.length * 8} bit integer`;
    case "float":
      return "32 bit floating point";
    case "bcd":
      return `${coding.length * 2} digit BCD`;
    case "variable":
      return "variable length";
    case "readout selection":
      return "selection for readout";
    default:
      return "no data";
  }
}

/** Explains idle fillers up to `end` of the content. */
function explainFillers(explainer: Explainer, base: number, content: Uint8Array, end: number): void {
  const isGlobal = content[end - 1] === specialDif.globalReadout;
  explainer.upTo(base + end, isGlobal ? "DIF: request of all data" : "idle filler");
}

/** The first byte from `start` on that is no filler. */
function firstOther(content: Uint8Array, start: number): number {
  let at = start;
  while (content[at] === specialDif.idleFiller || content[at] === specialDif.globalReadout) at++;
  return at;
}

const variableCoding = 0x0d;
