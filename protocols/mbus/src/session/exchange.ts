/**
 * One frame to the bus and what comes of it. Whatever a bus may bring is sorted here: our own bytes as an echo, noise, two
 * meters at once, another meter's late answer, an answer that came twice.
 */
import type { Incoming, Routine } from "@anymeter/sans-io";
import { dataFlowControl, primaryMessage } from "../frames/control.ts";
import { encodeFrame, largestLength, longFrameOverhead, type MbusFrame } from "../frames/frame.ts";
import { FrameParser } from "../frames/parser.ts";
import { answerMilliseconds } from "../link/timing.ts";
import type { CompleteClientSettings } from "./settings.ts";

/** A frame that carries data from a meter. */
export interface MeterFrame {
  /** The C field, for ACD and DFC. */
  readonly control: number;
  readonly address: number;
  /** CI field and what follows; bytes of its own. */
  readonly application: Uint8Array;
}

/** What a frame brought. */
export type Answer =
  | { readonly type: "acknowledged"; readonly bufferFull: boolean }
  /** Disturbed: before it came bytes that are no frame, noise or the end of a collision. */
  | { readonly type: "data"; readonly frame: MeterFrame; readonly disturbed: boolean }
  /** A short frame says that the meter did not take it. */
  | { readonly type: "refused" }
  /** Bytes came that are no frame. */
  | { readonly type: "garbled"; readonly bytes: Uint8Array }
  /** A good frame of another meter, and none of the one that was asked. */
  | { readonly type: "foreign"; readonly frame: MeterFrame }
  | { readonly type: "silence" };

/** What is made of a frame with data: the answer, another meter's, or perhaps one that came twice. */
export type Judgement = "answer" | "foreign" | "repeated";

export interface Expectation {
  /** An acknowledgement is an answer. */
  readonly acknowledgement?: boolean;
  /** Absent: a frame with data is no answer. */
  readonly data?: (frame: MeterFrame) => Judgement;
}

export class Exchange {
  readonly settings: CompleteClientSettings;
  readonly #parser = new FrameParser();
  /** Requests for data whose answers may still be under way. */
  #unanswered = 0;

  constructor(settings: CompleteClientSettings) {
    this.settings = settings;
  }

  /** An answer to an earlier frame may still come: the next one may be that. */
  get lateAnswerPossible(): boolean {
    return this.#unanswered > 1;
  }

  /** Sends a frame and sorts what comes, until the answer is there or the line is silent. Never throws. */
  *send(frame: MbusFrame, expectation: Expectation): Routine<Answer> {
    while (this.#parser.next()) {
      // What came before the frame is not its answer.
    }
    const bytes = encodeFrame(frame);
    const patience = this.#patience(bytes.length, expectation);
    const found = new Found(expectation);
    if (expectation.data) this.#unanswered++;
    let received = 0;
    let incoming: Incoming = yield { send: bytes, patience };
    while (incoming !== "silence" && received < noiseLimit) {
      received += incoming.length;
      this.#parser.push(incoming);
      if (this.#sort(found)) return this.#answered(found);
      incoming = yield { patience };
    }
    this.#parser.resynchronize();
    this.#sort(found);
    return this.#answered(found);
  }

  /** Lets milliseconds pass; what comes meanwhile is dropped. */
  *pause(milliseconds: number): Routine<void> {
    yield* this.#drop(yield { patience: milliseconds }, milliseconds);
  }

  /** Listens for as long as a meter may take to begin an answer; what comes is dropped. */
  *hears(): Routine<boolean> {
    const { baud, latency } = this.settings;
    const incoming: Incoming = yield { patience: answerMilliseconds(baud, latency, 0, 0) };
    yield* this.#drop(incoming, latency);
    return incoming !== "silence";
  }

  /** Sends a frame that no meter answers, and lets it get through. */
  *broadcast(frame: MbusFrame): Routine<void> {
    const bytes = encodeFrame(frame);
    const patience = answerMilliseconds(this.settings.baud, 0, bytes.length, 0);
    yield* this.#drop(yield { send: bytes, patience }, patience);
  }

  /** Until the line is silent, or is never going to be. */
  *#drop(first: Incoming, patience: number): Routine<void> {
    let dropped = 0;
    for (let incoming = first; incoming !== "silence" && dropped < noiseLimit; ) {
      dropped += incoming.length;
      incoming = yield { patience };
    }
  }

  /** @returns whether the answer is found */
  #sort(found: Found): boolean {
    for (let parsed = this.#parser.next(); parsed; parsed = this.#parser.next()) {
      if (parsed.type === "damaged") found.damaged(parsed.bytes);
      else found.frame(parsed);
      if (found.answer) return true;
    }
    return false;
  }

  #answered(found: Found): Answer {
    if (found.answer?.type === "data") this.#unanswered = Math.max(0, this.#unanswered - 1);
    return found.answer ?? found.secondBest;
  }

  #patience(sentBytes: number, expectation: Expectation): number {
    const longest = expectation.data ? largestLength + longFrameOverhead : 1;
    return answerMilliseconds(this.settings.baud, this.settings.latency, sentBytes, longest);
  }
}

/** What came so far in answer to one frame. */
class Found {
  readonly #expectation: Expectation;
  #foreign: MeterFrame | undefined;
  #repeated: MeterFrame | undefined;
  #garbage: Uint8Array | undefined;
  answer: Answer | undefined;

  constructor(expectation: Expectation) {
    this.#expectation = expectation;
  }

  /** The answer when none came that is surely one. */
  get secondBest(): Answer {
    if (this.#repeated) return this.#answerOf(this.#repeated);
    if (this.#garbage) return { type: "garbled", bytes: this.#garbage };
    if (this.#foreign) return { type: "foreign", frame: this.#foreign };
    return { type: "silence" };
  }

  damaged(bytes: Uint8Array): void {
    this.#garbage ??= bytes.slice();
  }

  frame(frame: MbusFrame): void {
    if (frame.type === "ack") this.#acknowledgement(false);
    // A gateway that echoes, or another master on the line.
    else if ((frame.control & primaryMessage) !== 0) return;
    else if (frame.type === "short") this.#short(frame.control);
    else this.#data({ ...frame, application: frame.application.slice() });
  }

  /** Short answers of IEC 60870-5-2 that stand for E5: ACK with or without DFC, and refusals. */
  #short(control: number): void {
    const code = control & functionMask;
    if (code === 0) this.#acknowledgement((control & dataFlowControl) !== 0);
    else if (refusals.has(code)) this.answer = { type: "refused" };
  }

  /** An acknowledgement where data was asked for belongs to an earlier frame. */
  #acknowledgement(bufferFull: boolean): void {
    if (this.#expectation.acknowledgement) this.answer = { type: "acknowledged", bufferFull };
  }

  #data(frame: MeterFrame): void {
    const judgement = this.#expectation.data?.(frame) ?? "foreign";
    if (judgement === "answer") this.answer = this.#answerOf(frame);
    else if (judgement === "repeated") this.#repeated = frame;
    else this.#foreign = frame;
  }

  #answerOf(frame: MeterFrame): Answer {
    return { type: "data", frame, disturbed: this.#garbage !== undefined };
  }
}

/** Bytes that may come without an answer among them: a peer that never falls silent must not hold a client for ever. */
const noiseLimit = 4096;
const functionMask = 0x0f;
/** NACK, and NACK because there is no data. */
const refusals: ReadonlySet<number> = new Set([1, 9]);
