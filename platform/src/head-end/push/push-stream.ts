/**
 * Cuts what comes from a meter into messages. Which framing it is the first byte tells: 7E an HDLC flag, 00 the version of
 * a wrapper, anything printable a line of text before either. A datagram is such a stream of its own.
 */
import { HdlcPushReceiver, type WrapperFrame, WrapperFramer, wrapperFrame } from "@anymeter/dlms-cosem";
import { type Heartbeat, heartbeatIn, longestHeartbeat } from "./heartbeats.ts";
import { RefusedPush } from "./refused-push.ts";

export type PushMessage =
  /** `sender` tells meters on one line apart. */
  | { readonly kind: "apdu"; readonly sender: string; readonly apdu: Uint8Array; readonly frame?: WrapperFrame }
  | { readonly kind: "heartbeat"; readonly heartbeat: Heartbeat; readonly bytes: Uint8Array };

export class PushStream {
  readonly #maxApduLength: number;
  #mode: "unknown" | "wrapper" | "hdlc" = "unknown";
  #pending: Uint8Array = nothing;
  #wrapper: WrapperFramer;
  #hdlc: HdlcPushReceiver;

  constructor(maxApduLength: number) {
    this.#maxApduLength = maxApduLength;
    this.#wrapper = new WrapperFramer(maxApduLength);
    this.#hdlc = new HdlcPushReceiver(maxApduLength);
  }

  /** undefined until the first bytes have told. */
  get framing(): "wrapper" | "hdlc" | undefined {
    return this.#mode === "unknown" ? undefined : this.#mode;
  }

  /** Something was begun that is not whole yet. */
  get incomplete(): boolean {
    if (this.#mode === "wrapper") return this.#wrapper.pending > 0;
    return this.#mode === "hdlc" ? this.#hdlc.incomplete : this.#pending.length > 0;
  }

  /** Bytes kept for what was begun. */
  get pending(): number {
    if (this.#mode === "wrapper") return this.#wrapper.pending;
    return this.#mode === "hdlc" ? this.#hdlc.pending : this.#pending.length;
  }

  push(bytes: Uint8Array): void {
    if (this.#mode === "wrapper") this.#wrapper.push(bytes);
    else if (this.#mode === "hdlc") this.#hdlc.push(bytes);
    else this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
  }

  /** The next message. @throws RefusedPush or ProtocolError when the bytes are no framing: the stream is of no use then */
  next(): PushMessage | undefined {
    if (this.#mode === "unknown" && !this.#recognize()) return this.#bareHeartbeat();
    return this.#mode === "wrapper" ? this.#nextWrapped() : this.#nextHdlc();
  }

  #recognize(): boolean {
    const [first] = this.#pending;
    if (first !== wrapperStart && first !== hdlcFlag) return false;
    this.#mode = first === hdlcFlag ? "hdlc" : "wrapper";
    const pending = this.#pending;
    this.#pending = nothing;
    this.push(pending);
    return true;
  }

  #bareHeartbeat(): PushMessage | undefined {
    if (this.#pending.length === 0) return undefined;
    const heartbeat = heartbeatIn(this.#pending, "bare");
    if (heartbeat) {
      const bytes = this.#pending.subarray(0, heartbeat.length);
      this.#pending = this.#pending.subarray(heartbeat.length);
      return { kind: "heartbeat", heartbeat, bytes };
    }
    const printable = this.#pending[0]! >= 0x20 && this.#pending[0]! < 0x7f;
    if (!printable || this.#pending.length > longestHeartbeat) throw new RefusedPush("damaged", noFraming);
    return undefined;
  }

  #nextWrapped(): PushMessage | undefined {
    for (let frame = this.#wrapper.next(); frame; frame = this.#wrapper.next()) {
      if (frame.apdu.length === 0) continue;
      const { source, destination } = frame;
      const apdu = Uint8Array.from(frame.apdu);
      const heartbeat = heartbeatIn(apdu, "wrapper");
      if (heartbeat) return { kind: "heartbeat", heartbeat, bytes: wrapperFrame(destination, source, apdu) };
      return { kind: "apdu", sender: `${source} ${destination}`, apdu, frame: { source, destination, apdu } };
    }
    return undefined;
  }

  #nextHdlc(): PushMessage | undefined {
    const push = this.#hdlc.next();
    if (!push) return undefined;
    const { logicalDevice, physicalDevice = 0 } = push.source;
    return { kind: "apdu", sender: `${logicalDevice}/${physicalDevice}`, apdu: Uint8Array.from(push.apdu) };
  }

  /** Bytes that came are not of a push but of a session: the stream begins anew behind them. */
  restart(): void {
    this.#pending = nothing;
    this.#wrapper = new WrapperFramer(this.#maxApduLength);
    this.#hdlc = new HdlcPushReceiver(this.#maxApduLength);
  }
}

const nothing = new Uint8Array(0);
const wrapperStart = 0x00;
const hdlcFlag = 0x7e;
const noFraming =
  "The bytes are neither wrapper frames nor HDLC frames nor a name: whoever sent them is no DLMS meter.";
