/** The server (slave) side: one session for each connection, for one device or for those behind a gateway. */
import { ProtocolError, plainView, type Session } from "@anymeter/sans-io";
import type { Frame, FrameReader, FramingName } from "../framing/frame.ts";
import { encodeRtuFrame, RtuFrameReader } from "../framing/rtu-frame.ts";
import { encodeTcpFrame, TcpFrameReader } from "../framing/tcp-frame.ts";
import type { ExceptionCode } from "../pdu/exceptions.ts";
import { decodeRequest, encodeResponse, type ModbusRequest, type ModbusResponse } from "../pdu/pdu.ts";
import type { ModbusDevice } from "./device.ts";
import { respond } from "./respond.ts";

/** Habits of real gateways and meters, off unless said. */
export interface ServerHabits {
  /** The transaction id of answers: that of the request, or what gateways make of it. */
  readonly transactionId?: "echo" | "zero" | "swapped";
  /** What a gateway says of a unit it does not have; silence when left out. */
  readonly absentUnit?: Extract<ExceptionCode, 10 | 11>;
}

export interface ServerSettings {
  readonly framing?: FramingName;
  /** The device of a unit; undefined where there is none. Asked for every request. */
  readonly device: (unit: number) => ModbusDevice | undefined;
  readonly habits?: ServerHabits;
}

/** What was asked and answered, for whoever watches. */
export interface ServedRequest {
  readonly unit: number;
  readonly request: ModbusRequest | undefined;
  readonly response: ModbusResponse | undefined;
}

export class ModbusServer implements Session {
  readonly #settings: ServerSettings;
  readonly #framing: FramingName;
  readonly #frames: FrameReader;
  readonly #output: Uint8Array[] = [];
  readonly #events: ServedRequest[] = [];
  #finished = false;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
    this.#framing = settings.framing ?? "tcp";
    this.#frames = this.#framing === "tcp" ? new TcpFrameReader() : new RtuFrameReader({ direction: "request" });
  }

  /** Over RTU the end of a request of an unknown function is told by silence alone. */
  get patience(): number | undefined {
    return this.#framing === "rtu" && this.#frames.rest.length > 0 ? frameSilenceMilliseconds : undefined;
  }

  get finished(): boolean {
    return this.#finished;
  }

  receive(bytes: Uint8Array): void {
    if (this.#finished || bytes.length === 0) return;
    this.#frames.push(plainView(bytes));
    this.#serve(() => this.#frames.next());
  }

  timedOut(): void {
    this.#serve(() => this.#frames.afterSilence());
    this.#frames.clear();
  }

  connectionLost(): void {
    this.#finished = true;
  }

  takeOutput(): Uint8Array | undefined {
    return this.#output.shift();
  }

  /** The next request that was served; the oldest are forgotten when nobody takes them. */
  nextEvent(): ServedRequest | undefined {
    return this.#events.shift();
  }

  #serve(next: () => Frame | undefined): void {
    try {
      for (let frame = next(); frame; frame = next()) this.#answer(frame);
    } catch (error) {
      // The stream is out of step: a real device closes the connection.
      if (!(error instanceof ProtocolError)) throw error;
      this.#finished = true;
    }
  }

  #answer(frame: Frame): void {
    const broadcast = this.#framing === "rtu" && frame.unit === 0;
    const device = this.#settings.device(frame.unit);
    const request = requestOf(frame.pdu);
    const response = device ? this.#respond(device, frame, request) : this.#absent(frame);
    if (this.#events.length >= eventLimit) this.#events.shift();
    this.#events.push({ unit: frame.unit, request: "type" in request ? request : undefined, response });
    if (!response || broadcast) return;
    const pdu = encodeResponse(response);
    const { unit } = frame;
    this.#output.push(
      this.#framing === "rtu"
        ? encodeRtuFrame({ unit, pdu })
        : encodeTcpFrame({ unit, pdu, transactionId: this.#transactionId(frame.transactionId ?? 0) }),
    );
  }

  #respond(device: ModbusDevice, { pdu }: Frame, request: ModbusRequest | Refused): ModbusResponse {
    const answer = "type" in request ? respond(device, request) : request.exceptionCode;
    if (typeof answer !== "number") return answer;
    return { type: "exception", functionCode: pdu[0]! & 0x7f, exceptionCode: answer };
  }

  #absent({ pdu }: Frame): ModbusResponse | undefined {
    const exceptionCode = this.#settings.habits?.absentUnit;
    return exceptionCode && { type: "exception", functionCode: pdu[0]! & 0x7f, exceptionCode };
  }

  #transactionId(asked: number): number {
    const { transactionId = "echo" } = this.#settings.habits ?? {};
    if (transactionId === "zero") return 0;
    return transactionId === "echo" ? asked : ((asked & 0xff) << 8) | (asked >> 8);
  }
}

interface Refused {
  readonly exceptionCode: ExceptionCode;
}

/** A request that cannot be decoded is refused as the standard's state diagrams say: 01 unknown function, 03 bad quantity. */
function requestOf(pdu: Uint8Array): ModbusRequest | Refused {
  try {
    return decodeRequest(pdu);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { exceptionCode: error.code === "function_unknown" ? 1 : 3 };
  }
}

/** 3.5 characters at 1200 baud, and what a gateway's buffers add. */
const frameSilenceMilliseconds = 100;
const eventLimit = 256;
