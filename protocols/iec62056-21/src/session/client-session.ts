/** A reader's session with one meter, or with several on one line, each by its address. */
import { type Request, type Routine, RoutineSession, type RoutineSessionOptions } from "@anymeter/sans-io";
import { type DataSet, decodeDataSets } from "../data/data-set.ts";
import { iec62056Error } from "../errors.ts";
import { type Identification, protocolMode } from "../message/identification.ts";
import { ClientLine, type LineSettings } from "./client-line.ts";
import { exchange } from "./exchange.ts";
import { type OptionSelectOptions, type SignOnOptions, selectOption, signOn } from "./sign-on.ts";

export interface ClientSettings extends LineSettings, RoutineSessionOptions, SignOnOptions {}

/** What a meter reads out. */
export interface Readout {
  readonly identification: Identification;
  readonly dataSets: readonly DataSet[];
  /** The data block as it came. */
  readonly text: string;
}

export class ClientSession extends RoutineSession {
  readonly #line: ClientLine;
  readonly #settings: ClientSettings;

  constructor(settings: ClientSettings = {}) {
    super(settings);
    this.#settings = settings;
    this.#line = new ClientLine(settings);
  }

  /** The speed of this end of the line; on a serial line, set it before each read and write. */
  get baudRate(): number {
    return this.#line.baudRate;
  }

  /** Signs on and takes the readout in whichever mode the meter offers. */
  readReadout(options: SignOnOptions & Partial<OptionSelectOptions> = {}): Request<Readout> {
    return this.enqueue(() => this.#readout({ ...this.#settings, mode: "readout", ...options }));
  }

  *#readout(options: SignOnOptions & OptionSelectOptions): Routine<Readout> {
    const line = this.#line;
    const identification = yield* signOn(line, options);
    const mode = protocolMode(identification);
    const asks = mode === "C" || mode === "E";
    const reply = asks
      ? yield* selectOption(line, identification, options)
      : yield* exchange(line, undefined, { waitedFor: "readout" });
    if (reply.type !== "block")
      throw iec62056Error("message_unexpected", { received: reply.type, expected: "a readout" });
    return { identification, dataSets: decodeDataSets(reply.text), text: reply.text };
  }
}
