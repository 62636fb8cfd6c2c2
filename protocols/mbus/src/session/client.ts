/**
 * A client session: the master of a bus, over the byte stream of a gateway. One serves all meters of the bus, one request
 * after another.
 *
 * ```ts
 * const client = new MbusClient({ latency: 500 });
 * const conversation = new Conversation(client, lineOver(socket));
 * const { telegrams } = await conversation.request(client.readMeter({ primary: 5 }));
 * ```
 */
import { type Request, RoutineSession } from "@anymeter/sans-io";
import type { Telegram } from "../application/telegram.ts";
import { addresses } from "../frames/frame.ts";
import type { SecondaryAddress } from "../link/secondary-address.ts";
import { selectionMask } from "../link/selection.ts";
import { baudControlInformation } from "../link/timing.ts";
import { sendApplication, setBaud, setPrimaryAddress } from "./commands.ts";
import { MasterLink } from "./master-link.ts";
import { applicationResetOf, type ReadOptions, type Readout, readAlarm, readMeter } from "./reading.ts";
import { type SearchResult, searchPrimary, searchSecondary } from "./search.ts";
import { completeSettings, type MbusClientSettings } from "./settings.ts";
import { checkPrimaryAddress, checkTarget, type MbusTarget } from "./target.ts";

export class MbusClient extends RoutineSession {
  readonly #link: MasterLink;

  /** @throws ProtocolError `baud_unknown` */
  constructor(settings: MbusClientSettings = {}) {
    super();
    this.#link = new MasterLink(completeSettings(settings));
  }

  /**
   * Reads all telegrams of a meter.
   * @throws ProtocolError `primary_address_invalid`, `secondary_address_invalid`. The request may fail by `meter_silent`,
   * `selection_unanswered`, `selected_meter_silent`, `answer_garbled`, `answer_foreign`, `request_refused`,
   * `application_error`, `application_busy`, `readouts_limited`, and by the errors of `decodeTelegram`
   */
  readMeter(target: MbusTarget, options: ReadOptions = {}): Request<Readout> {
    checkTarget(target);
    return this.enqueue(() => readMeter(this.#link, target, options));
  }

  /** Reads the alarm data of a meter (REQ_UD1); undefined when it has none. */
  readAlarm(target: MbusTarget, options: Pick<ReadOptions, "key"> = {}): Request<Telegram | undefined> {
    checkTarget(target);
    return this.enqueue(() => readAlarm(this.#link, target, options));
  }

  /** Finds meters by their secondary addresses; without a mask all of the bus. */
  search(mask?: SecondaryAddress): Request<SearchResult> {
    if (mask) selectionMask(mask);
    return this.enqueue(() => searchSecondary(this.#link, mask));
  }

  /** Finds meters by their primary addresses, `first` to `last`. */
  searchPrimary(
    first: number = addresses.unconfigured,
    last: number = addresses.largestPrimary,
  ): Request<SearchResult> {
    checkPrimaryAddress(first);
    checkPrimaryAddress(last);
    return this.enqueue(() => searchPrimary(this.#link, first, last));
  }

  /** Sends an application reset (CI 50), with a subcode or without. */
  resetApplication(target: MbusTarget, subcode?: number): Request<void> {
    return this.#sendTo(target, applicationResetOf(subcode ?? true));
  }

  /** Sends an application layer of the caller's own: CI field and data, such as 51 and records to write. */
  sendApplication(target: MbusTarget, application: Uint8Array): Request<void> {
    return this.#sendTo(target, application.slice());
  }

  /** SND_NKE: the meter forgets its frame count, and at 253 its selection. Silence is no failure: many do not answer. */
  resetLink(address: number): Request<{ readonly acknowledged: boolean }> {
    const link = this.#link;
    return this.enqueue(function* () {
      const { type } = yield* link.reset(address);
      return { acknowledged: type === "acknowledged" };
    });
  }

  /** Gives a meter another primary address, 0 to 250; fails by `address_taken` when somebody answers there already. */
  setPrimaryAddress(target: MbusTarget, address: number): Request<void> {
    checkTarget(target);
    checkPrimaryAddress(address);
    return this.enqueue(() => setPrimaryAddress(this.#link, target, address));
  }

  /** Switches a meter's baud; switching the gateway's line as well is the caller's part. */
  setBaud(target: MbusTarget, baud: number): Request<void> {
    checkTarget(target);
    baudControlInformation(baud);
    return this.enqueue(() => setBaud(this.#link, target, baud));
  }

  #sendTo(target: MbusTarget, application: Uint8Array): Request<void> {
    const everyone = "primary" in target && target.primary === addresses.broadcast;
    if (!everyone) checkTarget(target);
    return this.enqueue(() => sendApplication(this.#link, target, application));
  }
}
