/** One request and its answer over one line: who is answered by what, what is late, what is somebody else's. */
import { commonError, ProtocolError, type Routine } from "@anymeter/sans-io";
import { modbusError } from "../errors.ts";
import { checksum } from "../framing/checksum.ts";
import type { Frame, FrameReader } from "../framing/frame.ts";
import { mistakenFraming } from "../framing/mistaken-framing.ts";
import { checksumAt, encodeRtuFrame, RtuFrameReader } from "../framing/rtu-frame.ts";
import { encodeTcpFrame, TcpFrameReader } from "../framing/tcp-frame.ts";
import { describeRequest } from "../pdu/description.ts";
import { exceptionError } from "../pdu/exceptions.ts";
import { functionOf, functions } from "../pdu/functions.ts";
import { limits } from "../pdu/limits.ts";
import { decodeResponse, encodeRequest, type ModbusRequest, type ModbusResponse, pduEnd } from "../pdu/pdu.ts";
import { misfit } from "./fit.ts";
import type { CompleteSettings } from "./settings.ts";

/** The line's state that outlives a request. */
export class Exchange {
  readonly #settings: CompleteSettings;
  readonly #frames: FrameReader;
  /** Of the answer that is waited for. */
  #unit = 0;
  #functionCode = 0;
  #transactionId = 0;
  #mayPause = false;
  /** A late answer to an earlier request may still come, and nothing would tell it from the next one's. */
  #unsettled = false;
  /** The stream cannot be followed any more. */
  broken = false;

  constructor(settings: CompleteSettings) {
    this.#settings = settings;
    this.#frames =
      settings.framing === "tcp"
        ? new TcpFrameReader()
        : new RtuFrameReader({
            direction: "response",
            begins: (unit, code) => unit === this.#unit && (code & 0x7f) === this.#functionCode,
          });
  }

  /**
   * Sends a request, again where that helps and harms nothing, and waits for its answer. A write to unit 0 over RTU is
   * a broadcast: nobody answers, and undefined comes after the turnaround delay.
   * @throws ProtocolError of the exception, of damaged bytes, or of silence
   */
  *ask(request: ModbusRequest, unit: number): Routine<ModbusResponse | undefined> {
    const pdu = encodeRequest(request);
    for (let attempt = 1; ; attempt++) {
      yield* this.#pause(this.#unsettled ? this.#settings.settleMilliseconds : 0);
      try {
        return yield* this.#askOnce(request, pdu, unit);
      } catch (error) {
        if (attempt >= this.#settings.attempts || this.broken || !mayAskAgain(request, error)) throw error;
        if (isBusy(error)) yield* this.#pause(this.#settings.busyMilliseconds);
      }
    }
  }

  *#askOnce(request: ModbusRequest, pdu: Uint8Array, unit: number): Routine<ModbusResponse | undefined> {
    const { framing, timeoutMilliseconds } = this.#settings;
    this.#unit = unit;
    this.#functionCode = pdu[0]!;
    this.#transactionId = (this.#transactionId + 1) & 0xffff;
    this.#frames.clear();
    const send =
      framing === "tcp"
        ? encodeTcpFrame({ transactionId: this.#transactionId, unit, pdu })
        : encodeRtuFrame({ unit, pdu });
    this.#mayPause = true;
    if (framing === "rtu" && unit === 0) return yield* broadcast(request, send);
    const strays: Stray[] = [];
    let received = 0;
    let incoming = yield { send, patience: timeoutMilliseconds };
    for (;;) {
      if (incoming !== "silence") {
        received += incoming.length;
        this.#frames.push(incoming);
      }
      const response = this.#answerAmong(request, strays, incoming === "silence");
      if (response) return this.#accepted(request, response);
      if (incoming === "silence") throw this.#silence(request, strays);
      if (received > limits.bytesOfAnswer) throw this.#broken(modbusError("noise_endless", { count: received }));
      incoming = yield { patience: timeoutMilliseconds };
    }
  }

  #accepted(request: ModbusRequest, response: ModbusResponse): ModbusResponse {
    this.#unsettled = false;
    if (response.type !== "exception") return response;
    throw exceptionError(response.exceptionCode, this.#unit, describeRequest(request));
  }

  /** The answer to the request, if it is there; others are put aside. */
  #answerAmong(request: ModbusRequest, strays: Stray[], afterSilence: boolean): ModbusResponse | undefined {
    for (;;) {
      const frame = this.#nextFrame(afterSilence);
      if (!frame) return undefined;
      const stray = this.#foreign(frame);
      if (!stray) {
        const response = decodeResponse(frame.pdu);
        const reason = misfit(request, response);
        if (!reason) return response;
        strays.push({ found: reason, kind: "other" });
      } else strays.push(stray);
      if (strays.length >= limits.strayAnswers) {
        throw this.#broken(modbusError("answers_unrelated", { count: strays.length, found: strays.at(-1)!.found }));
      }
    }
  }

  #nextFrame(afterSilence: boolean): Frame | undefined {
    try {
      return afterSilence ? this.#frames.afterSilence() : this.#frames.next();
    } catch (error) {
      const rest = this.#frames.rest;
      // Of an RTU frame the first bytes look like a broken header before its last ones have come.
      if (this.#settings.framing === "tcp" && !afterSilence && mayBecomeRtu(rest)) return undefined;
      throw this.#broken(mistakenFraming(rest, this.#settings.framing) ?? error);
    }
  }

  /** Why a frame answers something else; undefined when it may be the answer. */
  #foreign({ unit, transactionId, pdu }: Frame): Stray | undefined {
    if (this.#settings.checkTransactionId && transactionId !== undefined && transactionId !== this.#transactionId) {
      const age = (this.#transactionId - transactionId) & 0xffff;
      const late = age > 0 && age < this.#transactionId && age <= recentRequests;
      return {
        found: `with transaction id ${transactionId} instead of ${this.#transactionId}`,
        kind: late ? "late" : "transaction",
      };
    }
    if (unit !== this.#unit) return { found: `from unit ${unit} instead of ${this.#unit}`, kind: "unit" };
    const functionCode = pdu[0]! & 0x7f;
    if (functionCode === this.#functionCode) return undefined;
    return { found: `to function ${functionCode} instead of ${this.#functionCode}`, kind: "other" };
  }

  #silence(request: ModbusRequest, strays: readonly Stray[]): ProtocolError {
    const { framing, checkTransactionId, timeoutMilliseconds } = this.#settings;
    this.#unsettled = framing === "rtu" || !checkTransactionId;
    const rest = this.#frames.rest;
    this.#frames.clear();
    const mistaken = mistakenFraming(rest, framing);
    if (mistaken) return mistaken;
    const waitedFor = describeRequest(request);
    if (rest.length > 0) return framing === "rtu" ? this.#damaged(rest) : truncated(rest, waitedFor);
    const last = strays.at(-1);
    if (!last)
      return commonError("no_answer", { waitedFor: `request to ${waitedFor}`, milliseconds: timeoutMilliseconds });
    return modbusError("answers_of_others", {
      request: waitedFor,
      milliseconds: timeoutMilliseconds,
      count: strays.length,
      found: last.found,
      advice: advice[last.kind],
    });
  }

  #damaged(rest: Uint8Array): ProtocolError {
    const end = pduEnd(rest, 1, "response");
    const begins = rest[0] === this.#unit && (rest[1]! & 0x7f) === this.#functionCode;
    if (!begins || typeof end !== "number" || end + 2 > rest.length) {
      return commonError("bytes_truncated", { what: "the answer is whole", offset: rest.length });
    }
    const found = hexWord(checksumAt(rest, end));
    return modbusError("checksum_wrong", { found, expected: hexWord(checksum(rest, 0, end)), offset: end });
  }

  /** The line cannot be used any more. */
  #broken(cause: unknown): unknown {
    this.broken = true;
    return cause;
  }

  /** Silence before a request; what comes meanwhile is late and dropped. */
  *#pause(atLeast: number): Routine<void> {
    const patience = Math.max(this.#mayPause ? this.#settings.pauseMilliseconds : 0, atLeast);
    if (patience === 0) return;
    for (let dropped = 0; (yield { patience }) !== "silence"; dropped++) {
      if (dropped >= limits.strayAnswers) {
        throw this.#broken(modbusError("answers_unrelated", { count: dropped, found: "between two requests" }));
      }
    }
    this.#unsettled = false;
  }
}

/** An answer that was not waited for. */
interface Stray {
  readonly found: string;
  readonly kind: "late" | "transaction" | "unit" | "other";
}

const advice: Readonly<Record<Stray["kind"], string>> = {
  late: "The device answers later than that: raise the timeout.",
  transaction: "A gateway uses transaction ids of its own: set check_transaction_id to false.",
  unit: "Set the unit to the one that answers, if that is the meter.",
  other: "Somebody else uses the same line, or answers come late: raise the timeout.",
};

/** The turnaround delay of a broadcast (Serial Line V1.02, clause 2.4.1). */
const turnaroundMilliseconds = 100;

function* broadcast(request: ModbusRequest, send: Uint8Array): Routine<undefined> {
  if (functions[request.type].harmless) {
    throw commonError("value_not_encodable", {
      what: "a read of unit 0 over RTU",
      reason: "broadcasts are not answered",
    });
  }
  let incoming = yield { send, patience: turnaroundMilliseconds };
  while (incoming !== "silence") incoming = yield { patience: turnaroundMilliseconds };
  return undefined;
}

function mayAskAgain(request: ModbusRequest, error: unknown): boolean {
  if (!(error instanceof ProtocolError) || error.code === "connection_lost") return false;
  return functions[request.type].harmless && (error.fault === "timeout" || error.fault === "damaged" || isBusy(error));
}

function isBusy(error: unknown): boolean {
  return error instanceof ProtocolError && (error.code === "device_busy" || error.code === "acknowledged");
}

/** The start of an RTU response that is not whole yet. */
function mayBecomeRtu(bytes: Uint8Array): boolean {
  const end = pduEnd(bytes, 1, "response");
  return (
    functionOf(bytes[1]! & 0x7f) !== undefined &&
    (end === "more" || (typeof end === "number" && end + 2 > bytes.length))
  );
}

function truncated(rest: Uint8Array, request: string): ProtocolError {
  return commonError("bytes_truncated", {
    what: `the answer to the request to ${request} is whole`,
    offset: rest.length,
  });
}

function hexWord(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Transaction ids that may still be answered late. */
const recentRequests = 64;
