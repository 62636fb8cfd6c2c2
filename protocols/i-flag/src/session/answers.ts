/** The client's ear: finds answers among the bytes that come, in pieces of any size. */
import { commonError, joinBytes, ProtocolError, type Routine } from "@anymeter/sans-io";
import { iFlagError } from "../errors.ts";
import { ack, nak, soh } from "../frames/control.ts";
import { frameAt } from "../frames/frame.ts";
import type { ClientSettings } from "./client-options.ts";

export type Answer =
  | { readonly type: "frame"; readonly data: Uint8Array }
  | { readonly type: "ack" }
  | { readonly type: "nak" };

/** Bytes that are no answer at most, before the peer is taken for something else. */
export const junkLimit = 1024;

/**
 * Sends, if there is something to send, and waits for the next answer. NULs of a wake-up and noise before it are dropped.
 * @throws ProtocolError `no_answer`, `junk_too_long`, and what a damaged frame throws
 */
export function* ask(
  send: Uint8Array | undefined,
  request: string,
  { answerPatience }: ClientSettings,
): Routine<Answer> {
  let bytes = new Uint8Array(0);
  let junk = 0;
  let incoming = yield { ...(send && { send }), patience: answerPatience };
  for (;;) {
    if (incoming === "silence") throw commonError("no_answer", { waitedFor: request, milliseconds: answerPatience });
    bytes = bytes.length === 0 ? new Uint8Array(incoming) : new Uint8Array(joinBytes([bytes, incoming]));
    const start = bytes.findIndex(beginsAnswer);
    junk += start < 0 ? bytes.length : start;
    if (junk > junkLimit) throw iFlagError("junk_too_long", { limit: junkLimit, request });
    bytes = start < 0 ? new Uint8Array(0) : bytes.subarray(start);
    if (bytes[0] === ack) return { type: "ack" };
    if (bytes[0] === nak) return { type: "nak" };
    if (bytes[0] === soh) {
      const frame = frameAt(bytes, 0, 2);
      if (frame !== "incomplete") return { type: "frame", data: frame.data };
    }
    incoming = yield { patience: answerPatience };
  }
}

/**
 * The same, as often as a damaged or missing answer calls for it.
 * @param again what is sent instead after a damaged answer, and after none
 * @returns the answer, and whether it answers the first sending or one of `again`
 * @throws ProtocolError of the last try
 */
export function* askUntilWhole(
  send: Uint8Array | undefined,
  again: { readonly damaged: Uint8Array; readonly silent: Uint8Array },
  request: string,
  tries: number,
  settings: ClientSettings,
): Routine<{ readonly answer: Answer; readonly askedAgain: boolean }> {
  let left = tries;
  for (let next = send; ; ) {
    try {
      const answer = yield* ask(next, request, settings);
      return { answer, askedAgain: left < tries };
    } catch (error) {
      left--;
      if (left <= 0 || !isTransient(error)) throw error;
      const damaged = error.fault === "damaged";
      if (!damaged && settings.mayBeAsleep()) throw error;
      if (damaged) yield* awaitQuiet(settings);
      next = damaged ? again.damaged : again.silent;
    }
  }
}

/** Lets the rest of a damaged answer pass. */
export function* awaitQuiet({ quiet }: ClientSettings): Routine<void> {
  for (let pieces = 0; pieces < junkLimit; pieces++) {
    if ((yield { patience: quiet }) === "silence") return;
  }
}

/** Damage and silence pass; a lost line and a peer that goes on and on do not. */
export function isTransient(error: unknown): error is ProtocolError {
  return error instanceof ProtocolError && transientCodes.has(error.code);
}

const transientCodes: ReadonlySet<string> = new Set([
  "no_answer",
  "checksum_wrong",
  "frame_end_missing",
  // It has no checksum: what is wrong with it may be the line.
  "identification_invalid",
]);

function beginsAnswer(byte: number): boolean {
  return byte === soh || byte === ack || byte === nak;
}
