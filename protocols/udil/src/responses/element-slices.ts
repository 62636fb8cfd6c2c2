/**
 * Cuts the JSON of an answer between the elements of its `data`, so that they can be parsed some at a time: objects of a
 * hundred elements are gone again before the next are made, where those of the whole answer would outlive it by far.
 */

/** Text of `data` in slices, each of whole elements with commas between them if the answer is what it looks like: JSON.parse finds out. */
export interface ElementSlices extends Iterable<string> {
  /** The answer with `data` empty, when all slices are read; undefined = it could not be cut any further. */
  readonly envelope: string | undefined;
}

/**
 * Bytes of a slice: with the piece that fills it, less than the 128 KiB from which engines give a text memory of its own,
 * which is cleared anew for each. In so many bytes at most the end of an element is looked for.
 */
const sliceBytes = 96 * 1024;
const mostBytesOfElements = 4 * 1024 * 1024;
/** Of what stands before the elements. */
const mostBytesOfHead = 4096;

/** @param chunks of the body in their order, UTF-8 */
export function sliceElements(chunks: readonly Uint8Array[]): ElementSlices {
  let envelope: string | undefined;
  function* slices(): Generator<string> {
    const waiting = new Waiting();
    let head: string | undefined;
    for (const chunk of chunks) {
      waiting.add(chunk);
      if (waiting.bytes.length < sliceBytes) continue;
      head ??= headOf(waiting);
      if (head === undefined) return;
      const cut = lastCut(waiting.bytes);
      if (cut === undefined && waiting.bytes.length > mostBytesOfElements) return;
      if (cut === undefined) continue;
      const slice = decode(waiting.bytes.subarray(0, cut.end));
      waiting.drop(cut.next);
      yield slice;
    }
    head ??= headOf(waiting);
    const end = waiting.bytes.lastIndexOf(closingBracket);
    if (head === undefined || end < 0) return;
    yield decode(waiting.bytes.subarray(0, end));
    envelope = head + decode(waiting.bytes.subarray(end));
  }
  return {
    [Symbol.iterator]: slices,
    get envelope() {
      return envelope;
    },
  };
}

/** What stands before the elements; it waits no longer. */
function headOf(waiting: Waiting): string | undefined {
  const begin = waiting.bytes.subarray(0, mostBytesOfHead).indexOf(openingBracket) + 1;
  const head = decode(waiting.bytes.subarray(0, begin));
  if (!/^\s*\{[^[{]*"data"\s*:\s*\[$/i.test(head)) return undefined;
  waiting.drop(begin);
  return head;
}

/** Bytes that were not handed on yet, in memory that is used again. */
class Waiting {
  #room = new Uint8Array(2 * sliceBytes);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.#length);
  }

  add(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.#room.length) {
      const room = new Uint8Array(2 * length);
      room.set(this.bytes);
      this.#room = room;
    }
    this.#room.set(chunk, this.#length);
    this.#length = length;
  }

  drop(count: number): void {
    this.#room.copyWithin(0, count, this.#length);
    this.#length -= count;
  }
}

/** The last place between two objects: where one ends, and where the next begins. */
function lastCut(bytes: Uint8Array): { readonly end: number; readonly next: number } | undefined {
  for (let end = bytes.lastIndexOf(closingBrace); end > 0; end = bytes.lastIndexOf(closingBrace, end - 1)) {
    const comma = skipBlanks(bytes, end + 1);
    if (bytes[comma] !== commaByte) continue;
    const next = skipBlanks(bytes, comma + 1);
    if (bytes[next] === openingBrace) return { end: end + 1, next };
  }
  return undefined;
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || (bytes[at]! >= 0x09 && bytes[at]! <= 0x0d)) at++;
  return at;
}

const decoder = new TextDecoder();
const decode = (bytes: Uint8Array) => decoder.decode(bytes);
const [openingBracket, closingBracket, openingBrace, closingBrace, commaByte] = [0x5b, 0x5d, 0x7b, 0x7d, 0x2c];
