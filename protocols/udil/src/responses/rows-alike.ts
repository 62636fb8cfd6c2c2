/**
 * Rows of JSON that are written alike: the same names in the same order, every value in quotes, as a table is written by a
 * program. Their text is compared with that of the row before, and nothing but the values is taken out of it. JSON.parse
 * remembers every name and every short value it meets, in a table that grows with the answer: half of the time it takes.
 */
import type { RowReader, RowReading } from "./row-reader.ts";

/** How a row is written. */
interface Form {
  /** What stands before each value, up to its quote, and behind the last. */
  readonly literals: readonly string[];
  /** Columns in the order of the values. */
  readonly positions: readonly number[];
}

/** Forms of one slice; where there are more, rows are not alike. */
const mostForms = 8;

export class RowsAlike {
  readonly #reader: RowReader;
  #form: Form | undefined;

  constructor(reader: RowReader) {
    this.#reader = reader;
  }

  /**
   * @param text objects with commas between them
   * @returns undefined when something is written in another way, which says nothing about what it is worth
   */
  read(text: string): RowReading[] | undefined {
    if (text.includes("\\")) return undefined;
    const readings: RowReading[] = [];
    let forms = 0;
    let at = blanksFrom(text, 0);
    while (at < text.length) {
      let end = this.#form && this.#readRow(this.#form, text, at, readings);
      if (end === undefined) {
        this.#form = forms++ < mostForms ? this.#formOf(text, at) : undefined;
        end = this.#form && this.#readRow(this.#form, text, at, readings);
        if (end === undefined) return undefined;
      }
      at = blanksFrom(text, end);
      if (at === text.length) return readings;
      if (text[at] !== ",") return undefined;
      at = blanksFrom(text, at + 1);
    }
    return readings.length === 0 ? readings : undefined;
  }

  /** @returns where the row ends; undefined = it is written in another form, and nothing was read */
  #readRow({ literals, positions }: Form, text: string, start: number, readings: RowReading[]): number | undefined {
    const texts = new Array<string>(positions.length);
    let at = start;
    for (let index = 0; index < positions.length; index++) {
      const literal = literals[index]!;
      if (!text.startsWith(literal, at)) return undefined;
      const begin = at + literal.length;
      at = text.indexOf('"', begin);
      if (at < 0) return undefined;
      texts[index] = text.slice(begin, at);
    }
    const last = literals[positions.length]!;
    if (!text.startsWith(last, at)) return undefined;
    const end = at + last.length;
    const row = this.#reader.strictRowOf(positions, texts);
    readings.push(row === undefined ? this.#reader.read(JSON.parse(text.slice(start, end))) : { row });
    return end;
  }

  /** undefined: not every member is a column with a text, and each once. */
  #formOf(text: string, start: number): Form | undefined {
    const literals: string[] = [];
    const positions: number[] = [];
    let at = start;
    for (;;) {
      const found = matchAt(literals.length === 0 ? firstName : nextName, text, at);
      if (found === undefined) break;
      const position = this.#reader.position(found[1]!);
      if (position < 0 || positions.includes(position)) return undefined;
      positions.push(position);
      literals.push(found[0]);
      at = text.indexOf('"', at + found[0].length);
      if (at < 0) return undefined;
    }
    const end = matchAt(lastEnd, text, at);
    return end && positions.length > 0 ? { literals: [...literals, end[0]], positions } : undefined;
  }
}

const firstName = /\{\s*"([^"]*)"\s*:\s*"/y;
const nextName = /"\s*,\s*"([^"]*)"\s*:\s*"/y;
const lastEnd = /"\s*\}/y;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function blanksFrom(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 0x20 || (code >= 0x09 && code <= 0x0d); ) code = text.charCodeAt(++at);
  return at;
}
