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
    const received = send ? undefined : line.parser.next();
    if (received) return received;
    const incoming = yield { ...(send && { send }), patience: answerTimeout };
    if (incoming === "silence") return "silence";
    send = undefined;
    line.incoming(incoming);
  }
}

/** Lets what still comes of a damaged message go by, so that its rest is not taken for the repetition. */
export function* awaitQuiet(line: ClientLine): Routine<void> {
  const { quietTime, messageLimit } = line.settings;
  let passed = 0;
  while (passed <= messageLimit) {
    const incoming = yield { patience: quietTime };
    if (incoming === "silence") return;
    passed += incoming.length;
  }
}
