/** Answers a read of a profile's buffer: all of it, a range of time, or a range of entries (Blue Book, class 7, attribute 2). */
import {
  type CosemDateTime,
  type Data,
  decodeDateTime,
  type GetAnswer,
  type Selection,
  toEpochMilliseconds,
} from "@anymeter/dlms-cosem";
import { dayOf } from "../../../calendar.ts";
import { instantOfLocal, type ZoneName } from "../../zone.ts";
import { type CaptureObject, clockColumn, type RowStore } from "./row-store.ts";

/** Reads the buffer. Errors are data-access-results: 12 for a parameter of the wrong type, 13 for what is not captured. */
export function readBuffer(store: RowStore, selection: Selection | undefined, zone: ZoneName): GetAnswer {
  const span = store.span();
  const allColumns = store.columns.map((_, index) => index);
  if (selection === undefined) return { encoded: encodeRange(store, span.oldest, span.newest, allColumns) };
  if (selection.selector === 1) return readRange(store, selection.parameter, zone);
  if (selection.selector === 2) return readEntries(store, selection.parameter);
  return { error: scopeOfAccessViolated };
}

/** How many rows the buffer holds now. */
export function entriesInUse(store: RowStore): number {
  return placesOf(store).length;
}

function readRange(store: RowStore, parameter: Data, zone: ZoneName): GetAnswer {
  const [restricting, fromData, toData, selected] = members(parameter);
  if (restricting === undefined || fromData === undefined || toData === undefined) return { error: typeUnmatched };
  const object = captureObjectOf(restricting);
  const from = instantOf(fromData, zone);
  const to = instantOf(toData, zone);
  if (object === undefined || from === undefined || to === undefined) return { error: typeUnmatched };
  if (!isSame(object, clockColumn)) return { error: scopeOfAccessViolated };
  const columns = selected === undefined ? [] : columnsOf(store, members(selected));
  if (columns === undefined) return { error: scopeOfAccessViolated };
  const span = store.span();
  const chosen = columns.length === 0 ? store.columns.map((_, index) => index) : columns;
  return { encoded: encodeRange(store, Math.max(from, span.oldest), Math.min(to, span.newest), chosen) };
}

function readEntries(store: RowStore, parameter: Data): GetAnswer {
  const [fromEntry, toEntry, fromValue, toValue] = members(parameter).map(({ value }) => value);
  if (typeof fromEntry !== "number" || typeof toEntry !== "number") return { error: typeUnmatched };
  if (typeof fromValue !== "number" || typeof toValue !== "number") return { error: typeUnmatched };
  const places = placesOf(store);
  if (store.sort === "lifo") places.reverse();
  const rows = places.slice(Math.max(0, fromEntry - 1), toEntry === 0 ? places.length : toEntry);
  const lastColumn = toValue === 0 ? store.columns.length : toValue;
  const columns = store.columns.map((_, index) => index).slice(Math.max(0, fromValue - 1), lastColumn);
  return { encoded: joinRows(rows.map(({ day, index }) => store.encodeAlone(day, index, columns))) };
}

/** Rows with times from `from` to `to`, both inclusive, in the buffer's order. */
function encodeRange(store: RowStore, from: number, to: number, columns: readonly number[]): Uint8Array {
  const rows: Uint8Array[] = [];
  let count = 0;
  const whole = columns.length === store.columns.length && columns.every((column, index) => column === index);
  for (let day = dayOf(from); day <= dayOf(to); day++) {
    const times = store.times(day);
    const first = firstAtOrAfter(times, from);
    const end = firstAtOrAfter(times, to + 1);
    if (first >= end) continue;
    if (!whole) {
      for (let index = first; index < end; index++) rows.push(store.encodeAlone(day, index, columns));
    } else {
      const { bytes, offsets } = store.encoded(day);
      let start = first;
      if (store.compressed && count === 0) rows.push(store.encodeAlone(day, start++, columns));
      if (store.sort === "fifo") rows.push(bytes.subarray(offsets[start]!, offsets[end]!));
      else
        for (let index = start; index < end; index++) rows.push(bytes.subarray(offsets[index]!, offsets[index + 1]!));
    }
    count += end - first;
  }
  if (store.sort === "lifo") rows.reverse();
  return joinRows(rows, count);
}

/** An array of rows, already encoded. `count` when a piece may hold several. */
function joinRows(pieces: readonly Uint8Array[], count = pieces.length): Uint8Array {
  const header = count < 0x80 ? [0x01, count] : [0x01, 0x82, count >> 8, count & 0xff];
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, header.length));
  joined.set(header);
  let at = header.length;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

function placesOf(store: RowStore): { day: number; index: number }[] {
  const { oldest, newest } = store.span();
  const places: { day: number; index: number }[] = [];
  for (let day = dayOf(oldest); day <= dayOf(newest); day++) {
    const times = store.times(day);
    const end = firstAtOrAfter(times, newest + 1);
    for (let index = firstAtOrAfter(times, oldest); index < end; index++) places.push({ day, index });
  }
  return places;
}

function firstAtOrAfter(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function columnsOf(store: RowStore, selected: readonly Data[]): number[] | undefined {
  const columns: number[] = [];
  for (const data of selected) {
    const object = captureObjectOf(data);
    const index = object === undefined ? -1 : store.columns.findIndex((column) => isSame(column, object));
    if (index < 0) return undefined;
    columns.push(index);
  }
  return columns;
}

/** structure { class-id, logical name, attribute, data index }. */
function captureObjectOf(data: Data): CaptureObject | undefined {
  const [classId, logicalName, attribute] = members(data).map(({ value }) => value);
  if (typeof classId !== "number" || typeof attribute !== "number") return undefined;
  if (!(logicalName instanceof Uint8Array) || logicalName.length !== 6) return undefined;
  return { classId, logicalName: logicalName.join("."), attribute };
}

function isSame(one: CaptureObject, other: CaptureObject): boolean {
  return one.classId === other.classId && one.logicalName === other.logicalName && one.attribute === other.attribute;
}

/** Bounds come as octet-string or as date-time, with the deviation or without: then the meter's own zone counts. */
function instantOf(data: Data, zone: ZoneName): number | undefined {
  if (data.type === "date-time") return instantOfDateTime(data.value, zone);
  if (data.type !== "octet-string" || data.value.length !== 12) return undefined;
  return instantOfDateTime(decodeDateTime(data.value), zone);
}

/** The instant of a date-time as a meter in this zone understands it; undefined when it names none. */
export function instantOfDateTime(dateTime: CosemDateTime, zone: ZoneName): number | undefined {
  return toEpochMilliseconds(dateTime, {
    zoneOffset: ({ year, month, day, hour, minute, second }, daylightSaving) => {
      const local = Date.UTC(year, month - 1, day, hour, minute, second);
      return (local - instantOfLocal(zone, local, daylightSaving)) / 60_000;
    },
  });
}

function members(data: Data): readonly Data[] {
  return data.type === "structure" || data.type === "array" ? data.value : [];
}

const typeUnmatched = 12;
const scopeOfAccessViolated = 13;
