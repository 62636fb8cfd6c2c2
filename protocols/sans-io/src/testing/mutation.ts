/** What every decoder must survive: its own vectors cut short at each byte, and changed at random. */
import assert from "node:assert/strict";
import { hexFromBytes } from "../bytes/hex.ts";
import { ProtocolError } from "../errors.ts";
import { Random } from "./random.ts";

export interface MutationOptions {
  /** How many mutants to try; each has one to four changes. */
  readonly mutants?: number;
  readonly seed?: number;
  /** Lengths at which the cut bytes are a whole message of their own. */
  readonly wholePrefixes?: readonly number[];
}

/**
 * Cuts `bytes` at each byte: every prefix must throw a `ProtocolError`. Then changes them at random: every mutant must
 * give a value or a `ProtocolError`, and soon.
 */
export function assertSurvivesCuttingAndMutation(
  decode: (bytes: Uint8Array) => unknown,
  bytes: Uint8Array,
  options: MutationOptions = {},
): void {
  for (let length = 0; length < bytes.length; length++) {
    const prefix = bytes.slice(0, length);
    const outcome = outcomeOf(decode, prefix);
    if (options.wholePrefixes?.includes(length)) continue;
    assert.ok(outcome instanceof ProtocolError, `the prefix ${hexFromBytes(prefix)} must throw a ProtocolError`);
  }
  const random = new Random(options.seed ?? 1);
  for (let count = 0; count < (options.mutants ?? 200); count++) {
    outcomeOf(decode, mutate(bytes, random));
  }
}

/** Slower than this on the slowest machine is a hang, not a slow machine. */
const longestMilliseconds = 2000;

function outcomeOf(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): unknown {
  const start = performance.now();
  try {
    return decode(bytes);
  } catch (error) {
    assert.ok(error instanceof ProtocolError, `${hexFromBytes(bytes)} throws ${error}, which is no ProtocolError`);
    return error;
  } finally {
    const milliseconds = performance.now() - start;
    assert.ok(milliseconds < longestMilliseconds, `${hexFromBytes(bytes)} takes ${milliseconds} ms`);
  }
}

/** Bytes that decoders trip over: lengths in long form, ends of ranges, tags of nested types. */
const awkwardBytes = [0x00, 0x01, 0x02, 0x13, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xfe, 0xff];

/** A copy with one to four changes: bits, bytes, pieces left out, put in and doubled. */
export function mutate(original: Uint8Array, random: Random): Uint8Array {
  const bytes = Array.from(original);
  for (let change = random.integer(1, 4); change > 0; change--) {
    const at = random.integer(0, Math.max(bytes.length - 1, 0));
    switch (random.word() % 6) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(0, 7));
        break;
      case 1:
        bytes[at] = random.word() & 0xff;
        break;
      case 2:
        bytes[at] = random.pick(awkwardBytes);
        break;
      case 3:
        bytes.splice(at, random.integer(1, 4));
        break;
      case 4:
        bytes.splice(at, 0, random.pick(awkwardBytes), random.word() & 0xff);
        break;
      case 5:
        bytes.splice(at, 0, ...bytes.slice(at, at + random.integer(1, 16)));
        break;
    }
  }
  return Uint8Array.from(bytes);
}
