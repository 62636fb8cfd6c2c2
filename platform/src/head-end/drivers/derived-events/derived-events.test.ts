import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ProfileRow, StoredProfileRow } from "../../../readings/profile-rows/profile-row.ts";
import type { ContactedDevice } from "../driver.ts";
import { eventRow } from "../event-crosswalk.ts";
import { eventOfCommand } from "./command-events.ts";
import { DerivedEvents, type StoredRows } from "./derived-events.ts";
import { tellResets } from "./resets.ts";

const device = { id: "d", organizationNumber: 1, number: 2, globalDeviceId: "m1" } as ContactedDevice;
const owner = { organizationNumber: 1, deviceNumber: 2 };
const at = Date.UTC(2026, 6, 1, 10);
const second = 1000;
const hour = 3_600_000;

/** The table of rows, by its key. */
class Table implements StoredRows {
  readonly #rows = new Map<string, ProfileRow>();

  async write(rows: readonly ProfileRow[]): Promise<void> {
    for (const row of rows) this.#rows.set(`${row.table} ${row.at} ${row.fields.event_code ?? ""}`, row);
  }

  async rows({ table, from = 0, to = Number.POSITIVE_INFINITY }: Parameters<StoredRows["rows"]>[0]) {
    return this.all(table)
      .filter((row) => row.at >= from && row.at <= to)
      .map(
        (row): StoredProfileRow => ({
          ...{ deviceNumber: 2, source: 0, id: 0 },
          fields: { ...row.fields, event_datetime: row.at, mdc_read_datetime: row.readAt },
        }),
      );
  }

  all(table: string): readonly ProfileRow[] {
    return [...this.#rows.values()].filter((row) => row.table === table).sort((one, other) => one.at - other.at);
  }

  /** Codes and seconds after `at`. */
  get events(): readonly (readonly [number, number])[] {
    return this.all("EVNT").map((row) => [Number(row.fields.event_code), (row.at - at) / second]);
  }
}

function scene() {
  const table = new Table();
  return { table, derived: new DerivedEvents(table, table) };
}

const logged = (code: number, when: number, readAt = at + 24 * hour) => eventRow({ ...owner, at: when, readAt }, code);

describe("events that the head-end tells", () => {
  test("are one row with what the meter's log tells of them later, however often the log is read", async () => {
    const { table, derived } = scene();
    await derived.tell(device, [{ code: 203, at: at + 400 }]);
    await derived.tell(device, [{ code: 202, at: at + 90 * second }]);
    const log = [
      logged(203, at - 2 * second),
      logged(202, at + 89 * second),
      logged(111, at + second),
      logged(203, at + hour),
    ];
    for (const _ of [1, 2]) await table.write(await derived.settled(device, log));
    assert.deepEqual(table.events, [
      [203, 0],
      [111, 1],
      [202, 90],
      [203, 3600],
    ]);
    assert.match(String(table.all("EVNT")[0]!.fields.event_description), /Contactor OFF \(told by the head-end\)/);
  });

  test("are not told where the meter told of them first, and are where it told of an earlier one", async () => {
    const { table, derived } = scene();
    await table.write([logged(203, at - second, at + second)]);
    await derived.tell(device, [{ code: 203, at: at + 3 * second }], at);
    assert.deepEqual(table.events, [[203, -1]]);
    await derived.tell(device, [{ code: 203, at: at + 50 * second }], at + 40 * second);
    assert.deepEqual(table.events, [
      [203, -1],
      [203, 50],
    ]);
  });

  test("are found in a log of intervals, whose rows are of the interval's end", async () => {
    const { table, derived } = scene();
    await derived.tell(device, [{ code: 201, at: at + 5 * 60 * second }]);
    const end = logged(201, at + 15 * 60 * second);
    assert.equal((await derived.settled(device, [end], 15 * 60 * second))[0]!.at, at + 5 * 60 * second);
    assert.equal((await derived.settled(device, [end]))[0]!.at, end.at);
    assert.equal(table.events.length, 1);
  });

  test("of a relay that somebody else switched are told unless the meter's log tells of its relay", async () => {
    const { table, derived } = scene();
    await derived.tellSeenRelay(device, { code: 203, at });
    assert.deepEqual(table.events, [], "nothing is known of it");
    await derived.tell(device, [{ code: 203, at }]);
    await derived.tellSeenRelay(device, { code: 203, at: at + hour });
    await derived.tellSeenRelay(device, { code: 202, at: at + 2 * hour });
    assert.deepEqual(table.events, [
      [203, 0],
      [202, 7200],
    ]);
    await table.write([logged(203, at + 3 * hour)]);
    await derived.tellSeenRelay(device, { code: 202, at: at + 4 * hour });
    assert.equal(table.events.length, 3);
  });

  test("of a meter that UDIL's clients do not know are none", async () => {
    const { table, derived } = scene();
    await derived.tell({ ...device, globalDeviceId: null }, [{ code: 203, at }]);
    assert.deepEqual(table.events, []);
  });
});

test("a counter of resets that has risen since the row before is a reset, told once", async () => {
  const { table, derived } = scene();
  const day = 24 * hour;
  const row = (days: number, reset_count: number, fields = {}): ProfileRow => ({
    ...{ ...owner, table: "MBIL", at: at + days * day, readAt: at + 90 * day, source: 0 },
    fields: { reset_count, ...fields },
  });
  const first = [row(0, 4), row(30, 5, { mdi_reset_datetime: at + 29 * day })];
  const next = [row(60, 5), row(61, 6)];
  for (const rows of [first, next, next, first]) {
    await table.write(rows);
    await tellResets(derived, device, rows);
  }
  const days = table.events.map(([code, seconds]) => [code, seconds / 86_400]);
  assert.deepEqual(days, [
    [101, 29],
    [101, 61],
  ]);
});

test("commands that set something make the event of what they set, with what was programmed", () => {
  assert.deepEqual(eventOfCommand("sanctioned_load_control", { load_limit: 20.5 }), {
    code: 303,
    detail: '{"load_limit":20.5}',
  });
  assert.deepEqual(eventOfCommand("meter_data_sampling", { data_type: "LPRO" }), { code: 331, detail: "LPRO" });
  assert.deepEqual(
    ["SANC", "LSCH", "TIOU"].map((type) => eventOfCommand("parameterization_cancellation", { type })?.code),
    [324, 325, 326],
  );
  assert.equal(eventOfCommand("on_demand_read", { type: "INST" }), undefined);
});
