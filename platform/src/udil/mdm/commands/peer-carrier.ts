/**
 * Carries commands to vendors' MDCs. The id of a transaction is kept before anything is sent: whoever takes the command up
 * again, after a restart or a broken connection, asks the MDC what became of that id, and sends again, under the same id, only
 * what the MDC does not know and never said it has.
 */
import { randomUUID } from "node:crypto";
import type { ReadTransaction } from "@anymeter/udil";
import type { Kysely } from "kysely";
import type { Commands } from "../../../commands/commands.ts";
import type { PeerCommand, PeerDevice, PeerUpdate } from "../../../commands/peers.ts";
import type { Clock } from "../../../head-end/clock.ts";
import type { HeadEndLog } from "../../../head-end/log.ts";
import { Loop } from "../../../head-end/loop.ts";
import { Wakeup } from "../../../head-end/wakeup.ts";
import type { Sealer } from "../../../registry/sealing.ts";
import type { Database } from "../../../stores/relational/database.ts";
import type { Connections } from "../connection/connections.ts";
import { MdcFailure } from "../connection/failures.ts";
import { type MdcAnswer, type MdcConnection, patience } from "../connection/mdc-connection.ts";
import type { RowIntake } from "../intake/row-intake.ts";
import type { Mdc } from "../peers/mdc.ts";
import { withoutSecrets } from "../peers/secrets.ts";
import type { PollableTable } from "../peers/switches.ts";
import { knownMdcs } from "./known-mdcs.ts";
import { MdcCancellations } from "./mdc-cancellations.ts";
import { isAnnouncement, typeOf, udilCommand } from "./requests.ts";
import { emptyResult, shownResult } from "./results.ts";
import { withheld } from "./told-texts.ts";
import { TransactionFollower } from "./transaction-follower.ts";
import { hasFailed } from "./transaction-updates.ts";
import { Turns } from "./turns.ts";

export interface PeerCarrierOptions {
  readonly db: Kysely<Database>;
  readonly sealer: Sealer;
  readonly connections: Connections;
  readonly commands: Pick<Commands, "takeForPeers" | "report" | "onChanged">;
  readonly intake: RowIntake;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: HeadEndLog;
}

/** Rows taken up at once. */
const rowsAtOnce = 2_000;
/** How often it is looked for new commands, which other processes may have taken. */
const lookMilliseconds = 500;
/** Until a command that could not be sent is taken up again: a tenth of its age, within these. */
const retryMilliseconds = { least: 15_000, most: 300_000 } as const;
/** Requests to one MDC at once: reads it may hold for minutes, and everything else. Its polls have a connection left. */
const sendsAtOnce = 3;

export class PeerCarrier {
  readonly #options: PeerCarrierOptions;
  readonly #follower: TransactionFollower;
  readonly #cancellations: MdcCancellations;
  readonly #changed: Wakeup;
  readonly #turns = new Turns(sendsAtOnce);
  readonly #underWay = new Set<Promise<void>>();
  /** What became of these is not known, because something of ours broke. */
  #abandoned: PeerDevice[] = [];
  #loop: Loop | undefined;

  constructor(options: PeerCarrierOptions) {
    this.#options = options;
    this.#follower = new TransactionFollower(options);
    this.#cancellations = new MdcCancellations(options, this.#follower);
    this.#changed = new Wakeup(options.clock);
    options.commands.onChanged((rows) => {
      // What is given back has a pause before it.
      if (rows.some(({ mdc, state, statusLevel }) => mdc !== null && state === "waiting" && statusLevel === 0))
        this.#changed.wake();
    });
  }

  start(): void {
    this.#turns.open();
    this.#follower.start();
    this.#cancellations.start();
    this.#loop = new Loop("carry commands to MDCs", () => this.#take(), this.#changed, this.#options.logger);
  }

  /** What is under way ends; what was sent is asked for by whoever takes it up next. */
  async stop(): Promise<void> {
    this.#turns.close();
    await Promise.all([this.#loop?.stop(), this.#follower.stop()]);
    const ended = Promise.all([...this.#underWay, this.#cancellations.stop()]);
    await Promise.race([ended, after(this.#options.clock, stopMilliseconds)]);
  }

  /** Takes up what waits. @returns milliseconds until it is looked again */
  async #take(): Promise<number> {
    const { commands } = this.#options;
    if (this.#abandoned.length > 0) {
      await commands.report(this.#abandoned.map(({ commandDevice }) => ({ commandDevice, state: "waiting" })));
      this.#abandoned = [];
    }
    const taken = await commands.takeForPeers(rowsAtOnce);
    if (taken.length === 0) return lookMilliseconds;
    const mdcs = await knownMdcs(
      this.#options,
      taken.map(({ mdc }) => mdc),
    );
    for (const command of taken) this.#begin(this.#carry(command, mdcs.get(command.mdc)), command.devices);
    return taken.reduce((sum, { devices }) => sum + devices.length, 0) === rowsAtOnce ? 0 : lookMilliseconds;
  }

  #begin(work: Promise<void>, devices: readonly PeerDevice[]): void {
    const guarded = work
      .catch((error: unknown) => {
        this.#options.logger.error({ err: error }, "a command could not be carried to an MDC; it is taken up again");
        this.#abandoned.push(...devices);
      })
      .then(() => {
        this.#underWay.delete(guarded);
      });
    this.#underWay.add(guarded);
  }

  async #carry(command: PeerCommand, mdc: Mdc | undefined): Promise<void> {
    const { commands, connections } = this.#options;
    if (mdc === undefined) return await this.#later(command, command.devices, "The MDC is not in use.");
    if (mdc.service === undefined) return await this.#withoutServices(command);
    const connection = connections.to(mdc);
    const nameless = command.devices.filter(({ globalDeviceId }) => globalDeviceId === undefined);
    await commands.report(nameless.map(failed("command_refused", "The meter has no global_device_id.")));
    const named = command.devices.filter(hasName);
    const begun = named.filter(hasReference);
    await this.#takeUpAgain(connection, command, begun);
    const fresh = named.filter((device) => !hasReference(device));
    await this.#sendNew(connection, command, fresh);
  }

  /** What the platform does itself is done then. */
  async #withoutServices(command: PeerCommand): Promise<void> {
    const remark = "The MDC has no base URL and credentials: only its rows can be read.";
    const outcome = (device: PeerDevice): PeerUpdate =>
      isAnnouncement(command)
        ? {
            commandDevice: device.commandDevice,
            state: "succeeded",
            remark: `It is changed in the registry. ${remark}`,
          }
        : failed("command_unsupported", remark)(device);
    await this.#options.commands.report(command.devices.map(outcome));
  }

  /** In sets as large as the MDC takes; a read of the meter itself is of one meter from v3 on. */
  async #sendNew(connection: MdcConnection, command: PeerCommand, devices: readonly NamedDevice[]): Promise<void> {
    const { version, devicesPerRequest } = connection.mdc;
    const single = command.name === "on_demand_read" && version !== "v1";
    const size = single ? 1 : devicesPerRequest;
    const sets: NamedDevice[][] = [];
    for (let first = 0; first < devices.length; first += size) sets.push(devices.slice(first, first + size));
    const sent = await Promise.allSettled(
      sets.map((set) => this.#inTurn(connection.mdc, command, () => this.#sendSet(connection, command, set))),
    );
    // Nothing is given back while a part of it is under way.
    for (const outcome of sent) if (outcome.status === "rejected") throw outcome.reason;
  }

  /** Whoever is held keeps others of its kind waiting alone. */
  async #inTurn(mdc: Mdc, command: PeerCommand, work: () => Promise<void>): Promise<void> {
    const lane = typeOf(command) === undefined ? mdc.id : `${mdc.id} reads`;
    await this.#turns.take(lane, command.priority, work);
  }

  /** Under its name by now, unless somebody took it back until then. */
  async #sendSet(
    connection: MdcConnection,
    command: PeerCommand,
    devices: readonly NamedDevice[],
    reference = randomUUID().replaceAll("-", ""),
    again = false,
  ): Promise<void> {
    const standings = await this.#options.commands.report(
      devices.map(({ commandDevice }) => ({ commandDevice, reference })),
    );
    const wanted = devices.filter((_, index) => standings[index]?.cancelled === false);
    if (wanted.length > 0) await this.#send(connection, command, reference, wanted, again);
  }

  /** Somebody was about to send it, or did. */
  async #takeUpAgain(
    connection: MdcConnection,
    command: PeerCommand,
    devices: readonly ReferredDevice[],
  ): Promise<void> {
    if (devices.length === 0) return;
    const { mdc } = connection;
    const byReference = Map.groupBy(devices, ({ reference }) => reference);
    let known: readonly ReadTransaction[];
    try {
      known = await this.#follower.statusOf(connection, [...byReference.keys()]);
    } catch (error) {
      if (!(error instanceof MdcFailure)) throw error;
      return await this.#later(command, devices, withoutSecrets(mdc, error.message));
    }
    const shown = Map.groupBy(known, ({ transactionid }) => transactionid);
    for (const [reference, all] of byReference) {
      const rows = shown.get(reference) ?? [];
      const ids = new Set(rows.map(({ global_device_id }) => global_device_id));
      // What the MDC said it has is followed, also where it forgot it.
      const [there, missing] = parted(all, (device) => device.accepted || ids.has(device.globalDeviceId));
      this.#follower.follow(
        mdc,
        command,
        reference,
        there.map((device) => ({ ...device, accepted: true })),
      );
      await this.#follower.apply(mdc, rows);
      if (missing.length === 0) continue;
      // The id is unused where the MDC knows nobody by it and never said so; where it shows others, these were no part of it.
      if (rows.length > 0) await this.#sendNew(connection, command, missing);
      else if (there.length > 0) this.#follower.follow(mdc, command, reference, missing);
      else await this.#inTurn(mdc, command, () => this.#sendSet(connection, command, missing, reference, true));
    }
  }

  async #send(
    connection: MdcConnection,
    command: PeerCommand,
    reference: string,
    devices: readonly NamedDevice[],
    again: boolean,
  ): Promise<void> {
    const { mdc } = connection;
    const { commands, clock } = this.#options;
    const ids = devices.map(({ globalDeviceId }) => globalDeviceId);
    const type = typeOf(command);
    try {
      const answer = await connection.ask({
        command: udilCommand(command, mdc, ids),
        transactionIds: [reference],
        ids,
        requestDatetime: clock.now(),
        ...(type !== undefined && { type, milliseconds: patience.onDemand }),
      });
      await this.#answered(connection, command, reference, devices, answer, again);
    } catch (error) {
      if (!(error instanceof MdcFailure)) throw error;
      const why = withoutSecrets(mdc, error.message);
      if (error.code === "not_expressible") {
        await commands.report(devices.map(failed("command_unsupported", why)));
      } else if (error.code === "http_error" && !again) {
        await commands.report(devices.map(failed("command_refused", refusal(command, why))));
      } else await this.#later(command, devices, why, !error.sent && !again);
    }
  }

  /** Rows at once, or that it was taken or refused, meter by meter. */
  async #answered(
    connection: MdcConnection,
    command: PeerCommand,
    reference: string,
    devices: readonly NamedDevice[],
    answer: MdcAnswer,
    again: boolean,
  ): Promise<void> {
    const { commands } = this.#options;
    const { mdc } = connection;
    const asked = typeOf(command);
    const isHeld = asked !== undefined && mdc.version !== "v1";
    // A meter that has nothing was read all the same.
    if (answer.rows !== undefined && (answer.rows.length > 0 || (isHeld && answer.status === 1)))
      return await this.#rowsArrived(mdc, command, devices, answer);
    const answers = new Map((answer.devices ?? []).map((device) => [device.global_device_id, device]));
    const nothing = answer.status === 0 && answers.size === 0;
    const isDenied = ({ globalDeviceId }: NamedDevice) => answers.get(globalDeviceId)?.indv_status === 0;
    // Some refuse an id they have seen, and later versions say of a read, or of its meter, that its time is out, and go on: then
    // they know what became of it.
    const mayKnow = (nothing && (again || asked !== undefined)) || (isHeld && devices.some(isDenied));
    const known = mayKnow ? await this.#follower.statusOf(connection, [reference]) : [];
    const goingOn = new Set(
      known.filter((row) => !hasFailed(row, mdc.version)).map(({ global_device_id }) => global_device_id),
    );
    const isRefused = (device: NamedDevice) =>
      nothing ? known.length === 0 : isDenied(device) && !goingOn.has(device.globalDeviceId);
    const [refused, taken] = parted(devices, isRefused);
    const remark = again ? "Sent again: the MDC did not know of it." : undefined;
    const allAtOnce = answer.status === 1 && answers.size === 0;
    const accepted = taken.map((device) => ({
      ...device,
      accepted: allAtOnce || answers.has(device.globalDeviceId),
    }));
    const standings = await commands.report(
      withheld(mdc, [
        ...refused.map((device) => {
          const why = answers.get(device.globalDeviceId)?.remarks ?? answer.message;
          return failed("command_refused", refusal(command, why))(device);
        }),
        ...accepted.map(({ commandDevice, accepted }) => ({ commandDevice, accepted, remark })),
      ]),
    );
    this.#follower.follow(mdc, command, reference, accepted);
    await this.#follower.apply(mdc, known);
    await this.#tellAgain(taken, standings);
  }

  /** A later version gives the rows of its one meter in the answer itself. */
  async #rowsArrived(
    mdc: Mdc,
    command: PeerCommand,
    devices: readonly NamedDevice[],
    { rows = [], setAside, message }: MdcAnswer,
  ): Promise<void> {
    const { intake, commands } = this.#options;
    const table = typeOf(command) as PollableTable;
    await intake.take({ mdc, table, rows, unreadable: setAside });
    const rowsOf = (id: string) => rows.filter(({ global_device_id }) => global_device_id === id);
    const result = (id: string) =>
      rows.length + setAside.length === 0 ? emptyResult(table, message) : shownResult(table, rowsOf(id));
    const updates = devices.map(({ commandDevice, globalDeviceId }) => ({
      ...{ commandDevice, state: "succeeded" as const },
      ...result(globalDeviceId),
    }));
    await commands.report(withheld(mdc, updates));
  }

  /**
   * Given back: with its reference, so that whoever takes it up looks first.
   * @param neverSent the MDC knows nothing by that reference, nor will it
   */
  async #later(
    { createdAt }: PeerCommand,
    devices: readonly PeerDevice[],
    remark: string,
    neverSent = false,
  ): Promise<void> {
    const { clock, random, commands } = this.#options;
    const now = clock.now();
    const pause = Math.min(retryMilliseconds.most, Math.max(retryMilliseconds.least, (now - createdAt) / 10));
    const retryAt = now + pause * (0.75 + random() / 2);
    const standings = await commands.report(
      devices.map(({ commandDevice }) => ({
        ...{ commandDevice, state: "waiting" as const, retryAt, remark },
        ...(neverSent && { reference: "" }),
      })),
    );
    await this.#tellAgain(devices, standings);
  }

  /** What was taken back while it was on its way may be at the MDC now. */
  async #tellAgain(
    devices: readonly PeerDevice[],
    standings: readonly { readonly commandDevice: number; readonly cancelled: boolean }[],
  ): Promise<void> {
    const sent = new Set(devices.map(({ commandDevice }) => commandDevice));
    const late = standings.filter(({ commandDevice, cancelled }) => cancelled && sent.has(commandDevice));
    await this.#cancellations.again(late.map(({ commandDevice }) => commandDevice));
  }
}

type NamedDevice = PeerDevice & { readonly globalDeviceId: string };
type ReferredDevice = NamedDevice & { readonly reference: string };

function hasName(device: PeerDevice): device is NamedDevice {
  return device.globalDeviceId !== undefined;
}

function hasReference(device: NamedDevice): device is ReferredDevice {
  return device.reference !== undefined;
}

function failed(cause: string, remark: string) {
  return ({ commandDevice }: PeerDevice): PeerUpdate => ({ commandDevice, state: "failed", cause, remark });
}

/** What an MDC says to it; of what the platform has done already, that it stays so. */
function refusal(command: PeerCommand, why: string): string {
  const reason = why === "" ? "The MDC refused it and did not say why." : why;
  return isAnnouncement(command) ? `${reason} The registry keeps the change.` : reason;
}

function parted<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  const first: Item[] = [];
  const second: Item[] = [];
  for (const item of items) (isFirst(item) ? first : second).push(item);
  return [first, second];
}

function after(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => clock.after(milliseconds, resolve));
}

const stopMilliseconds = 3_000;
