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
  /** Of the last row; goes on where it stood. */
  readonly ids: { last: number };
  readonly onStored: (rows: readonly KeptRow[]) => void;
}

export class Collector {
  readonly tables = new TableStore();
  readonly #settings: CollectorSettings;
  readonly #forms = new Map<UdilTableId, RowForm>();
  /** What each meter remembers, in the order it kept it. */
  readonly #memories = new Map<VendorMeter, Map<UdilTable, KeptRow[]>>();
  #pending: Delivery[] = [];
  readonly #lastContact = new Map<VendorMeter, number>();
  #kept = 0;

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
        ? { ...values, event_code: strangeCodes[this.#kept % strangeCodes.length], event_description: "" }
        : values,
    );
    const at = (values.meter_datetime ?? values.event_datetime) as number;
    const row: KeptRow = { meter, table, at, capturedAt, texts };
    this.#remember(row);
    if (meter.isRead && !habits.isTurn("lostRows")) this.#pending.push(this.#delivery(row));
    this.#kept++;
    return row;
  }

  /** Moves into the tables what has come until now. */
  collect(now: number): void {
    const due = this.#pending.filter(({ at, row }) => at <= now && row.meter.isRead);
    this.#pending = this.#pending.filter(({ at }) => at > now);
    if (due.length === 0) return;
    due.sort((one, other) => one.at - other.at);
    const batch = this.#settings.habits.current.duplicateStamps ? now : undefined;
    for (const { row, at, stamp } of due) this.#store(row, at, batch ?? stamp);
    const rows = due.map(({ row }) => row);
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
    this.#pending = this.#pending.filter(({ row }) => !missing.has(row));
    for (const row of found) this.#store(row, now, now);
    if (found.length > 0) this.#settings.onStored([...found, ...this.#historyOf(found)]);
    return rows;
  }

  /** When a meter and the MDC last spoke. */
  lastContact(meter: VendorMeter): number {
    return this.#lastContact.get(meter) ?? meter.at;
  }

  noteContact(meter: VendorMeter, at: number): void {
    this.#lastContact.set(meter, Math.max(at, this.#lastContact.get(meter) ?? at));
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
      const row: KeptRow = { meter, table: "DCH", at: meter.clockAt(storedAt!), capturedAt, texts: form.texts(values) };
      this.#store(row, storedAt!, storedAt!);
      return row;
    });
  }

  #remember(row: KeptRow): void {
    const memory = this.#memories.get(row.meter) ?? new Map<UdilTable, KeptRow[]>();
    this.#memories.set(row.meter, memory);
    const rows = memory.get(row.table);
    if (rows === undefined) memory.set(row.table, [row]);
    else rows.push(row);
  }

  #delivery(row: KeptRow): Delivery {
    const { habits, readDelay } = this.#settings;
    const seed = seedFor(row.meter.plan.seed, Math.floor(row.capturedAt / 1000));
    const soon = nextContact(row.meter, row.capturedAt) + Math.round(between(seed, 0, ...readDelay));
    const hours = 1 + 6 * unit(seed, 1);
    if (habits.isTurn("backdatedRows")) return { row, at: soon + Math.round(hours * 3_600_000), stamp: soon };
    const at = habits.isTurn("lateRows") ? soon + Math.round(hours * 3_600_000) : soon;
    return { row, at, stamp: at };
  }

  #store(row: KeptRow, at: number, stamp: number): void {
    const { localTime, habits } = this.#settings;
    const error = habits.current.mdcClockError ?? 0;
    row.storedAt = stamp + error;
    row.id = ++this.#settings.ids.last;
    const form = this.form(row.table);
    row.texts[form.column("mdc_read_datetime")] = localTime.text(at + error);
    row.texts[form.column("db_datetime")] = localTime.text(row.storedAt);
    if (form.column("id") >= 0) {
      row.texts[form.column("id")] = String(row.id);
      row.texts[form.column("is_synced")] = "0";
    }
    this.noteContact(row.meter, at);
    this.tables.add(row);
  }
}

interface Delivery {
  readonly row: KeptRow;
  /** When the MDC has it, and what db_datetime says. */
  readonly at: number;
  readonly stamp: number;
}

/** Not in any list: of makers' own ranges. */
const strangeCodes = [999, 4711, 65_535];
