/**
 * Cuts the JSON of an answer between the elements of its `data`, so that they can be parsed some at a time: objects of a
 * hundred elements are gone again before the next are made, where those of the whole answer would outlive it by far.
 */

import { joined } from "./chunks.ts";

/** Text of `data` in slices, each a list of whole elements if the answer is what it looks like: JSON.parse finds out. */
export interface ElementSlices extends Iterable<string> {
  /** The answer with `data` empty, when all slices are read; undefined = it could not be cut any further. */
  readonly envelope: string | undefined;
}

/** Bytes of a slice, and those in which the end of an element is looked for. */
const sliceBytes = 128 * 1024;
const mostBytesOfElements = 4 * 1024 * 1024;
/** Of what stands before the elements. */
const mostBytesOfHead = 4096;

/** @param chunks of the body in their order, UTF-8 */
export function sliceElements(chunks: readonly Uint8Array[]): ElementSlices {
  let envelope: string | undefined;
  function* slices(): Generator<string> {
    const pieces = grouped(chunks);
    let rest = pieces.next().value ?? new Uint8Array();
    const begin = rest.subarray(0, mostBytesOfHead).indexOf(openingBracket) + 1;
    const head = decode(rest.subarray(0, begin));
    if (!/^\s*\{[^[{]*"data"\s*:\s*\[$/i.test(head)) return;
    rest = rest.subarray(begin);
    for (const piece of pieces) {
      const bytes = joined([rest, piece]);
      const cut = lastCut(bytes);
      if (cut === undefined) {
        if (bytes.length > mostBytesOfElements) return;
        rest = bytes;
        continue;
      }
      yield `[${decode(bytes.subarray(0, cut.end))}]`;
      rest = bytes.subarray(cut.next);
    }
    const end = rest.lastIndexOf(closingBracket);
    if (end < 0) return;
    yield `[${decode(rest.subarray(0, end))}]`;
    envelope = head + decode(rest.subarray(end));
  }
  return {
    [Symbol.iterator]: slices,
    get envelope() {
      return envelope;
    },
  };
}

/** Pieces of at least the bytes of a slice, but for the last. */
function* grouped(chunks: readonly Uint8Array[]): Generator<Uint8Array, undefined> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for (const chunk of chunks) {
    waiting.push(chunk);
    length += chunk.length;
    if (length < sliceBytes) continue;
    yield joined(waiting);
    waiting = [];
    length = 0;
  }
  if (length > 0) yield joined(waiting);
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
