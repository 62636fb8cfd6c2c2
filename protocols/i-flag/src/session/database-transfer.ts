/**
 * Receives the frames of a database. A frame counts only once its checksum fits and its number is the next; a damaged
 * one is asked for again (NAK), a repeated one is acknowledged and dropped. Records are cut when all frames are joined,
 * because a record may begin in one frame and end in the next.
 */
import { joinBytes, type Routine } from "@anymeter/sans-io";
import { type DatabaseFrame, decodeDatabaseFrame } from "../databases/database-frame.ts";
import { iFlagError } from "../errors.ts";
import { acknowledge, repeat } from "../frames/control.ts";
import { requestCodes, requestFrame } from "../frames/frame.ts";
import { type DatabaseRequest, encodeDatabaseRequest } from "../requests/database-request.ts";
import { askUntilWhole } from "./answers.ts";
import { type ClientSettings, repeats } from "./client-options.ts";

export interface RawRecords {
  /** 0 when there are none. */
  readonly recordLength: number;
  /** The newest first. */
  readonly records: readonly Uint8Array[];
  /** The number of records the converter announced, when it was asked to. */
  readonly announced?: number | undefined;
}

/** A frame, and whether it answers a NAK or a repeated request. */
type FrameRoutine = Routine<{ readonly frame: DatabaseFrame; readonly askedAgain: boolean }>;

/** One read of a database; it outlives a broken session, so that a converter that can goes on where it stopped. */
export class DatabaseTransfer {
  readonly #request: DatabaseRequest;
  readonly #settings: ClientSettings;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;
  #expected = 0;
  #recordLength = 0;
  #announced: number | undefined;

  constructor(request: DatabaseRequest, settings: ClientSettings) {
    this.#request = request;
    this.#settings = settings;
  }

  /** @throws ProtocolError `database_refused`, `frame_out_of_order`, `records_cut_short`, `database_too_long` … */
  *run(): Routine<RawRecords> {
    const { persistence } = this.#request;
    if (!persistence) this.#begin();
    let { frame, askedAgain } = yield* this.#asked(persistence);
    if (persistence && frame.number > this.#expected) {
      // It goes on with a transfer whose beginning went to somebody else.
      this.#begin();
      ({ frame, askedAgain } = yield* this.#asked(false));
    }
    // A converter that cannot go on where it stopped begins anew.
    if (frame.number === 0) this.#begin();
    for (let tries = repeats; ; ) {
      const arrival = this.#take(frame);
      if (arrival === "taken" && frame.last) return this.#records();
      if (arrival === "taken") tries = repeats;
      else if (--tries === 0) throw this.#outOfOrder(frame);
      // A repeated frame that was not asked for was late on the line: its successor is on the way already.
      const late = arrival === "repeated" && !askedAgain;
      const next = arrival === "out of order" ? repeat : late ? undefined : acknowledge;
      ({ frame, askedAgain } = yield* this.#frame(next, repeat));
    }
  }

  #asked(persistence: boolean): FrameRoutine {
    const data = encodeDatabaseRequest({ ...this.#request, persistence });
    const request = requestFrame(requestCodes.readDatabase, data);
    return this.#frame(request, request);
  }

  *#frame(send: Uint8Array | undefined, afterSilence: Uint8Array): FrameRoutine {
    const { database, mask, count } = this.#request;
    const name = `frame ${this.#expected} of the database ${database}`;
    const again = { damaged: repeat, silent: afterSilence };
    let { answer, askedAgain } = yield* askUntilWhole(send, again, name, repeats + 1, this.#settings);
    // A NAK also answers a request that was damaged on its way: it is sent once more.
    if (answer.type === "nak" && send === afterSilence && send !== repeat) {
      ({ answer, askedAgain } = yield* askUntilWhole(send, again, name, repeats + 1, this.#settings));
    }
    if (answer.type === "nak") throw iFlagError("database_refused", { database, mask: `0x${mask.toString(16)}` });
    if (answer.type === "ack") throw iFlagError("answer_unexpected", { request: name, found: "ACK" });
    return { frame: decodeDatabaseFrame(answer.data, count), askedAgain };
  }

  #take(frame: DatabaseFrame): "taken" | "repeated" | "out of order" {
    if (frame.number === this.#expected - 1) return "repeated";
    if (frame.number !== this.#expected) return "out of order";
    this.#length += frame.records.length;
    const limit = this.#settings.databaseLimit;
    if (this.#length > limit) throw iFlagError("database_too_long", { limit });
    if (frame.number === 0) {
      this.#recordLength = frame.recordLength!;
      this.#announced = frame.count;
    }
    this.#expected++;
    this.#pieces.push(frame.records);
    return "taken";
  }

  #records(): RawRecords {
    const length = this.#recordLength;
    const bytes = joinBytes(this.#pieces);
    if (length === 0) {
      if (bytes.length === 0) return { recordLength: 0, records: [], announced: this.#announced };
      throw iFlagError("database_frame_invalid", { frame: 0, reason: "its records have no length" });
    }
    const rest = bytes.length % length;
    if (rest > 0) throw iFlagError("records_cut_short", { count: rest, length });
    const records: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += length) records.push(bytes.subarray(at, at + length));
    return { recordLength: length, records, announced: this.#announced };
  }

  #begin(): void {
    this.#pieces.length = 0;
    this.#length = 0;
    this.#expected = 0;
  }

  #outOfOrder(frame: DatabaseFrame): Error {
    return iFlagError("frame_out_of_order", { found: frame.number, expected: this.#expected, times: repeats });
  }
}
