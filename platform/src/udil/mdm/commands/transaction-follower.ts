/** Asks MDCs what became of the transactions they took, and reports it, until each has come to its end. */
import { type ReadTransaction, readRows, type UdilTable } from "@anymeter/udil";
import type { PeerCommand, PeerUpdate } from "../../../commands/peers.ts";
import { Loop } from "../../../head-end/loop.ts";
import { Wakeup } from "../../../head-end/wakeup.ts";
import { MdcFailure } from "../connection/failures.ts";
import type { MdcConnection } from "../connection/mdc-connection.ts";
import type { Mdc } from "../peers/mdc.ts";
import { withoutSecrets } from "../peers/secrets.ts";
import type { PollableTable } from "../peers/switches.ts";
import { knownMdcs } from "./known-mdcs.ts";
import type { PeerCarrierOptions } from "./peer-carrier.ts";
import { typeOf } from "./requests.ts";
import { emptyResult, shownResult } from "./results.ts";
import { withheld } from "./told-texts.ts";
import { type DeviceToTrack, type Tracked, TrackedTransactions } from "./tracked-transactions.ts";
import { standingOf, standingOfMissing } from "./transaction-updates.ts";

/** Ids of one question. */
const idsPerQuestion = 100;
/** Between two looks whether something is due, milliseconds. */
const pauses = { least: 50, most: 2_000 } as const;

export class TransactionFollower {
  readonly #options: PeerCarrierOptions;
  readonly #tracked: TrackedTransactions;
  readonly #wakeup: Wakeup;
  #loop: Loop | undefined;
  #stopped = false;

  constructor(options: PeerCarrierOptions) {
    this.#options = options;
    this.#tracked = new TrackedTransactions(() => options.clock.now());
    this.#wakeup = new Wakeup(options.clock);
  }

  start(): void {
    this.#stopped = false;
    this.#loop = new Loop("ask MDCs for transactions", () => this.#ask(), this.#wakeup, this.#options.logger);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop?.stop();
  }

  /** From now on the MDC is asked for these. */
  follow(mdc: Mdc, command: PeerCommand, reference: string, devices: readonly DeviceToTrack[]): void {
    this.#tracked.add(mdc.id, reference, command, devices);
    this.#wakeup.wake();
  }

  /**
   * What the MDC knows of transactions; nothing of those it does not know. One that is missing among others is asked for alone.
   * @throws MdcFailure when nobody can tell
   */
  async statusOf(connection: MdcConnection, references: readonly string[]): Promise<readonly ReadTransaction[]> {
    const known: ReadTransaction[] = [];
    for (let first = 0; first < references.length; first += idsPerQuestion) {
      const set = references.slice(first, first + idsPerQuestion);
      const rows = await question(connection, set);
      known.push(...rows);
      const shown = new Set(rows.map(({ transactionid }) => transactionid));
      for (const reference of set.length > 1 ? set.filter((one) => !shown.has(one)) : [])
        known.push(...(await question(connection, [reference])));
    }
    return known;
  }

  /** Reports what rows tell of transactions that are followed. */
  async apply(mdc: Mdc, rows: readonly ReadTransaction[]): Promise<void> {
    const told: { update: PeerUpdate; row: ReadTransaction; final: boolean }[] = [];
    for (const row of rows) {
      const found = this.#tracked.device(row.transactionid, row.global_device_id);
      if (found === undefined) continue;
      const { transaction, device } = found;
      const level = row.status_level ?? 0;
      const stuck = this.#tracked.isStuck(device, level);
      const { update, final } = standingOf(device.commandDevice, row, mdc.version, stuck);
      const result = final && update.state === "succeeded" ? await this.#resultOf(mdc, transaction, row) : {};
      if (final || level > device.level || !device.accepted)
        told.push({ update: { ...update, ...result }, row, final });
      else this.#tracked.shown(device, level);
    }
    if (told.length === 0) return;
    await this.#options.commands.report(
      withheld(
        mdc,
        told.map(({ update }) => update),
      ),
    );
    // Now that it is durable: what could not be reported is told again by the next answer.
    for (const { row, final } of told) {
      const found = this.#tracked.device(row.transactionid, row.global_device_id);
      if (found === undefined) continue;
      if (final) this.#tracked.done(found.transaction, row.global_device_id);
      else this.#tracked.shown(found.device, row.status_level ?? 0);
    }
  }

  /** Asks for every transaction whose time has come, in sets. @returns milliseconds until the next */
  async #ask(): Promise<number> {
    const { connections } = this.#options;
    const due = this.#tracked.due();
    const mdcs = await knownMdcs(
      this.#options,
      due.map(({ mdc }) => mdc),
    );
    // An MDC that is slow keeps nobody waiting but itself.
    await Promise.all(
      [...Map.groupBy(due, ({ mdc }) => mdc)].map(async ([id, transactions]) => {
        const mdc = mdcs.get(id);
        if (mdc?.service === undefined) this.#tracked.asked(transactions);
        else for (const set of setsOf(transactions)) if (!this.#stopped) await this.#askSet(connections.to(mdc), set);
      }),
    );
    return Math.max(pauses.least, Math.min(pauses.most, this.#tracked.nextIn() ?? pauses.most));
  }

  async #askSet(connection: MdcConnection, set: readonly Tracked[]): Promise<void> {
    const references = set.map(({ reference }) => reference);
    try {
      const rows = await question(connection, references);
      this.#tracked.asked(set);
      await this.apply(connection.mdc, rows);
      await this.#missing(set, rows);
    } catch (error) {
      this.#tracked.asked(set);
      if (!(error instanceof MdcFailure)) throw error;
      this.#options.logger.warn(
        { mdc: connection.mdc.name, code: error.code, reason: withoutSecrets(connection.mdc, error.message) },
        "an MDC does not tell what became of transactions; it is asked again",
      );
    }
  }

  /** What was asked for and is not among the rows. */
  async #missing(set: readonly Tracked[], rows: readonly ReadTransaction[]): Promise<void> {
    const shown = Map.groupBy(rows, ({ transactionid }) => transactionid);
    const absent = set.filter(({ reference }) => !shown.has(reference));
    if (set.length > 1) this.#tracked.askAlone(absent);
    const updates: { update: PeerUpdate; transaction: Tracked; id: string }[] = [];
    for (const transaction of set) {
      if (set.length > 1 && absent.includes(transaction)) continue;
      const there = new Set(shown.get(transaction.reference)?.map(({ global_device_id }) => global_device_id));
      for (const [id, device] of transaction.devices) {
        if (there.has(id)) continue;
        const update = standingOfMissing(transaction.command, device, this.#tracked.missing(device));
        if (update) updates.push({ update, transaction, id });
      }
    }
    if (updates.length === 0) return;
    await this.#options.commands.report(updates.map(({ update }) => update));
    for (const { transaction, id } of updates) this.#tracked.done(transaction, id);
  }

  async #resultOf(
    mdc: Mdc,
    { command }: Tracked,
    row: ReadTransaction,
  ): Promise<Pick<PeerUpdate, "result" | "remark">> {
    const asked = typeOf(command);
    const { data, setAside } = responseOf(row, asked, mdc);
    // Text beside a success is said about it; of what was to be read it is no row.
    if (data === undefined || typeof data === "string")
      return asked === undefined ? { remark: data } : emptyResult(asked, data);
    if (data.rows.length === 0 && setAside.length === 0) return emptyResult(asked ?? data.table);
    const { table, rows } = data;
    // Rows of a meter's own answer may leave out whose they are.
    const named = rows.map((one) => ({ ...one, global_device_id: one.global_device_id ?? row.global_device_id }));
    await this.#options.intake.take({
      mdc,
      table: (asked ?? table) as PollableTable,
      rows: named,
      unreadable: setAside,
    });
    return shownResult(table, named);
  }
}

/** What the meter gave; rows that do not tell of which kind they are, are of the kind that was asked for. */
function responseOf(
  { response_data: data, setAside = [] }: ReadTransaction,
  asked: UdilTable | undefined,
  { version, zone, peerSwitches }: Mdc,
) {
  const records = asked !== undefined && typeof data === "string" ? recordsIn(data) : undefined;
  if (asked === undefined || records === undefined) return { data, setAside };
  const { loadProfileEnergy } = peerSwitches;
  const read = readRows(records, { table: asked, version, zone, ...(loadProfileEnergy && { loadProfileEnergy }) });
  return { data: { table: asked, rows: read.rows }, setAside: read.setAside };
}

function recordsIn(text: string): readonly unknown[] | undefined {
  if (!text.startsWith("[") && !text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [value];
  } catch {
    // Words in brackets.
    return undefined;
  }
}

/** 200 without rows, 400 and 404 all mean that nothing is known. @throws MdcFailure when nobody can tell */
async function question(connection: MdcConnection, references: readonly string[]): Promise<readonly ReadTransaction[]> {
  try {
    const { transactions = [] } = await connection.ask({ service: "transaction_status", transactionIds: references });
    return transactions;
  } catch (error) {
    const unknown = error instanceof MdcFailure && (error.httpStatus === 400 || error.httpStatus === 404);
    if (unknown && error.code === "http_error") return [];
    throw error;
  }
}

function* setsOf(transactions: readonly Tracked[]): Generator<readonly Tracked[]> {
  for (const one of transactions) if (one.alone) yield [one];
  const others = transactions.filter(({ alone }) => !alone);
  for (let first = 0; first < others.length; first += idsPerQuestion) yield others.slice(first, first + idsPerQuestion);
}
