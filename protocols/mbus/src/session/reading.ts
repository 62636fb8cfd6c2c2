/** Reading all that a meter has to say, telegram by telegram. */
import { equalBytes, hexFromBytes, type Routine } from "@anymeter/sans-io";
import { applicationErrorReason } from "../application/application-error.ts";
import { controlInformationFields } from "../application/control-information.ts";
import { decodeTelegram } from "../application/decode.ts";
import type { Telegram } from "../application/telegram.ts";
import { mbusError } from "../errors.ts";
import { accessDemand } from "../frames/control.ts";
import { addressInTelegram } from "../link/selection.ts";
import type { Judgement, MeterFrame } from "./exchange.ts";
import type { MasterLink } from "./master-link.ts";
import { describeTarget, type MbusTarget } from "./target.ts";

export interface ReadOptions {
  /** 16 bytes, for meters that encipher. */
  readonly key?: Uint8Array | undefined;
  /**
   * Sends an application reset first, which brings a meter back to its first telegram; a number is its subcode, which with
   * many meters chooses what they tell (EN 13757-3 clause 6.4: 00 all, 10 user, 20 simple billing, 50 instantaneous …).
   */
  readonly applicationReset?: boolean | number | undefined;
}

export interface Readout {
  /** The A field of the answers. */
  readonly primaryAddress: number;
  /** In the order they came, each once. */
  readonly telegrams: readonly Telegram[];
  readonly end: ReadoutEnd;
  /** The meter has alarms, to be fetched by `readAlarm` (ACD). */
  readonly alarmWaiting: boolean;
}

/**
 * Why no more was asked for: the last telegram said it was the last; the meter said more follows and sent one that had come
 * before; the client's limit of telegrams is reached.
 */
export type ReadoutEnd = "complete" | "repeated" | "limit";

/**
 * @throws ProtocolError `meter_silent`, `selection_unanswered`, `selected_meter_silent`, `answer_garbled`,
 * `answer_foreign`, `request_refused`, `application_error`, `application_busy`, `readouts_limited`, and those of `decodeTelegram`
 */
export function* readMeter(link: MasterLink, target: MbusTarget, options: ReadOptions): Routine<Readout> {
  for (let restarts = 0; ; restarts++) {
    yield* link.open(target);
    if (options.applicationReset !== undefined && options.applicationReset !== false) {
      yield* link.send(target, applicationResetOf(options.applicationReset));
    }
    const pages = new Pages();
    try {
      yield* readPages(link, target, options.key, pages);
      return pages.readout();
    } catch (error) {
      // In the middle of a readout a selection was lost, or the meter fell silent: what is left cannot be told from what was read.
      const lost = isSilence(error) && pages.count > 0;
      if (!lost || restarts >= link.settings.restarts) throw error;
    }
  }
}

/** The application layer of an application reset. */
export function applicationResetOf(subcode: boolean | number): Uint8Array {
  return typeof subcode === "number" ? Uint8Array.of(applicationReset, subcode) : Uint8Array.of(applicationReset);
}

/**
 * Alarm (class 1) data of a meter.
 * @returns undefined when it has none
 */
export function* readAlarm(link: MasterLink, target: MbusTarget, options: ReadOptions): Routine<Telegram | undefined> {
  yield* link.open(target);
  const frame = yield* link.request({ target, service: "requestClass1", reopen: true });
  return frame && decodeTelegram(frame.application, { key: options.key });
}

function* readPages(link: MasterLink, target: MbusTarget, key: Uint8Array | undefined, pages: Pages): Routine<void> {
  const { telegramLimit, retries, latency } = link.settings;
  let busy = 0;
  while (pages.end === undefined) {
    if (pages.count >= telegramLimit) {
      pages.end = "limit";
      return;
    }
    const frame = yield* link.request({
      target,
      service: "requestClass2",
      reopen: pages.count === 0,
      judge: (frame) => pages.judge(frame, link.exchange.lateAnswerPossible),
    });
    const telegram = decodeTelegram(frame!.application, { key });
    if (telegram.applicationError === undefined) pages.take(frame!, telegram);
    else if (telegram.applicationError !== applicationBusy || busy++ >= retries) {
      throw refusalOf(telegram.applicationError, target);
    } else yield* link.exchange.pause(latency);
  }
}

/** What came of one readout so far. */
class Pages {
  readonly #telegrams: Telegram[] = [];
  /** Telegrams by what they hold, whatever their access number and enciphering. */
  readonly #seen = new Set<string>();
  #last: MeterFrame | undefined;
  end: ReadoutEnd | undefined;

  get count(): number {
    return this.#telegrams.length;
  }

  /**
   * After a retry the answer to the first attempt may come late, in the place of the next telegram. A telegram with another
   * header is another meter's.
   */
  judge({ application }: MeterFrame, lateAnswerPossible: boolean): Judgement {
    if (!this.#last) return "answer";
    const last = this.#last.application;
    const [before, now] = [addressInTelegram(last), addressInTelegram(application)];
    if (before && now && !equalBytes(before, now)) return "foreign";
    return lateAnswerPossible && equalBytes(last, application) ? "repeated" : "answer";
  }

  take(frame: MeterFrame, telegram: Telegram): void {
    this.#last = frame;
    // A page that comes again may have another access number, and other bytes for it when it is enciphered.
    const content = hexFromBytes(telegram.content);
    if (this.#seen.has(content)) {
      this.end = "repeated";
      return;
    }
    this.#seen.add(content);
    this.#telegrams.push(telegram);
    if (!telegram.moreFollows) this.end = "complete";
  }

  /** When `end` is told. */
  readout(): Readout {
    const { address, control } = this.#last!;
    return {
      primaryAddress: address,
      telegrams: this.#telegrams,
      end: this.end!,
      alarmWaiting: (control & accessDemand) !== 0,
    };
  }
}

function refusalOf(code: number, target: MbusTarget): Error {
  return mbusError(refusals[code] ?? "application_error", {
    target: describeTarget(target),
    reason: applicationErrorReason(code),
  });
}

function isSilence(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "meter_silent" || code === "selected_meter_silent";
}

const { applicationReset } = controlInformationFields;
const applicationBusy = 8;
/** Application errors that somebody can wait out. */
const refusals: Readonly<Record<number, "application_busy" | "readouts_limited">> = {
  [applicationBusy]: "application_busy",
  9: "readouts_limited",
};
