/** What rows tell of the newest state of their meters. */
import type { UdilRow } from "@anymeter/udil";
import { type VisualUpdate, visualFields } from "./meter-visuals.ts";
import type { ProfileRow } from "./profile-row.ts";

/** A row of a time further ahead of us has a wrong clock: its values would stay the newest until then. */
const credibleAhead = 86_400_000;

/** Of each meter and kind of row the newest is enough. */
export class NewestRows {
  /** By table, channel or event code, organization and device. */
  readonly #newest: Map<ProfileRow["table"], Map<number, Map<number, Map<number, ProfileRow>>>> = new Map();
  readonly #now: number;

  /** @param now milliseconds since 1970: a vendor's head-end may have read a meter by a clock as wrong as the meter's */
  constructor(now: number) {
    this.#now = now;
  }

  add(rows: readonly ProfileRow[]): void {
    const latest = this.#now + credibleAhead;
    for (const row of rows) {
      if (Math.max(row.at, row.readAt) > latest || row.at > row.readAt + credibleAhead) continue;
      const kind = row.table === "EVNT" ? Number(row.fields.event_code) : (row.channel ?? 0);
      const byDevice = within(within(within(this.#newest, row.table), kind), row.organizationNumber);
      const known = byDevice.get(row.deviceNumber);
      if (!known || row.at >= known.at) byDevice.set(row.deviceNumber, row);
    }
  }

  visuals(): VisualUpdate[] {
    const rows = [...this.#newest.values()].flatMap((byKind) =>
      [...byKind.values()].flatMap((byOrganization) =>
        [...byOrganization.values()].flatMap((some) => [...some.values()]),
      ),
    );
    return rows.flatMap((row) => {
      if (row.table === "DCH") return ofContact(row);
      const read = { mdc_read_datetime: row.readAt, last_communication_datetime: row.readAt };
      return [
        { ...ownerOf(row), at: row.at, fields: row.table === "EVNT" ? ofEvent(row) : ofValues(row) },
        { ...ownerOf(row), at: row.readAt, fields: read },
      ];
    });
  }
}

function within<Key, InnerKey, Value>(map: Map<Key, Map<InnerKey, Value>>, key: Key): Map<InnerKey, Value> {
  const known = map.get(key);
  if (known) return known;
  const inner = new Map<InnerKey, Value>();
  map.set(key, inner);
  return inner;
}

function ownerOf({ organizationNumber, deviceNumber }: ProfileRow) {
  return { organizationNumber, deviceNumber };
}

/** A meter that did not answer was not communicated with. */
function ofContact(row: ProfileRow): VisualUpdate[] {
  const { communication_status, meter_datetime } = row.fields;
  if (communication_status !== 1) return [];
  return [{ ...ownerOf(row), at: row.at, fields: { meter_datetime, last_communication_datetime: row.at } }];
}

function ofValues({ table, fields, at }: ProfileRow): UdilRow {
  const found: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === "" || notValues.has(name)) continue;
    const visual = otherNames[name] ?? name;
    if (visualFields.has(visual)) {
      found[visual] = value;
      if (visualFields.has(`${visual}_datetime`)) found[`${visual}_datetime`] = at;
    }
  }
  // A row of a profile is of the end of an interval; only a value of the moment tells the meter's clock.
  if (table === "INST") found.meter_datetime = at;
  return found;
}

/** Columns that METER_VISUALS has another name for than rows have. */
const otherNames: Readonly<Record<string, string>> = {
  active_energy_abs_tl: "aggregate_active_energy_abs_tl",
  reactive_energy_abs_tl: "aggregate_reactive_energy_abs_tl",
  signal_strength: "last_signal_strength",
};

/** Of the row itself, or told by us. */
const notValues: ReadonlySet<string> = new Set(["meter_datetime", "mdc_read_datetime", "mdi_reset_date"]);

/** By UDIL's codes (section 3.1.5 and v3's list): contactor on and off, power fail start and end. */
function ofEvent({ fields, at }: ProfileRow): UdilRow {
  switch (Number(fields.event_code)) {
    case 202:
      return { last_contactor_on_datetime: at, auxr_status: 1, auxr_datetime: at };
    case 203:
      return { last_contactor_off_datetime: at, auxr_status: 0, auxr_datetime: at };
    case 111:
      return { power_status: 0, power_status_datetime: at };
    case 112:
      return { power_status: 1, power_status_datetime: at };
    default:
      return {};
  }
}
