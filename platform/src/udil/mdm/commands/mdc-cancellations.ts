/** Tells MDCs of commands that nobody wants any more, whichever process had sent them. */
import type { CommandDeviceRow } from "../../../commands/command-rows.ts";
import { type PeerCancellation, PeerCancellations } from "../../../commands/peer-cancellations.ts";
import { Loop } from "../../../head-end/loop.ts";
import { Wakeup } from "../../../head-end/wakeup.ts";
import { MdcFailure } from "../connection/failures.ts";
import type { MdcConnection } from "../connection/mdc-connection.ts";
import { loadMdcs, type Mdc } from "../peers/mdc.ts";
import type { PeerCarrierOptions } from "./peer-carrier.ts";
import type { TransactionFollower } from "./transaction-follower.ts";

const rowsAtOnce = 1_000;
/** How often it is looked for cancellations that other processes told of. */
const lookMilliseconds = 2_000;
/** Until an MDC that could not be told is told again. */
const retryMilliseconds = 15_000;

export class MdcCancellations {
  readonly #options: PeerCarrierOptions;
  readonly #follower: Pick<TransactionFollower, "forget">;
  readonly #rows: PeerCancellations;
  readonly #wakeup: Wakeup;
  #loop: Loop | undefined;

  constructor(options: PeerCarrierOptions, follower: Pick<TransactionFollower, "forget">) {
    this.#options = options;
    this.#follower = follower;
    this.#rows = new PeerCancellations(options.db, () => options.clock.now());
    this.#wakeup = new Wakeup(options.clock);
    options.commands.onChanged((rows) => {
      if (rows.some(isTakenBack)) this.#wakeup.wake();
    });
  }

  start(): void {
    this.#loop = new Loop("tell MDCs of cancellations", () => this.#tell(), this.#wakeup, this.#options.logger);
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  /** These were on their way to the MDC when they were taken back: told before that, it knew of nothing. */
  async again(rows: readonly number[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#rows.again(rows);
    this.#wakeup.wake();
  }

  async #tell(): Promise<number> {
    const { db, sealer, connections } = this.#options;
    const all = await this.#rows.take(rowsAtOnce);
    if (all.length === 0) return lookMilliseconds;
    const late = all.filter(({ tooLate }) => tooLate);
    const remark = "The MDC could not be told that nobody wants it any more.";
    await this.#rows.told(late.map(({ commandDevice }) => ({ commandDevice, remark })));
    const due = all.filter(({ tooLate }) => !tooLate);
    const mdcs = await loadMdcs(db, sealer, [...new Set(due.map(({ mdc }) => mdc))]);
    await Promise.all(
      [...Map.groupBy(due, ({ mdc }) => mdc)].map(([id, cancellations]) =>
        this.#tellMdc(
          mdcs.find((mdc) => mdc.id === id),
          cancellations,
          (mdc) => connections.to(mdc),
        ),
      ),
    );
    return all.length === rowsAtOnce ? 0 : lookMilliseconds;
  }

  async #tellMdc(
    mdc: Mdc | undefined,
    cancellations: readonly PeerCancellation[],
    connectionTo: (mdc: Mdc) => MdcConnection,
  ): Promise<void> {
    if (mdc?.service === undefined) return await this.#later(cancellations);
    const connection = connectionTo(mdc);
    for (const [reference, devices] of Map.groupBy(cancellations, (one) => one.reference)) {
      try {
        await this.#ask(connection, reference, devices);
      } catch (error) {
        if (!(error instanceof MdcFailure)) throw error;
        this.#options.logger.warn(
          { mdc: mdc.name, code: error.code, reason: error.message },
          "an MDC took no cancellation",
        );
        if (error.passing) await this.#later(devices);
        else await this.#told(devices, () => `The MDC took no cancellation: ${error.message}`);
      }
    }
  }

  /** What the MDC does not cancel goes on there, and is told when it ends. */
  async #ask(connection: MdcConnection, reference: string, devices: readonly PeerCancellation[]): Promise<void> {
    const answer = await connection.ask({
      service: "transaction_cancel",
      transactionIds: [reference],
      ids: devices.map(({ globalDeviceId }) => globalDeviceId),
      requestDatetime: this.#options.clock.now(),
    });
    const told = new Map(answer.devices?.map((device) => [device.global_device_id, device]));
    for (const [id, { indv_status }] of told) if (indv_status === 1) this.#follower.forget(reference, id);
    await this.#told(devices, ({ globalDeviceId }) => {
      const device = told.get(globalDeviceId);
      if (device?.indv_status !== 0) return undefined;
      const why = device.remarks ?? answer.message;
      return `The MDC did not cancel it${why === "" ? "." : `: ${why}`}`;
    });
  }

  async #told(
    devices: readonly PeerCancellation[],
    remarkOf: (device: PeerCancellation) => string | undefined,
  ): Promise<void> {
    await this.#rows.told(devices.map((device) => ({ commandDevice: device.commandDevice, remark: remarkOf(device) })));
  }

  async #later(devices: readonly PeerCancellation[]): Promise<void> {
    const rows = devices.map(({ commandDevice }) => commandDevice);
    await this.#rows.later(rows, this.#options.clock.now() + retryMilliseconds);
  }
}

function isTakenBack({ mdc, state }: CommandDeviceRow): boolean {
  return mdc !== null && (state === "cancelled" || state === "expired");
}
