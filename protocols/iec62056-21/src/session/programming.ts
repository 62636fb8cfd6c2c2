/** Programming mode: getting in, reading, writing and executing, with a meter's ways of saying no (clauses 6.3.5 to 6.3.7). */
import { ProtocolError, type Routine } from "@anymeter/sans-io";
import { type DataSet, decodeDataSets } from "../data/data-set.ts";
import { iec62056Error } from "../errors.ts";
import { encodeCommand } from "../message/command.ts";
import { type Identification, type ProtocolMode, protocolMode } from "../message/identification.ts";
import { nameOf } from "../message/message-parser.ts";
import type { ClientLine } from "./client-line.ts";
import { type ExchangeOptions, exchange, type Reply } from "./exchange.ts";
import { type OptionSelectOptions, type SignOnOptions, selectOption, signOn } from "./sign-on.ts";

export interface ProgrammingOptions extends SignOnOptions, Partial<OptionSelectOptions> {
  /** Sent with P1 as it is. Without a password and an algorithm the meter gives what it gives everybody. */
  readonly password?: string | undefined;
  /**
   * The maker's secure algorithm: from the operand that P0 told and the password to the result that P2 tells. It takes the
   * place of P1.
   */
  readonly secureAlgorithm?: ((operand: string, password: string | undefined) => string) | undefined;
  /** The mode to go on in, for meters that identify themselves as something else than they are. */
  readonly protocolMode?: ProtocolMode | undefined;
}

/** What a meter told when programming mode was opened. */
export interface ProgrammingAccess {
  readonly identification: Identification;
  /** Of P0: what stands in its brackets. */
  readonly operand: string;
  /** The meter took a password or the result of an algorithm. */
  readonly granted: boolean;
}

/**
 * Signs on, selects programming mode and gives the password.
 * @throws ProtocolError `mode_not_offered`, `access_locked`, `password_refused`, and those of `signOn` and `exchange`
 */
export function* openProgramming(line: ClientLine, options: ProgrammingOptions): Routine<ProgrammingAccess> {
  const identification = yield* signOn(line, options);
  const offered = options.protocolMode ?? protocolMode(identification);
  if (offered === "A" || offered === "B") throw notOffered(`mode ${offered}`);
  const reply = yield* selectOption(line, identification, { ...options, mode: options.mode ?? "programming" });
  if (reply.type === "command" && reply.command === "B0") throw iec62056Error("access_locked", {});
  if (reply.type === "block") throw notOffered("a readout");
  const operand = reply.type === "command" && reply.data !== undefined ? bracketed(reply.data) : "";
  const message = passwordMessage(operand, options);
  if (message) yield* presentPassword(line, message);
  return { identification, operand, granted: message !== undefined };
}

function passwordMessage(operand: string, options: ProgrammingOptions): Uint8Array | undefined {
  const { password, secureAlgorithm } = options;
  if (secureAlgorithm) return encodeCommand("P2", `(${secureAlgorithm(operand, password)})`);
  return password === undefined ? undefined : encodeCommand("P1", `(${password})`);
}

/** Sends a password once and never again: meters count wrong ones, and lock. */
function* presentPassword(line: ClientLine, message: Uint8Array): Routine<void> {
  let reply: Reply;
  try {
    reply = yield* exchange(line, message, { waitedFor: "password", repeats: "never" });
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "request_refused") throw passwordRefused("NAK");
    throw error;
  }
  if (reply.type === "acknowledge") return;
  throw passwordRefused(reply.type === "block" ? reply.text.trim() : nameOf(reply));
}

/** What a command was answered with. */
export interface Answer {
  readonly text: string;
  readonly dataSets: readonly DataSet[];
}

/**
 * A command and what came of it: data sets, none for ACK.
 * @param request what is asked, for errors; no secret may stand in it
 * @throws ProtocolError `meter_error` for an error message in place of data, `break_received`, `data_set_invalid`, and those
 *   of `exchange`
 */
export function* command(
  line: ClientLine,
  message: Uint8Array,
  { request, granted, ...options }: CommandOptions,
): Routine<Answer | undefined> {
  const reply = yield* exchange(line, message, { waitedFor: request, ...options });
  if (reply.type === "acknowledge") return undefined;
  if (reply.type === "command") {
    if (reply.command === "B0") throw iec62056Error("break_received", { request });
    throw iec62056Error("message_unexpected", { received: nameOf(reply), expected: `the answer to the ${request}` });
  }
  const dataSets = decodeDataSets(reply.text);
  const answer = errorIn(dataSets);
  if (answer !== undefined) throw iec62056Error("meter_error", { request, answer, advice: adviceFor(granted) });
  return { text: reply.text, dataSets };
}

export interface CommandOptions extends Omit<ExchangeOptions, "waitedFor"> {
  readonly request: string;
  /** A password was given: then the meter may still want one of a higher level. */
  readonly granted: boolean;
}

/**
 * The error message of an answer, such as ER06 or ERROR11 (clause 6.3.7); its numbers are the maker's own.
 * @returns undefined for an answer that holds data
 */
export function errorIn(dataSets: readonly DataSet[]): string | undefined {
  if (dataSets.length !== 1 || dataSets[0]!.values.length !== 1) return undefined;
  const { value } = dataSets[0]!.values[0]!;
  return /^ER(R(OR)?)?[ -]?\d*$/i.test(value) ? value : undefined;
}

function adviceFor(granted: boolean): string {
  return granted
    ? "The maker's manual lists its error numbers; the address may not exist, or want a password of a higher level."
    : "The maker's manual lists its error numbers; the address may not exist, or want a password.";
}

/** What stands in the first brackets. */
function bracketed(data: string): string {
  const open = data.indexOf("(");
  const close = data.indexOf(")", open);
  return open < 0 || close < 0 ? data : data.slice(open + 1, close);
}

function notOffered(offered: string): ProtocolError {
  return iec62056Error("mode_not_offered", { wanted: "programming mode", offered });
}

function passwordRefused(answer: string): ProtocolError {
  return iec62056Error("password_refused", { answer });
}
