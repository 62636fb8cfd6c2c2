/** Turns of a routine: bytes out, one whole message in. */
import type { Routine } from "@anymeter/sans-io";
import type { Received } from "../message/message-parser.ts";
import type { ClientLine } from "./client-line.ts";

/**
 * Sends a message, or only listens, and takes the next message; "silence" after the line's answer timeout.
 * @param changesTo the speed after the message, which itself goes out at the old one
 */
export function* converse(line: ClientLine, message?: Uint8Array, changesTo?: number): Routine<Received | "silence"> {
  const { answerTimeout, speedChangePause } = line.settings;
  let send = message && line.outgoing(message);
  if (changesTo !== undefined && changesTo !== line.baudRate) {
    if (send && speedChangePause > 0) {
      const early = yield { send, patience: speedChangePause };
      if (early !== "silence") line.incoming(early);
      send = undefined;
    }
    line.baudRate = changesTo;
  }
  for (;;) {
    const received = send ? undefined : line.next();
    if (received) return received;
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
  const { messageLimit } = line.settings;
  let passed = 0;
  while (passed <= messageLimit) {
    const incoming = yield { patience: quietTime };
    if (incoming === "silence") return;
    passed += incoming.length;
  }
}
