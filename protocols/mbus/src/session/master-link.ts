/** The master's side of the link: opening a meter, requests with retries, data to it, the frame count of each address. */
import { hexFromBytes, type Routine } from "@anymeter/sans-io";
import { mbusError } from "../errors.ts";
import { controls, dataFlowControl } from "../frames/control.ts";
import { addresses, type MbusFrame } from "../frames/frame.ts";
import { FrameCounts } from "../link/frame-count.ts";
import { selectionApplication, selectionMask, telegramFits } from "../link/selection.ts";
import { type Answer, Exchange, type Judgement, type MeterFrame } from "./exchange.ts";
import type { CompleteClientSettings } from "./settings.ts";
import { addressOf, describeTarget, type MbusTarget } from "./target.ts";

export interface DataRequest {
  readonly target: MbusTarget;
  readonly service: "requestClass1" | "requestClass2";
  /** Nothing was read of the meter yet: opening it anew loses nothing. */
  readonly reopen: boolean;
  /** What the caller makes of a frame with the right address. Default: it is the answer. */
  readonly judge?: (frame: MeterFrame) => Judgement;
}

export class MasterLink {
  readonly exchange: Exchange;
  readonly settings: CompleteClientSettings;
  readonly #counts = new FrameCounts();
  /** Addresses whose meters said that they can take no more data (DFC). */
  readonly #full = new Set<number>();

  constructor(settings: CompleteClientSettings) {
    this.settings = settings;
    this.exchange = new Exchange(settings);
  }

  /** SND_NKE, once: many meters do not answer it, so what came of it is for the caller to judge. */
  *reset(address: number): Routine<Answer> {
    const frame: MbusFrame = { type: "short", control: controls.sendNke, address };
    this.#counts.reset(address);
    if (address !== addresses.broadcast) return yield* this.exchange.send(frame, { acknowledgement: true });
    yield* this.exchange.broadcast(frame);
    return { type: "silence" };
  }

  /** Selects by a mask of twelve bytes, once. */
  *select(mask: Uint8Array): Routine<Answer> {
    this.#counts.reset(addresses.selected);
    const control = this.#counts.control(addresses.selected, "sendUserData");
    const application = selectionApplication(mask);
    return yield* this.exchange.send(
      { type: "long", control, address: addresses.selected, application },
      { acknowledgement: true },
    );
  }

  /**
   * Makes the meter ready: SND_NKE, or its selection. Bytes that are no acknowledgement may be noise, an echo or two meters
   * at once: the data will tell.
   * @throws ProtocolError `selection_unanswered`
   */
  *open(target: MbusTarget): Routine<void> {
    if ("primary" in target) {
      yield* this.reset(target.primary);
      return;
    }
    const mask = selectionMask(target.secondary);
    for (let attempt = 0; attempt <= this.settings.retries; attempt++) {
      // A bus that was left in disorder is put in order before the last attempt.
      if (attempt > 0 && attempt === this.settings.retries) yield* this.reset(addresses.selected);
      const answer = yield* this.select(mask);
      if (answer.type === "acknowledged" || answer.type === "garbled") return;
    }
    throw mbusError("selection_unanswered", { target: describeTarget(target), attempts: this.settings.retries + 1 });
  }

  /**
   * Asks for data. A repeated request has the same frame count, so the meter repeats the same telegram. Before the last
   * attempt a meter of which nothing was read is opened anew: the first request after power-up is lost by some, and a
   * selection gets lost when a gateway restarts.
   * @returns undefined when the meter has none (alarms only)
   * @throws ProtocolError `meter_silent`, `selected_meter_silent`, `answer_garbled`, `answer_foreign`, `request_refused`
   */
  *request(request: DataRequest): Routine<MeterFrame | undefined> {
    const { target, service } = request;
    const { retries } = this.settings;
    let answer: Answer = { type: "silence" };
    for (let attempt = 0; attempt <= retries; attempt++) {
      if (attempt > 0 && attempt === retries && request.reopen) yield* this.#openAgain(target);
      answer = yield* this.requestOnce(request);
      if (answer.type === "data") {
        this.#counts.answered(addressOf(target), service);
        this.#flow(addressOf(target), (answer.frame.control & dataFlowControl) !== 0);
        return answer.frame;
      }
      if (answer.type === "acknowledged") {
        this.#counts.answered(addressOf(target), service);
        return undefined;
      }
    }
    throw failureOf(answer, target, retries + 1);
  }

  /** One request without a retry; the frame count stays. */
  requestOnce({ target, service, judge }: DataRequest): Routine<Answer> {
    const address = addressOf(target);
    const isFrom = senderCheck(target);
    return this.exchange.send(
      { type: "short", control: this.#counts.control(address, service), address },
      {
        acknowledgement: service === "requestClass1",
        data: (frame) => (isFrom(frame) ? (judge?.(frame) ?? "answer") : "foreign"),
      },
    );
  }

  /**
   * Sends data to an opened meter. One that said that its buffer is full, or that refuses, is given time.
   * @throws ProtocolError `meter_silent`, `selected_meter_silent`, `answer_garbled`, `request_refused`
   */
  *send(target: MbusTarget, application: Uint8Array): Routine<void> {
    const address = addressOf(target);
    const { retries, latency } = this.settings;
    if (this.#full.has(address)) yield* this.exchange.pause(latency);
    let answer: Answer = { type: "silence" };
    for (let attempt = 0; attempt <= retries; attempt++) {
      const control = this.#counts.control(address, "sendUserData");
      const type = application.length === 1 ? "control" : "long";
      answer = yield* this.exchange.send({ type, control, address, application }, { acknowledgement: true });
      if (answer.type === "acknowledged") {
        this.#counts.answered(address, "sendUserData");
        this.#flow(address, answer.bufferFull);
        return;
      }
      if (answer.type === "refused") yield* this.exchange.pause(latency);
    }
    throw failureOf(answer, target, retries + 1);
  }

  /** Sends data to all meters; none answers. */
  *sendToAll(application: Uint8Array): Routine<void> {
    const address = addresses.broadcast;
    const control = controls.sendUserData;
    yield* this.exchange.broadcast({
      type: application.length === 1 ? "control" : "long",
      control,
      address,
      application,
    });
  }

  #flow(address: number, isFull: boolean): void {
    if (isFull) this.#full.add(address);
    else this.#full.delete(address);
  }

  /** What the meter does not answer now is told by the request that follows. */
  *#openAgain(target: MbusTarget): Routine<void> {
    if ("primary" in target) yield* this.reset(target.primary);
    else yield* this.select(selectionMask(target.secondary));
  }
}

/** Whether a frame is the target's. A telegram that does not name its meter is taken for the selected one's. */
function senderCheck(target: MbusTarget): (frame: MeterFrame) => boolean {
  if ("secondary" in target) {
    const mask = selectionMask(target.secondary);
    return ({ application }) => telegramFits(mask, application) !== false;
  }
  const { primary } = target;
  return ({ address }) => primary === addresses.allAnswer || address === primary;
}

function failureOf(answer: Answer, target: MbusTarget, attempts: number): Error {
  const meter = describeTarget(target);
  switch (answer.type) {
    case "garbled":
      return mbusError("answer_garbled", { target: meter, bytes: hexFromBytes(answer.bytes.subarray(0, shownBytes)) });
    case "foreign":
      return mbusError("answer_foreign", { target: meter, address: answer.frame.address });
    case "refused":
      return mbusError("request_refused", { target: meter });
    default:
      return mbusError("secondary" in target ? "selected_meter_silent" : "meter_silent", { target: meter, attempts });
  }
}

/** Bytes of a garbled answer that a message shows. */
const shownBytes = 16;
