/** The fixed data structure of old meters (CI 73; M-Bus 4.8, 6.2): a header of its own and two counters. */
import type { ByteReader } from "@anymeter/sans-io";
import { mbusError } from "../errors.ts";
import { decodeDecimal, digitsOf } from "../records/binary-coded-decimal.ts";
import { type DataRecord, recordName } from "../records/record.ts";
import { type CodeRow, codeTable } from "../records/tables/table.ts";
import { scaledText } from "../records/value.ts";
import type { TelegramHeader } from "./header.ts";

/** Bytes behind the CI field. */
export const fixedStructureLength = 16;

export interface FixedStructure {
  readonly header: TelegramHeader;
  readonly records: readonly DataRecord[];
}

/** @param reader behind the CI field */
export function readFixedStructure(reader: ByteReader): FixedStructure {
  const identification = digitsOf(reader.take(4, "the identification"), 0, 4);
  const accessNumber = reader.unsigned8("the access number");
  const status = reader.unsigned8("the status");
  const units = reader.take(2, "medium and units");
  const start = reader.offset;
  const counters = reader.take(8, "the two counters");
  const medium = ((units[1]! >> 6) << 2) | (units[0]! >> 6);
  const header: TelegramHeader = { identification, accessNumber, status, medium: media[medium]!, configuration: 0 };
  const [first, second] = [units[0]! & 0x3f, units[1]! & 0x3f];
  const stored = status & storedBit ? 1 : 0;
  const binary = (status & binaryBit) !== 0;
  return {
    header,
    records: [
      counterOf(counters.subarray(0, 4), start, first, stored, binary),
      second === sameButHistoric
        ? counterOf(counters.subarray(4), start + 4, first, 1, binary)
        : counterOf(counters.subarray(4), start + 4, second, stored, binary),
    ],
  };
}

/** "Wh × 10" for the low six bits of a unit byte. */
export function describeFixedUnit(code: number): string {
  if (code === sameButHistoric) return "the unit of the other counter, value at the due date";
  const meaning = unitTable[code];
  if (!meaning) return fixedTimes[code] ?? "reserved unit";
  return [meaning.quantity, meaning.unit, meaning.exponent ? `× 10^${meaning.exponent}` : ""].filter(Boolean).join(" ");
}

function counterOf(raw: Uint8Array, offset: number, unit: number, storage: number, binary: boolean): DataRecord {
  const meaning = unitTable[unit];
  const head = {
    offset,
    function: "instantaneous",
    storage,
    tariff: 0,
    subunit: 0,
    quantity: meaning?.quantity ?? fixedTimes[unit] ?? "reserved unit",
    unit: meaning?.unit ?? "",
    modifiers: [],
    raw,
    dataInformationLength: 0,
    valueInformationLength: 0,
  } as const;
  const number = binary
    ? (raw[0]! | (raw[1]! << 8) | (raw[2]! << 16) | (raw[3]! << 24)) >>> 0
    : decodeDecimal(raw, 0, 4);
  const digits = digitsOf(raw, 0, 4);
  if (meaning && number !== undefined) {
    return { ...head, kind: "decimal", value: scaledText(number, { ...meaning, addends: [] }) };
  }
  // Clock readings as counters are so rare that no layout of them is published: their digits are kept.
  if (fixedTimes[unit] !== undefined && number !== undefined) return { ...head, kind: "text", value: digits };
  const reason = meaning ? `the digits ${digits} are no number` : `the unit code ${unit.toString(16)} is reserved`;
  const problem = mbusError("record_undecodable", { record: recordName(head), reason, bytes: digits, offset });
  return { ...head, kind: "text", value: digits, problem };
}

/** Of the status byte. */
const binaryBit = 0x01;
const storedBit = 0x02;

const sameButHistoric = 0x3e;

const fixedTimes: Readonly<Record<number, string>> = { 0: "hours, minutes, seconds", 1: "day, month, year" };

/** In runs of ×1, ×10, ×100: kJ 0B to 0D, MJ 0E to 10 and GJ 11 to 13 are one run in J. */
const rows: readonly CodeRow[] = [
  { first: 0x02, last: 0x0a, quantity: "energy", unit: "Wh", exponent: 0 },
  { first: 0x0b, last: 0x13, quantity: "energy", unit: "J", exponent: 3 },
  { first: 0x14, last: 0x1c, quantity: "power", unit: "W", exponent: 0 },
  { first: 0x1d, last: 0x25, quantity: "power", unit: "J/h", exponent: 3 },
  { first: 0x26, last: 0x2e, quantity: "volume", unit: "m³", exponent: -6 },
  { first: 0x2f, last: 0x37, quantity: "volume flow", unit: "m³/h", exponent: -6 },
  { first: 0x38, quantity: "temperature", unit: "°C", exponent: -3 },
  { first: 0x39, quantity: "heat cost allocation", unit: "HCA units" },
  { first: 0x3f, quantity: "counter without unit" },
];

const unitTable = codeTable(rows);

/** Four bits of medium as device types: "mode 2" of gas, heat and water is not told apart by them. */
const media = [0, 1, 2, 3, 4, 5, 6, 7, 8, 0x0f, 3, 4, 6, 7, 8, 0x0f] as const;
