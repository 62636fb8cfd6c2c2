/** Turns of a routine: bytes out, one whole message in. */
import type { Routine } from "@anymeter/sans-io";
import { iec62056Error } from "../errors.ts";
import type { Received } from "../message/message-parser.ts";
import type { ClientLine } from "./client-line.ts";

/** Bytes in front of a message that can begin none, before the peer is taken for something else. */
export const noiseLimit = 1024;
/** Pieces of what is let go by: whoever goes on longer never falls quiet. */
const pieceLimit = 4096;

/**
 * Sends a message, or only listens, and takes the next message; "silence" after the line's answer timeout.
 * @param changesTo the speed after the message, which itself goes out at the old one
 */
export function* converse(line: ClientLine, message?: Uint8Array, changesTo?: number): Routine<Received | "silence"> {
  const { answerTimeout, speedChangePause } = line.settings;
  let send = message && line.outgoing(message);
  if (changesTo !== undefined && changesTo !== line.baudRate) {
    if (send && speedChangePause > 0) {
      // An optical head's echo comes meanwhile: the select goes out at the old speed until it is over.
      let incoming = yield { send, patience: speedChangePause };
      while (incoming !== "silence") {
        line.incoming(incoming);
        if (line.parser.pending > 0) break;
        incoming = yield { patience: speedChangePause };
      }
      send = undefined;
    }
    line.baudRate = changesTo;
  }
  for (;;) {
    const received = send ? undefined : line.next();
    if (received) return received;
    if (line.parser.skipped > noiseLimit) {
      const count = line.parser.skipped;
      line.parser.clear();
      return { type: "damaged", error: iec62056Error("answer_unreadable", { count, when: "in place of an answer" }) };
    }
    const incoming = yield { ...(send && { send }), patience: answerTimeout };
    if (incoming === "silence") return "silence";
    send = undefined;
    line.incoming(incoming);
  }
}

/**
 * Lets what still comes go by: the rest of a damaged message, so that it is not taken for the repetition.
 * @param quietTime milliseconds of silence that end it. Default the line's
 */
export function* awaitQuiet(line: ClientLine, quietTime = line.settings.quietTime): Routine<void> {
  yield* pause(line, quietTime);
}

/**
 * A pause, maybe after something sent. What comes meanwhile makes it begin anew and is dropped: an echo, or what was late.
 * @param milliseconds of silence that end it
 */
export function* pause(line: ClientLine, milliseconds: number, send?: Uint8Array): Routine<void> {
  const { messageLimit } = line.settings;
  let incoming = yield { ...(send && { send }), patience: milliseconds };
  for (let pieces = 1, passed = 0; incoming !== "silence" && pieces < pieceLimit; pieces++) {
    passed += incoming.length;
    if (passed > messageLimit) return;
    incoming = yield { patience: milliseconds };
  }
}
