/** Comma-separated values as RFC 4180 has them, in pieces of any length. */

export class CsvError extends Error {
  override readonly name = "CsvError";
}

export const csvLimits = { columns: 500, cellCharacters: 100_000 } as const;

/**
 * Yields one line of cells after another. Line ends may be CRLF, LF or CR; a byte order mark is left out; empty lines are
 * none. A semicolon or a tabulator separates where the first line has more of them than of commas.
 * @throws CsvError naming the line
 */
export async function* csvLines(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string[]> {
  let separator: string | undefined;
  let cells: string[] = [];
  let cell = "";
  let state: "bare" | "quoted" | "behind quote" = "bare";
  let line = 1;
  let afterReturn = false;
  const check = () => {
    if (cell.length > csvLimits.cellCharacters)
      throw new CsvError(`line ${line}: a cell has more than ${csvLimits.cellCharacters} characters`);
    if (cells.length > csvLimits.columns)
      throw new CsvError(`line ${line}: there are more than ${csvLimits.columns} columns`);
  };
  for await (const piece of withWholeFirstLine(pieces)) {
    separator ??= separatorOf(piece);
    for (const character of piece) {
      if (state === "quoted") {
        if (character === '"') state = "behind quote";
        else cell += character;
        if (cell.length > csvLimits.cellCharacters) check();
        continue;
      }
      if (character === '"' && state === "behind quote") {
        cell += '"';
        state = "quoted";
        continue;
      }
      const ended = character === "\n" || character === "\r";
      if (ended && character === "\n" && afterReturn) {
        afterReturn = false;
        continue;
      }
      afterReturn = character === "\r";
      if (character === '"' && cell === "" && state === "bare") state = "quoted";
      else if (character === separator || ended) {
        cells.push(cell);
        check();
        cell = "";
        state = "bare";
        if (!ended) continue;
        if (cells.length > 1 || cells[0] !== "") yield cells;
        cells = [];
        line++;
      } else if (state === "behind quote") {
        throw new CsvError(`line ${line}: there is ${JSON.stringify(character)} behind a closing quote`);
      } else cell += character;
    }
    check();
  }
  if (state === "quoted") throw new CsvError(`line ${line}: a quoted cell has no end`);
  if (cell !== "" || cells.length > 0) yield [...cells, cell];
}

async function* withWholeFirstLine(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let head: string | undefined = "";
  for await (const piece of pieces) {
    if (head === undefined) {
      yield piece;
      continue;
    }
    head += piece;
    if (!/[\r\n]/.test(head) && head.length <= csvLimits.cellCharacters) continue;
    yield head.replace(/^\uFEFF/, "");
    head = undefined;
  }
  if (head) yield head.replace(/^\uFEFF/, "");
}

function separatorOf(text: string): string {
  const [first = ""] = text.split(/[\r\n]/, 1);
  const count = (separator: string) => first.split(separator).length;
  return [",", ";", "\t"].reduce((best, one) => (count(one) > count(best) ? one : best));
}
