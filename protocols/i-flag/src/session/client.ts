/**
 * The reading side. Each request signs on by itself when the converter sleeps: before the first request, after 5 s
 * without traffic, and when a request that was made of a sleeping converter got no answer.
 */
import { ProtocolError, type Request, type Routine, RoutineSession } from "@anymeter/sans-io";
import { type DatabaseName, databaseEntry } from "../databases/databases.ts";
import { layoutOf, type RecordLayout } from "../databases/layouts.ts";
import { type DatabaseRecord, type RecordOptions, recordReader } from "../databases/records.ts";
import { iFlagError } from "../errors.ts";
import { breakTelegram } from "../frames/control.ts";
import { requestCodes, requestFrame } from "../frames/frame.ts";
import { parametersText } from "../parameters/parameter-id.ts";
import {
  addressOf,
  mapParameter,
  type ParameterAddress,
  type ParameterMap,
  type ParameterName,
  parameterMapOf,
  pulseWeightParameter,
} from "../parameters/parameter-maps.ts";
import { decodeParameters } from "../parameters/parameter-values.ts";
import {
  encodeReadParameters,
  encodeWriteParameters,
  groupedForReading,
  groupedForWriting,
  type ParameterBytes,
} from "../requests/parameter-requests.ts";
import { encodeValue, type Value, valueTypes } from "../values/value-types.ts";
import { type Answer, askUntilWhole } from "./answers.ts";
import { type ClientOptions, type ClientSettings, repeats, settingsOf } from "./client-options.ts";
import { DatabaseTransfer, type RawRecords } from "./database-transfer.ts";
import { type Identification, signOnRoutine } from "./sign-on.ts";

export interface ParameterWrite extends ParameterAddress {
  readonly value: Value;
}

export interface DatabaseQuery {
  readonly database: DatabaseName;
  /** Up to this time of the meter's clock, "2026-03-01T06:00:00"; absent = to the newest record. */
  readonly newest?: string | undefined;
  /** From this time on; absent = from the oldest record. */
  readonly oldest?: string | undefined;
  /** Columns; absent = all of a measurement database, time and code of a log. */
  readonly mask?: number | undefined;
  /** Ask how many records there are. Default false. */
  readonly count?: boolean | undefined;
  /** Ask a converter to go on where a broken transfer stopped. Default false. */
  readonly persistence?: boolean | undefined;
}

/** An absent pulse weight is read from the converter (parameter 1) when the records have columns in pulses. */
export interface RecordsQuery extends DatabaseQuery, RecordOptions {}

export interface DatabaseContent {
  /** Absent when the database has no records. */
  readonly layout?: RecordLayout | undefined;
  /** The newest first. */
  readonly records: readonly DatabaseRecord[];
  readonly announced?: number | undefined;
}

export class IFlagClient extends RoutineSession {
  readonly #settings: ClientSettings;
  #identification: Identification | undefined;
  #lastHeard = 0;
  #mayBeAsleep = false;
  #map: ParameterMap | undefined;
  #pulseWeight: string | undefined;

  constructor(options: ClientOptions = {}) {
    super();
    this.#settings = settingsOf(options, () => this.#mayBeAsleep);
  }

  override receive(bytes: Uint8Array): void {
    this.#lastHeard = this.#settings.now?.() ?? 0;
    this.#mayBeAsleep = false;
    super.receive(bytes);
  }

  /** Signs on, unless the converter is awake already. Other requests do this by themselves. */
  signOn(): Request<Identification> {
    return this.enqueue(() => this.#awake());
  }

  /**
   * Reads parameters, 32 and 255 bytes in one request at most.
   * @returns their values in the order asked; undefined where the converter has no value
   */
  readParameters(parameters: readonly ParameterAddress[]): Request<readonly (Value | undefined)[]> {
    return this.enqueue(() => this.#inSession(() => this.#readAll(parameters)));
  }

  /** The converter's parameter map, by parameter 94. @throws ProtocolError `parameter_map_unknown` as the request's failure */
  readMap(): Request<ParameterMap> {
    return this.enqueue(() => this.#inSession(() => this.#mapRoutine()));
  }

  /** Reads parameters by name; which id and type they have is looked up in the converter's parameter map, or in `map`. */
  readNamed<Name extends ParameterName>(
    names: readonly Name[],
    map?: ParameterMap,
  ): Request<Readonly<Partial<Record<Name, Value>>>> {
    return this.enqueue(() => this.#inSession(() => this.#readNamed(names, map)));
  }

  /** Writes parameters. A write that got no answer is not repeated: read back what it did. */
  writeParameters(writes: readonly ParameterWrite[]): Request<void> {
    const parameters = writes.map(({ id, type, value }) => ({ id, bytes: encodeValue(type, value as never) }));
    return this.enqueue(() => this.#writeRoutine(parameters));
  }

  /** The records of a database as bytes, the newest first. No records is no error. */
  readRawRecords(query: DatabaseQuery): Request<RawRecords> {
    return this.enqueue(() => this.#transfer(query));
  }

  /** The records of a database as values by column name, the newest first, pulses multiplied by the pulse weight. */
  readDatabase(query: RecordsQuery): Request<DatabaseContent> {
    return this.enqueue(() => this.#databaseRoutine(query));
  }

  /** Leaves; the converter does not answer. Nothing can be asked afterwards. */
  signOff(): Request<void> {
    return this.enqueue(() => this.#leave());
  }

  // routines

  *#awake(): Routine<Identification> {
    const { now, idle } = this.#settings;
    if (this.#identification && now && now() - this.#lastHeard > idle) this.#identification = undefined;
    this.#identification ??= yield* signOnRoutine(this.#settings);
    return this.#identification;
  }

  /** Work in a session; once more from the sign-on when the converter turns out to have fallen asleep. */
  *#inSession<Result>(work: () => Routine<Result>, resumes = false): Routine<Result> {
    const wasAwake = this.#identification !== undefined;
    yield* this.#awake();
    this.#mayBeAsleep = wasAwake;
    try {
      return yield* work();
    } catch (error) {
      const asleep = error instanceof ProtocolError && error.code === "no_answer";
      if (asleep) this.#identification = undefined;
      if (!asleep || !(wasAwake || resumes)) throw error;
      yield* this.#awake();
      return yield* work();
    }
  }

  *#readAll(parameters: readonly ParameterAddress[]): Routine<readonly (Value | undefined)[]> {
    const values: (Value | undefined)[] = [];
    for (const group of groupedForReading(parameters, ({ type }) => valueTypes[type].length)) {
      const ids = group.map(({ id }) => id);
      const request = requestFrame(requestCodes.readParameters, encodeReadParameters(ids));
      const answer = yield* this.#askTwice(request, `request to read ${parametersText(ids)}`);
      if (answer.type !== "frame") throw refusal("read", ids);
      values.push(...decodeParameters(group, answer.data));
    }
    return values;
  }

  *#readNamed<Name extends ParameterName>(
    names: readonly Name[],
    given: ParameterMap | undefined,
  ): Routine<Readonly<Partial<Record<Name, Value>>>> {
    const map = given ?? (yield* this.#mapRoutine());
    const values = yield* this.#readAll(names.map((name) => addressOf(map, name)));
    const named = names.flatMap((name, index) => (values[index] === undefined ? [] : [[name, values[index]] as const]));
    return Object.fromEntries(named) as Partial<Record<Name, Value>>;
  }

  *#mapRoutine(): Routine<ParameterMap> {
    this.#map ??= parameterMapOf((yield* this.#readAll([mapParameter]))[0] as string | undefined);
    return this.#map;
  }

  *#writeRoutine(parameters: readonly ParameterBytes[]): Routine<void> {
    yield* this.#awake();
    for (const group of groupedForWriting(parameters)) {
      const ids = group.map(({ id }) => id);
      const request = requestFrame(requestCodes.writeParameters, encodeWriteParameters(group));
      const answer = yield* this.#askTwice(request, `request to write ${parametersText(ids)}`, 1);
      if (answer.type !== "ack") throw refusal("write", ids);
    }
  }

  *#transfer(query: DatabaseQuery): Routine<RawRecords> {
    const { database, newest, oldest, count = false, persistence = false } = query;
    const mask = query.mask ?? databaseEntry(database).usualMask;
    const transfer = new DatabaseTransfer({ database, mask, newest, oldest, count, persistence }, this.#settings);
    return yield* this.#inSession(() => transfer.run(), persistence);
  }

  *#databaseRoutine(query: RecordsQuery): Routine<DatabaseContent> {
    const { recordLength, records, announced } = yield* this.#transfer(query);
    if (records.length === 0) return { records: [], announced };
    const layout = layoutOf(query.database, recordLength);
    const pulseWeight = layout.columns.some(({ pulses }) => pulses)
      ? (query.pulseWeight ?? (yield* this.#inSession(() => this.#weight())))
      : "1";
    const read = recordReader(layout, { ...query, pulseWeight });
    return { layout, records: records.map(read), announced };
  }

  *#weight(): Routine<string> {
    this.#pulseWeight ??= (yield* this.#readAll([pulseWeightParameter]))[0] as string | undefined;
    if (this.#pulseWeight === undefined) throw iFlagError("pulse_weight_missing", {});
    return this.#pulseWeight;
  }

  *#leave(): Routine<void> {
    if (this.#identification) yield { send: breakTelegram, patience: 0 };
    this.#identification = undefined;
    this.finish();
  }

  /** A NAK answers what is refused, but also a request that was damaged on its way: it is sent once more. */
  *#askTwice(send: Uint8Array, request: string, tries: number = repeats): Routine<Answer> {
    const again = { damaged: send, silent: send };
    const { answer } = yield* askUntilWhole(send, again, request, tries, this.#settings);
    if (answer.type !== "nak") return answer;
    return (yield* askUntilWhole(send, again, request, tries, this.#settings)).answer;
  }
}

function refusal(action: "read" | "write", ids: readonly number[]): Error {
  return iFlagError("parameters_refused", {
    action,
    what: parametersText(ids),
  });
}
