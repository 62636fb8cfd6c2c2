/** Elements of a list that came, and which of them are rows. */
import { isObject } from "../notations/document.ts";
import type { UdilRow } from "../tables/tables.ts";
import type { RowReader, RowReading } from "./row-reader.ts";
import type { SetAside } from "./set-aside.ts";

/** `data` as a list: one object in place of a list, or an object of numbered members, are taken too. */
export function elementsOf(data: unknown): readonly unknown[] {
  if (Array.isArray(data)) return data;
  if (!isObject(data)) return [];
  const names = Object.keys(data);
  return names.length > 0 && names.every((name) => /^\d+$/.test(name)) ? Object.values(data) : [data];
}

/** Rows that were taken, and those that were not. */
export function rowsOf(elements: readonly unknown[], reader: RowReader): { rows: UdilRow[]; setAside: SetAside[] } {
  return divided(elements.map((element) => reader.read(element)));
}

export function divided(readings: readonly RowReading[]): { rows: UdilRow[]; setAside: SetAside[] } {
  const rows: UdilRow[] = [];
  const setAside: SetAside[] = [];
  for (const reading of readings) {
    if ("row" in reading) rows.push(reading.row);
    else setAside.push(reading.setAside);
  }
  return { rows, setAside };
}
