/** Mode E: the sign-on that hands the line over to DLMS over HDLC (IEC 62056-21 annex E). */
import type { Routine } from "@anymeter/sans-io";
import { iec62056Error } from "../errors.ts";
import { baudRates, type Identification, protocolMode } from "../message/identification.ts";
import { optionSelectLength } from "../message/option-select.ts";
import type { ClientLine } from "./client-line.ts";
import { type OptionSelectOptions, optionSelectFor, type SignOnOptions, signOn } from "./sign-on.ts";

export interface HandOverOptions extends SignOnOptions, Partial<OptionSelectOptions> {
  /** Milliseconds to wait for the meter to repeat the option select, which it may or may not do. Default 500. */
  readonly patience?: number;
  /** Ask for binary mode even where the identification does not offer it. */
  readonly force?: boolean;
}

/** The line is binary from now on, 8N1 at this speed: the client speaks first, with SNRM. */
export interface HandOver {
  readonly identification: Identification;
  readonly baudRate: number;
  /** Bytes of the binary protocol that came already, untouched: feed them to the next session first. */
  readonly remaining: Uint8Array;
}

/** @throws ProtocolError `mode_not_offered`, and those of `signOn` */
export function* handOver(line: ClientLine, options: HandOverOptions): Routine<HandOver> {
  const identification = yield* signOn(line, options);
  const offered = protocolMode(identification);
  if (offered !== "E" && !options.force) {
    throw iec62056Error("mode_not_offered", { wanted: "binary mode E", offered: `mode ${offered}` });
  }
  const select = optionSelectFor(identification, { ...options, mode: options.mode ?? "binary" });
  const rest = yield* withoutRepetition(line, select, options.patience ?? 500);
  const baudRate = baudRates[options.baudCharacter ?? identification.baudCharacter] ?? line.baudRate;
  line.baudRate = baudRate;
  return { identification, baudRate, remaining: rest };
}

/** Sends the option select, and drops the meter's repetition of it when there is one. */
function* withoutRepetition(line: ClientLine, select: Uint8Array, patience: number): Routine<Uint8Array> {
  let send: Uint8Array | undefined = line.outgoing(select);
  let came = new Uint8Array(0);
  while (came.length < optionSelectLength && isPrefix(came, select)) {
    const incoming = yield { ...(send && { send }), patience };
    send = undefined;
    if (incoming === "silence") break;
    line.incoming(incoming);
    came = line.parser.peekRest();
  }
  const rest = line.parser.takeRest();
  return rest.length >= optionSelectLength && isPrefix(rest.subarray(0, optionSelectLength), select)
    ? rest.subarray(optionSelectLength)
    : rest;
}

/** Bit 7 of what came may be its parity. */
function isPrefix(came: Uint8Array, select: Uint8Array): boolean {
  return came.every((byte, index) => (byte & 0x7f) === select[index]);
}
