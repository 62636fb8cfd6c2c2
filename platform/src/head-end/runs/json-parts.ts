/**
 * Rows on their way into the store as JSON arrays, each of which one statement can carry: what meters answer may be megabytes
 * for one row, and neither a text of JavaScript nor a value of PostgreSQL takes any number of them.
 */

export interface JsonPartLimits {
  /** Rows of one array at most. */
  readonly rows: number;
  /** Characters of one array, but for a row that is longer alone. */
  readonly characters: number;
}

export const jsonPartLimits: JsonPartLimits = { rows: 5_000, characters: 8 * 1024 * 1024 };

/** @param write a row as JSON @returns arrays of the rows in their order, with the rows they are of */
export function* jsonParts<Row>(
  rows: Iterable<Row>,
  write: (row: Row) => string,
  limits: JsonPartLimits = jsonPartLimits,
): Generator<{ readonly rows: readonly Row[]; readonly json: string }> {
  let part: Row[] = [];
  let texts: string[] = [];
  let characters = 0;
  for (const row of rows) {
    const text = write(row);
    if (part.length === limits.rows || (part.length > 0 && characters + text.length > limits.characters)) {
      yield { rows: part, json: `[${texts.join(",")}]` };
      [part, texts, characters] = [[], [], 0];
    }
    part.push(row);
    texts.push(text);
    characters += text.length + 1;
  }
  if (part.length > 0) yield { rows: part, json: `[${texts.join(",")}]` };
}
