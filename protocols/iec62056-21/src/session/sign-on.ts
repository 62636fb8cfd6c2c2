/** Sign-on: wake-up, request, identification (clauses 6.3.1, 6.3.2), and the option select that follows in modes C and E. */
import { commonError, type ProtocolError, type Routine } from "@anymeter/sans-io";
import { iec62056Error } from "../errors.ts";
import { baudRates, type Identification } from "../message/identification.ts";
import { nameOf } from "../message/message-parser.ts";
import { encodeOptionSelect, optionModes } from "../message/option-select.ts";
import { encodeRequest } from "../message/request.ts";
import type { ClientLine } from "./client-line.ts";
import { exchange, type Reply } from "./exchange.ts";
import { converse } from "./receive.ts";
import { type WakeUp, wakeUp } from "./wake-up.ts";

export interface SignOnOptions {
  /** The meter asked for; without one, any meter on the line answers. */
  readonly address?: string | undefined;
  /** For battery meters; `{}` for the standard's times. */
  readonly wakeUp?: WakeUp | undefined;
}

/**
 * Signs on; an unanswered or damaged sign-on is repeated, the wake-up with it.
 * @throws ProtocolError `no_answer`, `answer_unreadable`, `message_invalid`, `message_unexpected`
 */
export function* signOn(line: ClientLine, options: SignOnOptions = {}): Routine<Identification> {
  const request = encodeRequest(options.address);
  let failure: ProtocolError = commonError("no_answer", {
    waitedFor: "sign-on",
    milliseconds: line.settings.answerTimeout,
  });
  line.beginDialogue();
  for (let attempt = 0; attempt < line.settings.attempts; attempt++) {
    if (options.wakeUp) yield* wakeUp(line, options.wakeUp);
    const received = yield* converse(line, request);
    if (received === "silence") {
      const { skipped } = line.parser;
      if (skipped > 0)
        failure = iec62056Error("answer_unreadable", { count: skipped, when: "in answer to the sign-on" });
      continue;
    }
    if (received.type === "identification") return received;
    failure =
      received.type === "damaged"
        ? received.error
        : iec62056Error("message_unexpected", { received: nameOf(received), expected: "an identification" });
  }
  throw failure;
}

export interface OptionSelectOptions {
  /** Y by name, or a maker's own digit "6" to "9". */
  readonly mode: keyof typeof optionModes | (string & {});
  /** V: "0" normal, "1" secondary, "2" HDLC. Some meters answer only one of them. Default "0", in binary mode "2". */
  readonly protocol?: string | undefined;
  /** Z: the baud character to go on with. Default: what the identification proposes. */
  readonly baudCharacter?: string | undefined;
}

/** Selects an option and goes on at the speed it names: the reply is the readout (a block), P0 or, for some makers, ACK. */
export function* selectOption(
  line: ClientLine,
  identification: Identification,
  options: OptionSelectOptions,
): Routine<Reply> {
  return yield* exchange(line, optionSelectFor(identification, options), {
    waitedFor: "option select",
    changesTo: baudRates[options.baudCharacter ?? identification.baudCharacter],
  });
}

/** The option select message for a meter that has identified itself. */
export function optionSelectFor(identification: Identification, options: OptionSelectOptions): Uint8Array {
  const mode = options.mode in optionModes ? optionModes[options.mode as keyof typeof optionModes] : options.mode;
  const protocol = options.protocol ?? (mode === optionModes.binary ? "2" : "0");
  return encodeOptionSelect({ protocol, baudCharacter: options.baudCharacter ?? identification.baudCharacter, mode });
}
