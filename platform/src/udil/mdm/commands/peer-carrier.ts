/**
 * Carries commands to vendors' MDCs. The id of a transaction is kept before anything is sent: whoever takes the command up
 * again, after a restart or a broken connection, asks the MDC what became of that id, and sends again, under the same id, only
 * what the MDC does not know.
 */
import { randomUUID } from "node:crypto";
import type { ReadTransaction } from "@anymeter/udil";
import { type Kysely, sql } from "kysely";
import type { CommandDeviceRow } from "../../../commands/command-rows.ts";
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
import { loadMdcs, type Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";
import { typeOf, udilCommand } from "./requests.ts";
import { type Tracked, TrackedTransactions } from "./tracked-transactions.ts";
import { standingOf } from "./transaction-updates.ts";

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
/** Until a command that could not be sent is taken up again. */
const retryMilliseconds = 15_000;
/** On-demand reads of one MDC that are held by it at once. */
const heldAtOnce = 4;
/** Ids of one question. */
const idsPerQuestion = 100;

export class PeerCarrier {
  readonly #options: PeerCarrierOptions;
  readonly #tracked: TrackedTransactions;
  readonly #changed: Wakeup;
  readonly #asking: Wakeup;
  readonly #underWay = new Set<Promise<void>>();
  readonly #held = new Map<string, number>();
  readonly #cancelled = new Set<number>();
  #loops: Loop[] = [];
  #stopped = false;

  constructor(options: PeerCarrierOptions) {
    this.#options = options;
    this.#tracked = new TrackedTransactions(() => options.clock.now());
    this.#changed = new Wakeup(options.clock);
    this.#asking = new Wakeup(options.clock);
    options.commands.onChanged((rows) => this.#onChanged(rows));
  }

  start(): void {
    this.#stopped = false;
    const { logger } = this.#options;
    this.#loops = [
      new Loop("carry commands to MDCs", () => this.#take(), this.#changed, logger),
      new Loop("ask MDCs for transactions", () => this.#ask(), this.#asking, logger),
    ];
  }

  /** What is under way ends; what was sent is asked for by whoever takes it up next. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops.splice(0).map((loop) => loop.stop()));
    await Promise.race([Promise.all(this.#underWay), after(this.#options.clock, stopMilliseconds)]);
  }

  /** Takes up what waits. @returns milliseconds until it is looked again */
  async #take(): Promise<number> {
    const { commands } = this.#options;
    const taken = await commands.takeForPeers(rowsAtOnce);
    if (taken.length === 0) return lookMilliseconds;
    const mdcs = await this.#mdcs(taken.map(({ mdc }) => mdc));
    for (const command of taken) this.#begin(this.#carry(command, mdcs.get(command.mdc)));
    return taken.reduce((sum, { devices }) => sum + devices.length, 0) === rowsAtOnce ? 0 : lookMilliseconds;
  }

  async #mdcs(ids: readonly string[]): Promise<Map<string, Mdc>> {
    const found = await loadMdcs(this.#options.db, this.#options.sealer, [...new Set(ids)]);
    return new Map(found.map((mdc) => [mdc.id, mdc]));
  }

  #begin(work: Promise<void>): void {
    const guarded = work
      .catch((error: unknown) => this.#options.logger.error({ err: error }, "a command could not be carried to an MDC"))
      .then(() => {
        this.#underWay.delete(guarded);
      });
    this.#underWay.add(guarded);
  }

  async #carry(command: PeerCommand, mdc: Mdc | undefined): Promise<void> {
    const { commands, connections } = this.#options;
    if (mdc === undefined) return await this.#later(command.devices, "The MDC is not in use.");
    if (mdc.service === undefined) {
      const remark = "The MDC has no base URL and credentials: only its rows can be read.";
      await commands.report(command.devices.map(failed("command_unsupported", remark)));
      return;
    }
    const connection = connections.to(mdc);
    const nameless = command.devices.filter(({ globalDeviceId }) => globalDeviceId === undefined);
    await commands.report(nameless.map(failed("command_refused", "The meter has no global_device_id.")));
    const named = command.devices.filter(hasName);
    const byReference = Map.groupBy(named, ({ reference }) => reference);
    for (const [reference, devices] of byReference) {
      if (reference === undefined) await this.#sendNew(connection, command, devices);
      else await this.#takeUpAgain(connection, command, reference, devices);
    }
  }

  /** In sets as large as the MDC takes; a read of the meter itself is of one meter from v3 on. */
  async #sendNew(connection: MdcConnection, command: PeerCommand, devices: readonly NamedDevice[]): Promise<void> {
    const { version, devicesPerRequest } = connection.mdc;
    const single = command.name === "on_demand_read" && version !== "v1";
    const size = single ? 1 : devicesPerRequest;
    for (let first = 0; first < devices.length && !this.#stopped; first += size) {
      const set = devices.slice(first, first + size);
      const reference = randomUUID().replaceAll("-", "");
      const standings = await this.#options.commands.report(
        set.map(({ commandDevice }) => ({ commandDevice, reference })),
      );
      const wanted = set.filter((_, index) => standings[index]?.cancelled === false);
      if (wanted.length === 0) continue;
      const sending = this.#send(connection, command, reference, wanted, false);
      // It may be held for minutes: others go on meanwhile.
      if (single) {
        this.#begin(sending);
        await this.#roomFor(connection.mdc);
      } else await sending;
    }
  }

  async #roomFor({ id }: Mdc): Promise<void> {
    while ((this.#held.get(id) ?? 0) >= heldAtOnce && !this.#stopped) await after(this.#options.clock, 50);
  }

  /** Somebody was about to send it, or did. */
  async #takeUpAgain(
    connection: MdcConnection,
    command: PeerCommand,
    reference: string,
    devices: readonly NamedDevice[],
  ): Promise<void> {
    let known: readonly ReadTransaction[];
    try {
      known = await this.#statusOf(connection, [reference]);
    } catch (error) {
      return await this.#later(devices, sentenceOf(error));
    }
    const ids = new Set(known.map(({ global_device_id }) => global_device_id));
    const there = devices.filter(({ globalDeviceId }) => ids.has(globalDeviceId));
    const missing = devices.filter(({ globalDeviceId }) => !ids.has(globalDeviceId));
    if (there.length > 0) {
      this.#track(connection.mdc, command, reference, there);
      await this.#apply(connection.mdc, known);
    }
    if (missing.length === 0) return;
    // The id is unused where nobody is known by it; else these meters never were part of it.
    if (known.length === 0) await this.#send(connection, command, reference, missing, true);
    else await this.#sendNew(connection, command, missing);
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
    const type = typeOf(command);
    const held = type !== undefined;
    if (held) this.#hold(mdc, 1);
    try {
      const answer = await connection.ask({
        command: udilCommand(command, mdc),
        transactionIds: [reference],
        ids: devices.map(({ globalDeviceId }) => globalDeviceId),
        requestDatetime: clock.now(),
        ...(held && { type, milliseconds: patience.onDemand }),
      });
      await this.#answered(connection, command, reference, devices, answer, again);
    } catch (error) {
      if (!(error instanceof MdcFailure)) throw error;
      if (error.code === "not_expressible") {
        await commands.report(devices.map(failed("command_unsupported", error.message)));
      } else if (error.code === "http_error" && !again) {
        await commands.report(devices.map(failed("command_refused", error.message)));
      } else await this.#later(devices, error.message);
    } finally {
      if (held) this.#hold(mdc, -1);
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
    if (answer.rows !== undefined && answer.rows.length > 0) {
      await this.#rowsArrived(mdc, command, devices, answer);
      return;
    }
    const answers = new Map((answer.devices ?? []).map((device) => [device.global_device_id, device]));
    const nothing = answer.status === 0 && answers.size === 0;
    // Some refuse an id they have seen: then they know what became of it.
    const known = nothing && again ? await this.#statusOf(connection, [reference]) : [];
    const seen = known.length > 0;
    const refused: PeerUpdate[] = [];
    const accepted: NamedDevice[] = [];
    const remark = again ? "Sent again: the MDC did not know of it." : undefined;
    for (const device of devices) {
      const told = answers.get(device.globalDeviceId);
      if (!seen && (nothing || told?.indv_status === 0)) {
        const why = told?.remarks ?? answer.message;
        refused.push(failed("command_refused", why === "" ? "The MDC refused it and did not say why." : why)(device));
      } else accepted.push(device);
    }
    const updates = remark === undefined ? [] : accepted.map(({ commandDevice }) => ({ commandDevice, remark }));
    await commands.report([...refused, ...updates]);
    this.#track(mdc, command, reference, accepted);
    await this.#apply(mdc, known);
    this.#asking.wake();
  }

  /** A later version gives the rows of its one meter in the answer itself. */
  async #rowsArrived(
    mdc: Mdc,
    command: PeerCommand,
    devices: readonly NamedDevice[],
    { rows = [], setAside }: MdcAnswer,
  ): Promise<void> {
    const { intake, commands } = this.#options;
    const table = typeOf(command) as PollableTable;
    await intake.take({ mdc, table, rows, unreadable: setAside });
    await commands.report(
      devices.map(({ commandDevice, globalDeviceId }) => ({
        commandDevice,
        state: "succeeded" as const,
        result: { table, rows: rows.filter(({ global_device_id }) => global_device_id === globalDeviceId) },
      })),
    );
  }

  #track(mdc: Mdc, command: PeerCommand, reference: string, devices: readonly NamedDevice[]): void {
    if (devices.length > 0) this.#tracked.add(mdc.id, reference, command, devices);
  }

  /** Asks for every transaction whose time has come, in sets. @returns milliseconds until the next */
  async #ask(): Promise<number> {
    const due = this.#tracked.due();
    const mdcs = due.length > 0 ? await this.#mdcs(due.map(({ mdc }) => mdc)) : new Map<string, Mdc>();
    for (const [id, transactions] of Map.groupBy(due, ({ mdc }) => mdc)) {
      const mdc = mdcs.get(id);
      for (let first = 0; first < transactions.length && !this.#stopped; first += idsPerQuestion) {
        const set = transactions.slice(first, first + idsPerQuestion);
        if (mdc?.service === undefined) this.#tracked.asked(set);
        else await this.#askSet(this.#options.connections.to(mdc), set);
      }
    }
    return Math.max(minimumPause, Math.min(lookMilliseconds * 4, this.#tracked.nextIn() ?? lookMilliseconds * 4));
  }

  async #askSet(connection: MdcConnection, set: readonly Tracked[]): Promise<void> {
    try {
      const rows = await this.#statusOf(
        connection,
        set.map(({ reference }) => reference),
      );
      this.#tracked.asked(set);
      await this.#apply(connection.mdc, rows);
    } catch (error) {
      this.#tracked.asked(set);
      if (!(error instanceof MdcFailure)) throw error;
      this.#options.logger.warn(
        { mdc: connection.mdc.name, code: error.code, reason: error.message },
        "an MDC does not tell what became of transactions; it is asked again",
      );
    }
  }

  /** 200 without rows, 400 and 404 all mean that nothing is known. @throws MdcFailure when nobody can tell */
  async #statusOf(connection: MdcConnection, references: readonly string[]): Promise<readonly ReadTransaction[]> {
    try {
      const { transactions = [] } = await connection.ask({ service: "transaction_status", transactionIds: references });
      return transactions;
    } catch (error) {
      const unknown = error instanceof MdcFailure && (error.httpStatus === 400 || error.httpStatus === 404);
      if (unknown && error.code === "http_error") return [];
      throw error;
    }
  }

  async #apply(mdc: Mdc, rows: readonly ReadTransaction[]): Promise<void> {
    const { commands } = this.#options;
    const updates: PeerUpdate[] = [];
    for (const row of rows) {
      const found = this.#tracked.device(row.transactionid, row.global_device_id);
      if (found === undefined) continue;
      const { transaction, device } = found;
      const stuck = this.#tracked.isStuck(device, row.status_level ?? 0);
      const { update, final } = standingOf(device.commandDevice, row, mdc.version, stuck);
      const result = final && update.state === "succeeded" ? await this.#resultOf(mdc, transaction, row) : {};
      if (final || this.#tracked.advanced(device, row.status_level ?? 0)) updates.push({ ...update, ...result });
      if (final) this.#tracked.done(transaction, row.global_device_id);
    }
    await commands.report(updates);
  }

  async #resultOf(mdc: Mdc, { command }: Tracked, row: ReadTransaction): Promise<Pick<PeerUpdate, "result">> {
    const { response_data: data, setAside = [] } = row;
    if (data === undefined) return {};
    if (typeof data === "string") return { result: { text: data } };
    const { table, rows } = data;
    // Rows of a meter's own answer may leave out whose they are.
    const named = rows.map((one) => ({ ...one, global_device_id: one.global_device_id ?? row.global_device_id }));
    await this.#options.intake.take({
      mdc,
      table: typeOf(command) === undefined ? table : (typeOf(command) as PollableTable),
      rows: named,
      unreadable: setAside,
    });
    return { result: { table, rows: named } };
  }

  /** Somebody took a command back: the MDC is told, whichever process had sent it. */
  async #onChanged(rows: readonly CommandDeviceRow[]): Promise<void> {
    const ended = rows.filter(({ id, mdc, state }) => mdc !== null && isTakenBack(state) && !this.#cancelled.has(id));
    if (ended.length === 0) return;
    const { rows: known } = await sql<{ id: number; mdc: string; globalDeviceId: string; reference: string }>`
      select id, udil_mdc as mdc, global_device_id as "globalDeviceId", peer_reference as reference from command_devices
      where id = any(${ended.map(({ id }) => id)}::bigint[]) and peer_reference is not null and global_device_id is not null`.execute(
      this.#options.db,
    );
    if (this.#cancelled.size > mostRemembered) this.#cancelled.clear();
    for (const { id } of ended) this.#cancelled.add(id);
    const mdcs = known.length > 0 ? await this.#mdcs(known.map(({ mdc }) => mdc)) : new Map<string, Mdc>();
    for (const [reference, devices] of Map.groupBy(known, (row) => row.reference)) {
      const mdc = mdcs.get(devices[0]!.mdc);
      const ids = devices.map(({ globalDeviceId }) => globalDeviceId);
      if (mdc?.service !== undefined) this.#begin(this.#cancel(this.#options.connections.to(mdc), reference, ids));
    }
  }

  /** What the MDC refuses to cancel goes on there, and is told when it ends. */
  async #cancel(connection: MdcConnection, reference: string, ids: readonly string[]): Promise<void> {
    const requestDatetime = this.#options.clock.now();
    try {
      const { devices = [] } = await connection.ask({
        service: "transaction_cancel",
        transactionIds: [reference],
        ids,
        requestDatetime,
      });
      for (const { global_device_id, indv_status } of devices) {
        const found = this.#tracked.device(reference, global_device_id);
        if (found && indv_status === 1) this.#tracked.done(found.transaction, global_device_id);
      }
    } catch (error) {
      if (!(error instanceof MdcFailure)) throw error;
      const { name } = connection.mdc;
      this.#options.logger.warn({ mdc: name, code: error.code, reason: error.message }, "an MDC took no cancellation");
    }
  }

  /** Given back: with its reference, so that whoever takes it up looks first. */
  async #later(devices: readonly PeerDevice[], remark: string): Promise<void> {
    const retryAt = this.#options.clock.now() + retryMilliseconds * (0.75 + this.#options.random() / 2);
    await this.#options.commands.report(
      devices.map(({ commandDevice }) => ({ commandDevice, state: "waiting" as const, retryAt, remark })),
    );
  }

  #hold({ id }: Mdc, more: number): void {
    this.#held.set(id, (this.#held.get(id) ?? 0) + more);
  }
}

type NamedDevice = PeerDevice & { readonly globalDeviceId: string };

function hasName(device: PeerDevice): device is NamedDevice {
  return device.globalDeviceId !== undefined;
}

function failed(cause: string, remark: string) {
  return ({ commandDevice }: PeerDevice): PeerUpdate => ({ commandDevice, state: "failed", cause, remark });
}

function isTakenBack(state: CommandDeviceRow["state"]): boolean {
  return state === "cancelled" || state === "expired";
}

function sentenceOf(error: unknown): string {
  if (error instanceof MdcFailure) return error.message;
  throw error;
}

function after(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => clock.after(milliseconds, resolve));
}

const minimumPause = 50;
const stopMilliseconds = 3_000;
const mostRemembered = 100_000;
