/** A reader's session with one meter, or with several on one line, each by its address. */
import {
  commonError,
  ProtocolError,
  type Request,
  type Routine,
  RoutineSession,
  type RoutineSessionOptions,
} from "@anymeter/sans-io";
import { type DataSet, decodeDataSets } from "../data/data-set.ts";
import { decodeLoadProfile, type LoadProfile } from "../data/load-profile.ts";
import { encodeMeterTime, type MeterTime, type TimeFormat } from "../data/meter-time.ts";
import { iec62056Error } from "../errors.ts";
import { encodeCommand } from "../message/command.ts";
import { baudRates, type Identification, protocolMode } from "../message/identification.ts";
import { nameOf } from "../message/message-parser.ts";
import type { P1Keys } from "../p1/ciphered.ts";
import { PushParser, pushLimit } from "../push/push-parser.ts";
import type { PushedReadout } from "../push/pushed.ts";
import { ClientLine, type LineSettings } from "./client-line.ts";
import { exchange, type Reply, sendBreak } from "./exchange.ts";
import { type HandOver, type HandOverOptions, handOver } from "./hand-over.ts";
import {
  type Answer,
  command,
  openProgramming,
  type ProgrammingAccess,
  type ProgrammingOptions,
} from "./programming.ts";
import { type OptionSelectOptions, type SignOnOptions, selectOption, signOn } from "./sign-on.ts";

/** What holds for every request; each may be overridden in the request. */
export interface ClientSettings extends LineSettings, RoutineSessionOptions, Omit<ProgrammingOptions, "mode"> {
  /** For ciphered P1 telegrams. */
  readonly p1Keys?: P1Keys | undefined;
}

/** What a meter reads out. */
export interface Readout {
  readonly identification: Identification;
  readonly dataSets: readonly DataSet[];
  /** The data block as it came, without its frame. */
  readonly text: string;
  /** Lines that are no data sets; the others are kept. */
  readonly problems: readonly ProtocolError[];
}

export interface ReadOptions {
  /** R1 to R6. Default R5; VDEW meters answer it, others R1. */
  readonly command?: "R1" | "R2" | "R3" | "R4" | "R5" | "R6";
  /** Between the brackets of the request. Default nothing. */
  readonly argument?: string;
}

export interface WriteOptions {
  /** W1 to W5. Default W5. */
  readonly command?: "W1" | "W2" | "W3" | "W4" | "W5";
}

export interface LoadProfileOptions extends ReadOptions {
  /** Default "P.01". */
  readonly address?: string;
  /** Limits of the ends of intervals, both inclusive; open where left out. They take the argument's place. */
  readonly from?: MeterTime;
  readonly to?: MeterTime;
  /** How the meter wants the limits. Default "ZSTs11", `sYYMMDDhhmm`. */
  readonly timeFormat?: TimeFormat;
}

export class ClientSession extends RoutineSession {
  readonly #line: ClientLine;
  readonly #settings: ClientSettings;
  readonly #pushes: PushParser;
  /** While programming mode is open. */
  #access: ProgrammingAccess | undefined;
  /** A password that was refused once is refused here from then on: meters count, and lock. */
  #refusal: ProtocolError | undefined;
  /** Addresses read since programming mode was opened. */
  readonly #asked = new Set<string>();

  constructor(settings: ClientSettings = {}) {
    super(settings);
    this.#settings = settings;
    this.#line = new ClientLine(settings);
    this.#pushes = new PushParser({ keys: settings.p1Keys });
  }

  /** The speed of this end of the line; where the line really has one, set it before each read and write. */
  get baudRate(): number {
    return this.#line.baudRate;
  }

  /** Programming mode is open: nothing has ended the dialogue that anybody told of. */
  get programming(): boolean {
    return this.#access !== undefined;
  }

  /** Signs on and takes the readout in whichever mode the meter offers. */
  readReadout(options: SignOnOptions & Partial<OptionSelectOptions> = {}): Request<Readout> {
    return this.enqueue(() => this.#readout({ ...this.#settings, mode: "readout", ...options }));
  }

  /**
   * Signs on, selects programming mode and gives the password. When it is refused, the session asks no second time.
   */
  openProgramming(options: ProgrammingOptions = {}): Request<ProgrammingAccess> {
    return this.enqueue(() => this.#open({ ...this.#settings, ...options }));
  }

  /** Reads one address, in programming mode. */
  read(address: string, options: ReadOptions = {}): Request<readonly DataSet[]> {
    return this.enqueue(() => this.#read(address, options));
  }

  /** Reads a load profile, in programming mode. */
  readLoadProfile(options: LoadProfileOptions = {}): Request<LoadProfile> {
    return this.enqueue(() => this.#readLoadProfile(options));
  }

  /** Writes a value, in programming mode. It is never sent twice without the meter's saying that it was not taken. */
  write(address: string, value: string, options: WriteOptions = {}): Request<void> {
    return this.enqueue(() => this.#write(options.command ?? "W5", address, value));
  }

  /** Executes a command (E2), in programming mode. It is never sent twice without the meter's saying that it was not taken. */
  execute(address: string, value = ""): Request<void> {
    return this.enqueue(() => this.#write("E2", address, value));
  }

  /** Leaves programming mode with a break; without one, meters keep the interface for a minute. Nothing is answered. */
  endDialogue(): Request<void> {
    return this.enqueue(() => this.#leave());
  }

  /**
   * Waits for the next readout that the meter sends unasked: a P1 telegram, mode D. Damaged ones are passed over.
   * @param options.patience milliseconds of silence to wait. Default 30000
   */
  readPushed(options: { readonly patience?: number } = {}): Request<PushedReadout> {
    return this.enqueue(() => this.#awaitPush(options.patience ?? 30_000));
  }

  /** Signs on and hands the line over to DLMS over HDLC (mode E); the session is over then. */
  handOver(options: HandOverOptions = {}): Request<HandOver> {
    return this.enqueue(() => this.#handOver({ ...this.#settings, ...options }));
  }

  *#readout(options: SignOnOptions & OptionSelectOptions): Routine<Readout> {
    yield* this.#leave();
    const line = this.#line;
    const identification = yield* signOn(line, options);
    const mode = this.#settings.protocolMode ?? protocolMode(identification);
    if (mode === "B") line.baudRate = baudRates[identification.baudCharacter] ?? line.baudRate;
    const reply =
      mode === "C" || mode === "E"
        ? yield* selectOption(line, identification, options)
        : yield* exchange(line, undefined, { waitedFor: "readout" });
    if (reply.type !== "block") {
      throw iec62056Error("message_unexpected", { received: nameOf(reply), expected: "a readout" });
    }
    const problems: ProtocolError[] = [];
    const dataSets = decodeDataSets(reply.text, problems);
    return { identification, dataSets, text: reply.text, problems };
  }

  *#open(options: ProgrammingOptions): Routine<ProgrammingAccess> {
    yield* this.#leave();
    if (this.#refusal) throw this.#refusal;
    this.#asked.clear();
    try {
      this.#access = yield* openProgramming(this.#line, options);
    } catch (error) {
      if (error instanceof ProtocolError && error.code === "password_refused") this.#refusal = error;
      throw error;
    }
    return this.#access;
  }

  *#read(address: string, { command: letter = "R5", argument = "" }: ReadOptions): Routine<readonly DataSet[]> {
    const answer = yield* this.#command(letter, address, argument, "always");
    return answer?.dataSets ?? [];
  }

  *#readLoadProfile(options: LoadProfileOptions): Routine<LoadProfile> {
    const { address = "P.01", command: letter = "R5", from, to, timeFormat = "ZSTs11" } = options;
    const limit = (time: MeterTime | undefined) => (time ? encodeMeterTime(time, timeFormat) : "");
    const argument = from || to ? `${limit(from)};${limit(to)}` : (options.argument ?? "");
    const answer = yield* this.#command(letter, address, argument, "always");
    return answer ? decodeLoadProfile(answer.text, answer.dataSets[0]?.address) : { rows: [], problems: [] };
  }

  *#write(letter: string, address: string, value: string): Routine<void> {
    const answer = yield* this.#command(letter, address, value, "refused");
    if (!answer) return;
    throw iec62056Error("message_unexpected", {
      received: "a data message",
      expected: `ACK to the ${letter} ${address}`,
    });
  }

  *#command(
    letter: string,
    address: string,
    value: string,
    repeats: "always" | "refused",
  ): Routine<Answer | undefined> {
    // What is written may be a secret: errors name its address alone.
    const request = `${letter} ${address}${repeats === "always" ? `(${value})` : ""}`;
    if (!this.#access) throw iec62056Error("dialogue_not_open", { request });
    const { granted } = this.#access;
    // A bit makes an ACK of an STX: only what is written is acknowledged.
    const accepts = (reply: Reply) =>
      reply.type === "acknowledge" ? repeats === "refused" : !this.#isLate(reply, address);
    try {
      return yield* command(this.#line, encodeCommand(letter, `${address}(${value})`), {
        request,
        granted,
        repeats,
        accepts,
      });
    } catch (error) {
      if (error instanceof ProtocolError && error.code === "break_received") this.#access = undefined;
      throw error;
    } finally {
      this.#asked.add(address);
    }
  }

  /** An answer to what was asked before, which came after it was given up or asked again. */
  #isLate(reply: Reply, address: string): boolean {
    if (reply.type !== "block") return false;
    const answered = reply.text.slice(0, Math.max(0, reply.text.indexOf("(")));
    return answered !== address && this.#asked.has(answered);
  }

  *#leave(): Routine<void> {
    if (!this.#access) return;
    this.#access = undefined;
    yield* sendBreak(this.#line);
  }

  *#awaitPush(patience: number): Routine<PushedReadout> {
    let failure: ProtocolError = commonError("no_answer", { waitedFor: "pushed readout", milliseconds: patience });
    let unread = 0;
    for (let failures = 0; failures < this.#line.settings.attempts; ) {
      const pushed = this.#pushes.next();
      if (pushed && "readout" in pushed) return pushed.readout;
      if (pushed) {
        failure = pushed.error;
        failures++;
        continue;
      }
      const incoming = yield { patience };
      if (incoming === "silence") break;
      unread += incoming.length;
      if (unread > pushLimit * 2)
        throw iec62056Error("answer_unreadable", { count: unread, when: "in place of a readout" });
      this.#pushes.push(incoming);
    }
    throw failure;
  }

  *#handOver(options: HandOverOptions): Routine<HandOver> {
    yield* this.#leave();
    const result = yield* handOver(this.#line, options);
    this.finish();
    return result;
  }
}
