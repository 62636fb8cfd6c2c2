/**
 * One message and its answer, with everything that may go wrong between: what is refused with NAK, damaged or missed is
 * asked for again, partial blocks (EOT) are acknowledged and joined.
 */
import { commonError, type ProtocolError, type Routine } from "@anymeter/sans-io";
import { control } from "../characters.ts";
import { iec62056Error } from "../errors.ts";
import { type Command, encodeCommand } from "../message/command.ts";
import { type Message, nameOf } from "../message/message-parser.ts";
import type { ClientLine } from "./client-line.ts";
import { awaitQuiet, converse } from "./receive.ts";

/** What a meter answers: ACK, data (its blocks joined), or a message of its own such as P0 and B0. */
export type Reply =
  | { readonly type: "acknowledge" }
  | { readonly type: "block"; readonly text: string; readonly blocks: number }
  | Command;

export interface ExchangeOptions {
  /** What is waited for, for errors: "R1 1.8.0()". */
  readonly waitedFor: string;
  /** The speed that both go on with after the message. */
  readonly changesTo?: number | undefined;
  /**
   * When the message may be sent again: "always" what only reads (default); "refused" what must not happen twice, after a
   * NAK says that it did not happen; "never" a password, whose wrong ones are counted.
   */
  readonly repeats?: "always" | "refused" | "never";
  /** False for a reply to something asked before, which is dropped. Blocks are asked about once, joined. */
  readonly accepts?: (reply: Reply) => boolean;
}

/**
 * Sends a message and takes its answer. Without a message it only listens.
 * @throws ProtocolError `no_answer`, `request_refused` (NAK), `message_checksum_wrong`, `message_unexpected`: each after as
 *   many attempts as the line's settings allow; `message_too_long`
 */
export function* exchange(line: ClientLine, message: Uint8Array | undefined, options: ExchangeOptions): Routine<Reply> {
  const { waitedFor, accepts, changesTo, repeats = "always" } = options;
  const { attempts, answerTimeout, messageLimit } = line.settings;
  const joined = new JoinedBlocks(messageLimit);
  let failure: ProtocolError | undefined;
  let next = message;
  /** Times that everything was asked anew: blocks that come once more are no progress. */
  let restarts = 0;
  /** After silence both may still come: what was late, and its repetition. */
  let mayComeTwice = false;
  for (let failures = 0; failures < attempts; ) {
    const received = yield* converse(line, next, changesTo);
    failures++;
    if (received === "silence") {
      failure = commonError("no_answer", { waitedFor, milliseconds: answerTimeout });
      mayComeTwice = true;
      if (line.parser.pending > 0) {
        // Cut short: the meter has sent it and can send it again.
        next = negativeAcknowledge;
      } else {
        // Ours or the meter's was lost, nobody knows. A block must be neither missed nor taken twice: all is asked anew.
        if (!message || repeats !== "always") break;
        joined.clear();
        restarts++;
        next = message;
      }
      continue;
    }
    switch (received.type) {
      case "damaged":
        failure = received.error;
        yield* awaitQuiet(line);
        next = negativeAcknowledge;
        continue;
      case "refuse":
        failure = iec62056Error("request_refused", { request: waitedFor, times: failures });
        if (repeats === "never") throw failure;
        continue;
      case "block":
        joined.add(received.text);
        if (received.more) {
          // A block taken twice would move all rows after it.
          if (mayComeTwice) yield* awaitQuiet(line, answerTimeout);
          mayComeTwice = false;
          if (received.text !== "") failures = restarts;
          else failure = unexpected("a block without text", waitedFor);
          next = acknowledge;
          continue;
        }
        break;
    }
    const reply = received.type === "block" ? joined.take() : received;
    if (isReply(reply) && accepts?.(reply) !== false) return reply;
    failure = unexpected(nameOf(received), waitedFor);
    next = undefined;
  }
  throw failure!;
}

function unexpected(received: string, waitedFor: string): ProtocolError {
  return iec62056Error("message_unexpected", { received, expected: `the answer to the ${waitedFor}` });
}

function isReply(message: Message | Reply): message is Reply {
  return message.type === "acknowledge" || message.type === "block" || message.type === "command";
}

/** The texts of partial blocks, which together are one answer. */
class JoinedBlocks {
  readonly #limit: number;
  #texts: string[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws ProtocolError `message_too_long` */
  add(text: string): void {
    this.#length += text.length;
    if (this.#length > this.#limit || this.#texts.length === blockLimit) {
      throw iec62056Error("message_too_long", { message: "answer in blocks", limit: this.#limit });
    }
    this.#texts.push(text);
  }

  take(): Reply {
    const reply: Reply = { type: "block", text: this.#texts.join(""), blocks: this.#texts.length };
    this.clear();
    return reply;
  }

  clear(): void {
    this.#texts = [];
    this.#length = 0;
  }
}

/** Partial blocks of one answer: a year of quarter hours at two rows a block is half of it. */
const blockLimit = 65_536;
const acknowledge = Uint8Array.of(control.ACK);
const negativeAcknowledge = Uint8Array.of(control.NAK);

/** Ends the dialogue with B0: without it, meters keep the interface for a minute or so. No answer is due. */
export function* sendBreak(line: ClientLine): Routine<void> {
  yield { send: line.outgoing(encodeCommand("B0")), patience: 0 };
  line.baudRate = line.settings.initialBaudRate;
}
