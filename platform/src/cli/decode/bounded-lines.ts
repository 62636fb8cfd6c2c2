/** Lines of a stream, one after another, with a limit on what one may hold. */

/** A line without its end, or that it was longer than the limit; then the rest of it was passed over. */
export type BoundedLine = string | "too-long";

/** A last line without an end is a line, an empty rest is not. Reads no further ahead than the stream's own buffer. */
export async function* boundedLines(
  stream: AsyncIterable<Buffer | string>,
  longest: number,
): AsyncGenerator<BoundedLine> {
  let line = "";
  let tooLong = false;
  const ended = (): BoundedLine => {
    const result = tooLong ? "too-long" : line.replace(/\r$/, "");
    line = "";
    tooLong = false;
    return result;
  };
  for await (const chunk of stream) {
    const text = chunk.toString("latin1");
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      add(text.slice(start, end));
      yield ended();
      start = end + 1;
    }
    add(text.slice(start));
  }
  if (tooLong || line !== "") yield ended();

  function add(piece: string): void {
    if (tooLong || line.length + piece.length > longest) {
      tooLong = true;
      line = "";
    } else line += piece;
  }
}
