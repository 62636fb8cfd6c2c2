/** Telegrams of the meters, byte by byte from EN 13757-3: the encoder of the library would only confirm itself. */
import { createCipheriv } from "node:crypto";
import { type ZoneName, zoneOffset } from "../zone.ts";
import type { Field, MeterView } from "./fields.ts";

/** A record: DIF and DIFE, VIF and VIFE, data. */
export function record(field: Field, view: MeterView, numbers: "bcd" | "integer"): number[] {
  const value = field.value(view);
  const { coding } = field;
  const head = (dataField: number) => [...dataInformation(field, dataField), ...field.valueInformation];
  switch (coding.type) {
    case "number":
      return numbers === "bcd"
        ? [...head(bcdFields[coding.digits]), ...bcd(value, coding.digits)]
        : [...head(coding.bytes), ...integer(value, coding.bytes)];
    case "bits":
      return [...head(coding.bytes), ...integer(value, coding.bytes)];
    case "date and time":
      return [...head(4), ...typeF(value, view.zone)];
    case "date":
      return [...head(2), ...typeG(value, view.zone)];
  }
}

/** CI 72, the header of twelve bytes, the records; 1F at the end when more follows. */
export function variableTelegram(header: Header, records: readonly number[], moreFollows: boolean): Uint8Array {
  const data = moreFollows ? [...records, 0x1f] : records;
  return Uint8Array.of(0x72, ...headerBytes(header, 0), ...data);
}

/**
 * Mode 5: AES-128 in CBC mode over whole blocks that begin with 2F 2F, its vector made of address and access number. The
 * configuration word holds the mode in bits 8 to 12 and the number of blocks in bits 4 to 7.
 */
export function encipheredTelegram(header: Header, records: readonly number[], key: Uint8Array): Uint8Array {
  const plain = [0x2f, 0x2f, ...records];
  while (plain.length % 16 !== 0) plain.push(0x2f);
  const { identification, manufacturer, version, medium } = header;
  const address = [...manufacturer, ...identification, version, medium];
  const vector = Uint8Array.from([...address, ...new Array(8).fill(header.accessNumber)]);
  const cipher = createCipheriv("aes-128-cbc", key, vector).setAutoPadding(false);
  const enciphered = Buffer.concat([cipher.update(Uint8Array.from(plain)), cipher.final()]);
  return Uint8Array.of(0x72, ...headerBytes(header, 0x0500 | ((enciphered.length / 16) * 16)), ...enciphered);
}

/**
 * CI 73: number, access number, status, two bytes of medium and units, two counters of eight digits. The low six bits of a
 * byte are the unit, 29 litres and 3E the same unit at the set date; the high bits are two halves of the medium, 7 water.
 */
export function fixedTelegram(header: Header, litres: number, litresAtSetDate: number): Uint8Array {
  const { identification, accessNumber, status, medium } = header;
  const units = [0x29 | ((medium & 0x03) << 6), 0x3e | ((medium & 0x0c) << 4)];
  return Uint8Array.of(
    0x73,
    ...identification,
    accessNumber,
    status,
    ...units,
    ...bcd(litres, 8),
    ...bcd(litresAtSetDate, 8),
  );
}

export interface Header {
  /** Four bytes BCD, least significant byte first. */
  readonly identification: readonly number[];
  readonly manufacturer: readonly number[];
  readonly version: number;
  readonly medium: number;
  readonly accessNumber: number;
  readonly status: number;
}

/** Least significant byte first; F in the highest digit makes it negative. */
export function bcd(value: number, digits: number): number[] {
  const negative = value < 0;
  const text = String(Math.abs(value)).padStart(digits, "0").slice(-digits);
  const signed = negative ? `F${text.slice(1)}` : text;
  return [...(signed.match(/../g) ?? [])].reverse().map((pair) => Number.parseInt(pair, 16));
}

/** Three letters of five bits each, least significant byte first. */
export function manufacturerBytes(flag: string): number[] {
  const code = [...flag].reduce((sum, letter) => sum * 32 + letter.charCodeAt(0) - 64, 0);
  return [code & 0xff, code >> 8];
}

function headerBytes(header: Header, configuration: number): number[] {
  const { identification, manufacturer, version, medium, accessNumber, status } = header;
  const address = [...identification, ...manufacturer, version, medium];
  return [...address, accessNumber, status, configuration & 0xff, configuration >> 8];
}

/** The lowest bit of the storage number stands in the DIF, four more in each DIFE. */
function dataInformation({ storage = 0, function: kind }: Field, dataField: number): number[] {
  const dif = dataField | (kind === "maximum" ? 0x10 : 0) | ((storage & 1) << 6);
  return storage > 1 ? [dif | 0x80, storage >> 1] : [dif];
}

/** Two's complement, least significant byte first. */
function integer(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => (value >> (8 * index)) & 0xff);
}

/** Minute; hour and the bit of summer time; day, month and year. */
function typeF(instant: number, zone: ZoneName): number[] {
  const local = localOf(instant, zone);
  const summer = zone === "central-european" && zoneOffset(zone, instant) === 120 ? 0x80 : 0;
  return [local.getUTCMinutes(), local.getUTCHours() | summer, ...typeG(instant, zone)];
}

/** Day, month, and seven bits of the year in two parts. */
function typeG(instant: number, zone: ZoneName): number[] {
  const local = localOf(instant, zone);
  const year = local.getUTCFullYear() - 2000;
  return [local.getUTCDate() | ((year & 0x07) << 5), (local.getUTCMonth() + 1) | ((year & 0x78) << 1)];
}

function localOf(instant: number, zone: ZoneName): Date {
  return new Date(instant + zoneOffset(zone, instant) * 60_000);
}

/** DIF data fields of BCD by the number of digits. */
const bcdFields = { 4: 0x0a, 6: 0x0b, 8: 0x0c } as const;
