/**
 * The converter's side, for simulated meters and tests: one per connection. It sleeps until it is woken by NULs, and again
 * after 5 s without traffic; what a sleeping or unsigned converter does not understand, it does not answer.
 */
import { joinBytes, ProtocolError, plainView, type Session } from "@anymeter/sans-io";
import {
  ack,
  acknowledge,
  awake,
  breakTelegram,
  lineFeed,
  nak,
  pass,
  repeat,
  shortestWakeUp,
  signOn,
  soh,
} from "../frames/control.ts";
import { answerFrame, frameAt, longestData, requestCodes } from "../frames/frame.ts";
import { type DatabaseRequest, decodeDatabaseRequest } from "../requests/database-request.ts";
import { decodeReadParameters, decodeWriteParameters, parametersPerRequest } from "../requests/parameter-requests.ts";
import type { IFlagDevice } from "./device.ts";
import { framesOf, isSameRequest } from "./served-frames.ts";

export interface ServerOptions {
  /** Milliseconds without traffic until it sleeps. Default 5000. */
  readonly idle?: number;
  /** Bytes of data in a frame of a database at most. Default 255. */
  readonly frameData?: number;
}

/** What an answer is, for those who spoil them: simulated meters with faults. */
export type AnswerKind = "sign-on" | "values" | "database frame" | "ack" | "nak";

type State = "asleep" | "awake" | "identified" | "option chosen" | "signed on";

/** Bytes that wait for the rest of a telegram at most. */
const bufferLimit = 1024;
/** Answers that wait to be taken at most; who asks on and on without taking them gets no more. */
const waitingLimit = 64;

export class IFlagServer implements Session {
  readonly #device: IFlagDevice;
  readonly #idle: number;
  readonly #frameData: number;
  readonly #output: Uint8Array[] = [];
  /** NULs in a row so far. */
  #nulls = 0;
  #state: State = "asleep";
  #bytes: Uint8Array = new Uint8Array(0);
  finished = false;

  constructor(device: IFlagDevice, { idle = 5000, frameData = longestData }: ServerOptions = {}) {
    this.#device = device;
    this.#idle = idle;
    this.#frameData = frameData;
  }

  /** Until it sleeps. */
  get patience(): number | undefined {
    return this.#state === "asleep" ? undefined : this.#idle;
  }

  timedOut(): void {
    this.#state = "asleep";
    this.#bytes = new Uint8Array(0);
    this.#nulls = 0;
  }

  connectionLost(): void {
    this.finished = true;
  }

  takeOutput(): Uint8Array | undefined {
    return this.#output.shift();
  }

  receive(bytes: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? plainView(bytes) : joinBytes([this.#bytes, bytes]);
    while (this.#bytes.length > 0 && !this.finished) {
      const used = this.#take();
      if (used === 0) break;
      this.#bytes = this.#bytes.subarray(used);
    }
    if (this.#bytes.length > bufferLimit) this.#bytes = new Uint8Array(0);
  }

  /** An answer on its way out: a simulated meter may damage or lose it. */
  protected leaving(answer: Uint8Array, _kind: AnswerKind): Uint8Array | undefined {
    return answer;
  }

  /** @returns false when an acknowledgement of a frame is lost on the line of a simulated meter */
  protected hearsAcknowledgement(): boolean {
    return true;
  }

  #say(answer: Uint8Array, kind: AnswerKind): void {
    const left = this.leaving(answer, kind);
    if (left && this.#output.length < waitingLimit) this.#output.push(left);
  }

  /** Handles what stands at the beginning of the bytes. @returns bytes used; 0 when more are needed */
  #take(): number {
    if (this.#bytes[0] === 0) return this.#countNulls();
    this.#nulls = 0;
    if (this.#state === "asleep") return 1;
    switch (this.#bytes[0]) {
      case signOn[0]:
        return this.#identify();
      case ack:
        return this.#state === "identified" ? this.#chooseOption() : this.#advance(true);
      case nak:
        return this.#advance(false);
      case pass[0]:
        return this.#checkPassword();
      case soh:
        return this.#request();
      default:
        return 1;
    }
  }

  /** NULs in a row wake it, whatever it was about: who sends them begins anew. */
  #countNulls(): number {
    let count = 0;
    while (count < this.#bytes.length && this.#bytes[count] === 0) count++;
    const before = this.#nulls;
    this.#nulls += count;
    if (before < shortestWakeUp && this.#nulls >= shortestWakeUp) {
      this.#state = "awake";
      this.#say(awake, "sign-on");
    }
    return count;
  }

  #identify(): number {
    const end = this.#bytes.indexOf(lineFeed) + 1;
    if (end === 0) return 0;
    this.#state = "identified";
    this.#send(`/${this.#device.identification}\r\n`);
    return end;
  }

  /** Any option is taken, as converters behind TCP gateways do. */
  #chooseOption(): number {
    const end = this.#bytes.indexOf(lineFeed) + 1;
    if (end === 0) return 0;
    this.#state = "option chosen";
    this.#say(pass, "sign-on");
    return end;
  }

  #checkPassword(): number {
    if (this.#bytes.length < pass.length) return 0;
    const right = this.#state === "option chosen" && pass.every((byte, at) => byte === this.#bytes[at]);
    if (right) this.#state = "signed on";
    this.#say(right ? acknowledge : repeat, right ? "ack" : "nak");
    return pass.length;
  }

  #request(): number {
    if (this.#bytes.length >= breakTelegram.length && breakTelegram.every((byte, at) => byte === this.#bytes[at])) {
      this.timedOut();
      return breakTelegram.length;
    }
    if (this.#bytes.length < 3) return 0;
    if (this.#state !== "signed on") return 1;
    const code = this.#bytes[1]!;
    if (!Object.values<number>(requestCodes).includes(code)) return this.#bytes.length < breakTelegram.length ? 0 : 1;
    try {
      const frame = frameAt(this.#bytes, 0, 3);
      if (frame === "incomplete") return 0;
      this.#answer(code, frame.data);
      return frame.end;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#say(repeat, "nak");
      return this.#bytes.length;
    }
  }

  #answer(code: number, data: Uint8Array): void {
    if (code === requestCodes.readDatabase) this.#answerDatabase(decodeDatabaseRequest(data));
    else if (code === requestCodes.readParameters) this.#answerParameters(decodeReadParameters(data));
    else this.#answerWrite(data);
  }

  #answerParameters(ids: readonly number[]): void {
    const values = ids.map((id) => this.#device.readParameter(id));
    const known = values.filter((value) => value !== undefined);
    const data = joinBytes(known);
    const refused =
      known.length < ids.length || ids.length === 0 || ids.length > parametersPerRequest || data.length > longestData;
    this.#say(refused ? repeat : answerFrame(data), refused ? "nak" : "values");
  }

  #answerWrite(data: Uint8Array): void {
    const parameters = decodeWriteParameters(data, (id) => this.#device.writableLength(id));
    const taken = parameters.length <= parametersPerRequest && this.#device.writeParameters(parameters);
    this.#say(taken ? acknowledge : repeat, taken ? "ack" : "nak");
  }

  #answerDatabase(request: DatabaseRequest): void {
    const { transfers } = this.#device;
    if (!request.persistence || !transfers.last || !isSameRequest(transfers.last.request, request)) {
      const records = this.#device.readDatabase(request);
      if (!records) {
        this.#say(repeat, "nak");
        return;
      }
      transfers.last = { request, frames: framesOf(request, records, this.#frameData), next: 0 };
    }
    this.#sendFrame();
  }

  /** The client has the frame and wants the next, or has it not and wants it again. */
  #advance(next: boolean): number {
    const transfer = this.#device.transfers.last;
    if (next && !this.hearsAcknowledgement()) return 1;
    if (this.#state === "signed on" && transfer) {
      if (next) transfer.next++;
      this.#sendFrame();
    }
    return 1;
  }

  #sendFrame(): void {
    const transfer = this.#device.transfers.last!;
    const frame = transfer.frames[transfer.next];
    if (frame) this.#say(frame, "database frame");
    else this.#device.transfers.last = undefined;
  }

  #send(text: string): void {
    this.#say(
      Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
      "sign-on",
    );
  }
}
