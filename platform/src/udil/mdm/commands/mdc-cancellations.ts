/** Asks MDCs to cancel what nobody wants any more, whichever process had sent it, until they answer. */
import type { DeviceAnswer, ReadTransaction } from "@anymeter/udil";
import type { CommandDeviceRow } from "../../../commands/command-rows.ts";
import { type PeerCancellation, PeerCancellations } from "../../../commands/peer-cancellations.ts";
import type { PeerUpdate } from "../../../commands/peers.ts";
import { Loop } from "../../../head-end/loop.ts";
import { Wakeup } from "../../../head-end/wakeup.ts";
import { MdcFailure } from "../connection/failures.ts";
import type { MdcConnection } from "../connection/mdc-connection.ts";
import type { Mdc } from "../peers/mdc.ts";
import { withoutSecrets } from "../peers/secrets.ts";
import { knownMdcs } from "./known-mdcs.ts";
import type { PeerCarrierOptions } from "./peer-carrier.ts";
import { sentence, withheld } from "./told-texts.ts";
import type { TransactionFollower } from "./transaction-follower.ts";

const rowsAtOnce = 1_000;
/** How often it is looked for cancellations that other processes told of. */
const lookMilliseconds = 2_000;
/** Until an MDC that could not be told is told again. */
const retryMilliseconds = 15_000;
/** Until it is asked for a command that was being sent to it. */
const underWayMilliseconds = 1_000;

export class MdcCancellations {
  readonly #options: PeerCarrierOptions;
  readonly #follower: Pick<TransactionFollower, "apply" | "statusOf">;
  readonly #rows: PeerCancellations;
  readonly #wakeup: Wakeup;
  /** By MDC: one that is slow keeps no other waiting. */
  readonly #asking = new Map<string, Promise<void>>();
  #loop: Loop | undefined;

  constructor(options: PeerCarrierOptions, follower: Pick<TransactionFollower, "apply" | "statusOf">) {
    this.#options = options;
    this.#follower = follower;
    this.#rows = new PeerCancellations(options.db, () => options.clock.now());
    this.#wakeup = new Wakeup(options.clock);
    options.commands.onChanged((rows) => {
      if (rows.some(isUnwanted)) this.#wakeup.wake();
    });
  }

  start(): void {
    this.#loop = new Loop("tell MDCs of cancellations", () => this.#tell(), this.#wakeup, this.#options.logger);
  }

  /** Resolves when every MDC that is being asked has answered. */
  async stop(): Promise<void> {
    await this.#loop?.stop();
    await Promise.all(this.#asking.values());
  }

  /** These were on their way to the MDC when they were taken back: told before that, it knew of nothing. */
  async again(rows: readonly number[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#rows.again(rows);
    this.#wakeup.wake();
  }

  async #tell(): Promise<number> {
    const all = await this.#rows.take(rowsAtOnce);
    if (all.length === 0) return lookMilliseconds;
    const isLate = ({ undecided, tooLate }: PeerCancellation) => !undecided && tooLate;
    const remark = "The MDC could not be told that nobody wants it any more.";
    await this.#rows.told(all.filter(isLate).map(({ commandDevice }) => ({ commandDevice, remark })));
    const due = Map.groupBy(
      all.filter((one) => !isLate(one)),
      ({ mdc }) => mdc,
    );
    const mdcs = await knownMdcs(this.#options, due.keys());
    for (const [id, cancellations] of due) this.#begin(id, () => this.#tellMdc(mdcs.get(id), cancellations));
    return all.length === rowsAtOnce ? 0 : lookMilliseconds;
  }

  /** After what the MDC is being asked already. What breaks is taken up again when nobody holds it any more. */
  #begin(mdc: string, work: () => Promise<void>): void {
    const asking = (this.#asking.get(mdc) ?? Promise.resolve())
      .then(work)
      .catch((error: unknown) =>
        this.#options.logger.error({ err: error }, "an MDC could not be told of cancellations"),
      )
      .then(() => {
        if (this.#asking.get(mdc) === asking) this.#asking.delete(mdc);
      });
    this.#asking.set(mdc, asking);
  }

  async #tellMdc(mdc: Mdc | undefined, cancellations: readonly PeerCancellation[]): Promise<void> {
    if (mdc?.service === undefined) return await this.#later(cancellations, retryMilliseconds);
    const connection = this.#options.connections.to(mdc);
    for (const [reference, devices] of Map.groupBy(cancellations, (one) => one.reference)) {
      try {
        const answer = await ask(connection, reference, devices, this.#options.clock.now());
        await this.#ended(devices, answer, mdc);
        await this.#decided(connection, reference, devices, answer);
      } catch (error) {
        if (!(error instanceof MdcFailure)) throw error;
        const reason = withoutSecrets(mdc, error.message);
        this.#options.logger.warn({ mdc: mdc.name, code: error.code, reason }, "an MDC took no cancellation");
        await this.#later(devices, retryMilliseconds);
      }
    }
  }

  /** Of rows that are over already: what the MDC does not cancel goes on there, and is told when it ends. */
  async #ended(devices: readonly PeerCancellation[], answer: CancelAnswer, mdc: Mdc): Promise<void> {
    const over = devices.filter(({ undecided }) => !undecided);
    await this.#rows.told(
      over.map(({ commandDevice, globalDeviceId }) => {
        const remark = answer.isCancelled(globalDeviceId) ? undefined : notCancelled(answer.whyNot(globalDeviceId));
        return { commandDevice, remark: remark && withoutSecrets(mdc, remark) };
      }),
    );
  }

  /**
   * Of rows that the MDC decides about. Where it does not say that it cancelled, what it shows of the transaction tells whether
   * it did before, how far it got, or that it never had it.
   */
  async #decided(
    connection: MdcConnection,
    reference: string,
    devices: readonly PeerCancellation[],
    answer: CancelAnswer,
  ): Promise<void> {
    const undecided = devices.filter((device) => device.undecided);
    const isCancelled = ({ globalDeviceId }: PeerCancellation) => answer.isCancelled(globalDeviceId);
    await this.#report(connection.mdc, undecided.filter(isCancelled).map(cancelled));
    const others = undecided.filter((device) => !isCancelled(device));
    if (others.length === 0) return;
    const rows = await this.#follower.statusOf(connection, [reference]);
    await this.#follower.apply(connection.mdc, rows);
    const shown = new Map(rows.map((row) => [row.global_device_id, row]));
    const updates: PeerUpdate[] = [];
    const unknown: PeerCancellation[] = [];
    for (const device of others) {
      const row = shown.get(device.globalDeviceId);
      if (row === undefined && !device.accepted) unknown.push(device);
      else if (row?.request_cancelled === 1 && row.status_level !== 5) updates.push(cancelled(device));
      else updates.push(goesOn(device, row, answer.whyNot(device.globalDeviceId)));
    }
    const never = await this.#rows.notOnTheirWay(unknown.map(({ commandDevice }) => commandDevice));
    const [gone, underWay] = [true, false].map((is) =>
      unknown.filter(({ commandDevice }) => never.has(commandDevice) === is),
    ) as [PeerCancellation[], PeerCancellation[]];
    await this.#report(connection.mdc, [...updates, ...gone.map(cancelled)]);
    await this.#later(underWay, underWayMilliseconds);
  }

  async #report(mdc: Mdc, updates: readonly PeerUpdate[]): Promise<void> {
    await this.#options.commands.report(withheld(mdc, updates));
  }

  async #later(devices: readonly PeerCancellation[], milliseconds: number): Promise<void> {
    const rows = devices.map(({ commandDevice }) => commandDevice);
    await this.#rows.later(rows, this.#options.clock.now() + milliseconds);
  }
}

/** What an MDC said to a cancellation. */
interface CancelAnswer {
  isCancelled(id: string): boolean;
  whyNot(id: string): string;
}

/** @throws MdcFailure as the connection does, but an HTTP error is an answer */
async function ask(
  connection: MdcConnection,
  reference: string,
  devices: readonly PeerCancellation[],
  now: number,
): Promise<CancelAnswer> {
  try {
    const {
      status,
      message,
      devices: told = [],
    } = await connection.ask({
      service: "transaction_cancel",
      transactionIds: [reference],
      ids: devices.map(({ globalDeviceId }) => globalDeviceId),
      requestDatetime: now,
    });
    const byId = new Map<string, DeviceAnswer>(told.map((device) => [device.global_device_id, device]));
    return {
      // Some name nobody: then the answer as a whole is about all.
      isCancelled: (id) => (byId.size === 0 ? status === 1 : byId.get(id)?.indv_status === 1),
      whyNot: (id) => byId.get(id)?.remarks || message,
    };
  } catch (error) {
    // No such service, or no such transaction.
    if (!(error instanceof MdcFailure && error.code === "http_error")) throw error;
    return { isCancelled: () => false, whyNot: () => error.message };
  }
}

function cancelled({ commandDevice }: PeerCancellation): PeerUpdate {
  return { commandDevice, state: "failed", cause: "command_cancelled" };
}

/** It is carried out, as far as the MDC can. */
function goesOn({ commandDevice }: PeerCancellation, row: ReadTransaction | undefined, why: string): PeerUpdate {
  const level = levelsShown.findLast((one) => one <= (row?.status_level ?? 0));
  const reached =
    row === undefined ? "it does not know of it any more" : `it is at level ${row.status_level ?? 0} there`;
  return {
    ...{ commandDevice, level, accepted: true, notCancelled: true },
    remark: notCancelled(why === "" ? reached : `${reached}: ${why}`),
  };
}

/** What level 5 means is told by whoever follows the transaction. */
const levelsShown = [1, 2, 3, 4] as const;

function notCancelled(why: string): string {
  return why === "" ? "The MDC did not cancel it." : sentence(`The MDC did not cancel it: ${why}`);
}

function isUnwanted({ mdc, state, cancelledAt }: CommandDeviceRow): boolean {
  return mdc !== null && (state === "cancelled" || state === "expired" || cancelledAt !== null);
}
