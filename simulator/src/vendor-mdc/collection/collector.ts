/**
 * How rows come from the meters into the MDC's tables: soon after a meter kept them, at its next contact when it calls, or
 * by one of the habits late, backdated or never.
 */
import type { UdilRow, UdilTable, UdilTableId, UdilVersion } from "@anymeter/udil";
import { between, seedFor, unit } from "../../random.ts";
import type { HabitSwitches } from "../habits/habit-switches.ts";
import type { LocalTime } from "../local-time.ts";
import { nextContact } from "../meters/obey.ts";
import type { KeptTable, VendorMeter } from "../meters/vendor-meter.ts";
import type { KeptRow } from "./kept-row.ts";
import { type LoadProfileEnergy, RowForm } from "./row-texts.ts";
import { TableStore } from "./table-store.ts";

export interface CollectorSettings {
  readonly version: UdilVersion;
  readonly localTime: LocalTime;
  readonly loadProfileEnergy: LoadProfileEnergy;
  readonly habits: HabitSwitches;
  /** Milliseconds from keeping to db_datetime, at least and at most. */
  readonly readDelay: readonly [number, number];
  /** Days for which meters and tables keep rows. */
  readonly keptDays: number;
  /** Of the last row kept, and of the last one in a table; they go on where they stood. */
  readonly counters: { lastNumber: number; lastId: number };
  /** Since when it collects again; what was kept before comes no earlier. -Infinity = it always did. */
  readonly openedAt: number;
  /** A row is new, or not what it was. */
  readonly onChanged: (row: KeptRow) => void;
  readonly onStored: (rows: readonly KeptRow[]) => void;
}

export class Collector {
  readonly tables = new TableStore();
  readonly #settings: CollectorSettings;
  readonly #forms = new Map<UdilTableId, RowForm>();
  /** What each meter remembers, in the order it kept it; with it what the MDC wrote down about it. */
  readonly #memories = new Map<VendorMeter, Map<UdilTable, KeptRow[]>>();
  /** On their way. */
  #pending: KeptRow[] = [];

  constructor(settings: CollectorSettings) {
    this.#settings = settings;
  }

  form(table: UdilTableId): RowForm {
    const known = this.#forms.get(table);
    if (known !== undefined) return known;
    const { version, localTime, loadProfileEnergy } = this.#settings;
    const form = new RowForm(version, table, localTime, loadProfileEnergy);
    this.#forms.set(table, form);
    return form;
  }

  /** Takes what a meter keeps. */
  keep(meter: VendorMeter, table: KeptTable, values: UdilRow, capturedAt: number): KeptRow {
    const { habits } = this.#settings;
    const strange = table === "EVNT" && habits.isTurn("unknownEventCodes");
    const texts = this.form(table).texts(
      strange
        ? {
            ...values,
            event_code: strangeCodes[this.#settings.counters.lastNumber % strangeCodes.length],
            event_description: "",
          }
        : values,
    );
    const at = (values.meter_datetime ?? values.event_datetime) as number;
    const row: KeptRow = { number: ++this.#settings.counters.lastNumber, meter, table, at, capturedAt, texts };
    if (meter.isRead && !habits.isTurn("lostRows")) row.delivery = this.#delivery(row);
    this.#take(row);
    this.#settings.onChanged(row);
    return row;
  }

  /** Takes rows as they were when it ended, each to where it was. */
  restore(rows: readonly KeptRow[]): void {
    for (const row of rows.toSorted((one, other) => one.number - other.number)) this.#take(row);
    const stored = rows.filter(({ id }) => id !== undefined).sort((one, other) => one.id! - other.id!);
    for (const row of stored) {
      this.tables.add(row);
      this.noteContact(row.meter, row.storedAt!);
    }
  }

  /** All there are, with the meters or in the tables. */
  *rows(): Generator<KeptRow> {
    yield* this.tables.rows();
    for (const memory of this.#memories.values()) {
      for (const rows of memory.values()) for (const row of rows) if (row.storedAt === undefined) yield row;
    }
  }

  /** Moves into the tables what has come until now. */
  collect(now: number): void {
    const { openedAt, habits, onChanged } = this.#settings;
    if (now < openedAt) return;
    const due = this.#pending.filter(({ delivery }) => delivery!.at <= now);
    if (due.length === 0) return;
    this.#pending = this.#pending.filter(({ delivery }) => delivery!.at > now);
    due.sort((one, other) => one.delivery!.at - other.delivery!.at);
    const rows: KeptRow[] = [];
    for (const row of due) {
      const { at, stamp } = row.delivery!;
      row.delivery = undefined;
      onChanged(row);
      // An inactive meter is not read: what was on its way stays with the meter.
      if (!row.meter.isRead) continue;
      const came = Math.max(at, openedAt);
      this.#store(row, came, habits.current.duplicateStamps ? now : stamp === at ? came : stamp);
      rows.push(row);
    }
    if (rows.length === 0) return;
    this.#settings.onStored([...rows, ...this.#historyOf(rows)]);
  }

  /** Rows out of a meter's memory by its clock; what the MDC did not have yet, it has from now on. */
  readMeter(
    meter: VendorMeter,
    table: KeptTable,
    from: number | undefined,
    to: number | undefined,
    now: number,
  ): KeptRow[] {
    const rows = (this.#memories.get(meter)?.get(table) ?? []).filter(
      ({ at }) => at >= (from ?? Number.NEGATIVE_INFINITY) && at <= (to ?? Number.POSITIVE_INFINITY),
    );
    const found = rows.filter(({ storedAt }) => storedAt === undefined);
    const missing = new Set(found);
    this.#pending = this.#pending.filter((row) => !missing.has(row));
    for (const row of found) {
      row.delivery = undefined;
      this.#store(row, now, now);
    }
    if (found.length > 0) this.#settings.onStored([...found, ...this.#historyOf(found)]);
    return rows;
  }

  /** When a meter and the MDC last spoke, by the MDC's clock. */
  lastContact(meter: VendorMeter): number {
    return meter.state.contactAt ?? meter.at;
  }

  noteContact(meter: VendorMeter, at: number): void {
    meter.state.contactAt = Math.max(at, meter.state.contactAt ?? at);
  }

  /** Forgets what is older than anybody keeps. */
  forget(now: number): void {
    const oldest = now - this.#settings.keptDays * 86_400_000;
    this.tables.forgetBefore(oldest);
    for (const memory of this.#memories.values()) {
      for (const rows of memory.values()) {
        const first = rows.findIndex(({ capturedAt }) => capturedAt >= oldest);
        rows.splice(0, first < 0 ? rows.length : first);
      }
    }
  }

  /** DEVICE_COMMUNICATION_HISTORY of v3: a row for each contact that brought rows. */
  #historyOf(rows: readonly KeptRow[]): KeptRow[] {
    const form = this.form("DCH");
    if (form.names.length === 0) return [];
    const contacts = Map.groupBy(rows, ({ meter, storedAt }) => `${meter.msn} ${storedAt}`);
    return [...contacts.values()].map((brought) => {
      const { meter, storedAt, capturedAt } = brought[0]!;
      const seconds = 2 + (meter.plan.seed % 9);
      const values: UdilRow = {
        msn: meter.msn,
        global_device_id: meter.globalDeviceId,
        meter_datetime: meter.clockAt(storedAt!),
        communication_status: 1,
        message_log: `${brought.length} rows`,
        bytes_sent: 180 + 60 * brought.length,
        bytes_received: 90 + brought.reduce((sum, { texts }) => sum + texts.length * 4, 0),
        bytes_remaining: 0,
        sim_id: meter.parameters.sim?.id,
        connection_duration: seconds,
      };
      const number = ++this.#settings.counters.lastNumber;
      const at = meter.clockAt(storedAt!);
      const row: KeptRow = { number, meter, table: "DCH", at, capturedAt, texts: form.texts(values) };
      this.#take(row);
      this.#store(row, storedAt!, storedAt!);
      return row;
    });
  }

  /** Into its meter's memory, and onto its way. */
  #take(row: KeptRow): void {
    if (row.delivery !== undefined) this.#pending.push(row);
    const memory = this.#memories.get(row.meter) ?? new Map<UdilTable, KeptRow[]>();
    this.#memories.set(row.meter, memory);
    const rows = memory.get(row.table) ?? [];
    memory.set(row.table, rows);
    rows.push(row);
    const most = rowsOfDay * this.#settings.keptDays;
    // A tenth more, so that it is not done for every row.
    if (rows.length > most * 1.1) this.#drop(row.table, rows.splice(0, rows.length - most));
  }

  /** Rows of one table that neither meter nor MDC keep any longer. */
  #drop(table: UdilTable, rows: readonly KeptRow[]): void {
    const dropped = new Set(rows);
    this.#pending = this.#pending.filter((row) => !dropped.has(row));
    this.tables.drop(table, dropped);
  }

  #delivery(row: KeptRow): NonNullable<KeptRow["delivery"]> {
    const { habits, readDelay } = this.#settings;
    const seed = seedFor(row.meter.plan.seed, Math.floor(row.capturedAt / 1000));
    const soon = nextContact(row.meter, row.capturedAt) + Math.round(between(seed, 0, ...readDelay));
    const hours = 1 + 6 * unit(seed, 1);
    if (habits.isTurn("backdatedRows")) return { at: soon + Math.round(hours * 3_600_000), stamp: soon };
    const at = habits.isTurn("lateRows") ? soon + Math.round(hours * 3_600_000) : soon;
    return { at, stamp: at };
  }

  #store(row: KeptRow, at: number, stamp: number): void {
    const { localTime, habits } = this.#settings;
    const error = habits.current.mdcClockError ?? 0;
    row.storedAt = stamp + error;
    row.id = ++this.#settings.counters.lastId;
    const form = this.form(row.table);
    row.texts[form.column("mdc_read_datetime")] = localTime.text(at + error);
    row.texts[form.column("db_datetime")] = localTime.text(row.storedAt);
    if (form.column("id") >= 0) {
      row.texts[form.column("id")] = String(row.id);
      row.texts[form.column("is_synced")] = "0";
    }
    this.noteContact(row.meter, at + error);
    this.tables.add(row);
    this.#settings.onChanged(row);
  }
}

/** Of one table and meter, on average: one for every five minutes. A meter that keeps more has the newest. */
const rowsOfDay = 288;
/** Not in any list: of makers' own ranges. */
const strangeCodes = [999, 4711, 65_535];
