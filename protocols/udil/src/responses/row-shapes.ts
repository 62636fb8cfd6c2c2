/**
 * Rows as objects that all have their members in the same order. An object that gets fifty members one by one becomes a
 * table of hashes, three times as slow to make and to read; a copy of one that was parsed does not.
 */
import type { UdilRow } from "../tables/tables.ts";

type Value = string | number | undefined;

interface Shape {
  /** By position of the column: whether the row has it. */
  readonly present: readonly boolean[];
  readonly names: readonly string[];
  readonly template: Readonly<Record<string, null>>;
}

export class RowShapes {
  readonly #names: readonly string[];
  readonly #shapes = new Map<string, Shape>();
  #last: Shape | undefined;

  /** @param names of columns */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** A row of values by position of their column; it has no member for those that are undefined. */
  row(values: readonly Value[]): UdilRow {
    const shape = this.#last !== undefined && fits(values, this.#last) ? this.#last : this.#shapeOf(values);
    this.#last = shape;
    const row: Record<string, Value | null> = { ...shape.template };
    let at = 0;
    for (const value of values) if (value !== undefined) row[shape.names[at++]!] = value;
    return row as UdilRow;
  }

  #shapeOf(values: readonly Value[]): Shape {
    const present = values.map((value) => value !== undefined);
    const key = present.map(Number).join("");
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    const names = this.#names.filter((_, index) => present[index]);
    const members = names.map((name) => `${JSON.stringify(name)}:null`);
    const shape = { present, names, template: JSON.parse(`{${members.join(",")}}`) };
    if (this.#shapes.size < mostShapes) this.#shapes.set(key, shape);
    return shape;
  }
}

function fits(values: readonly Value[], { present }: Shape): boolean {
  for (let index = 0; index < present.length; index++) {
    if ((values[index] !== undefined) !== present[index]) return false;
  }
  return true;
}

/** Of one answer: kinds of meters, of which there are a handful. */
const mostShapes = 100;
