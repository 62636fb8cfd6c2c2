import assert from "node:assert/strict";
import { test } from "node:test";
import type { UdilRow } from "@anymeter/udil";
import { day, eventCodes, hour, makeMeter, monday } from "../testing/meters.ts";
import { obey, refusal } from "./obey.ts";
import type { Order } from "./orders.ts";
import type { VendorMeter } from "./vendor-meter.ts";

test("a load profile has cumulative registers whose tariffs make up the total, and power that makes up the energy", () => {
  const kept = makeMeter(1);
  kept.meter.advance(monday + day);
  const rows = kept.since("LPRO");
  assert.equal(rows.length, 48);
  for (const [index, row] of rows.entries()) {
    const sum = ["t1", "t2", "t3", "t4"].reduce(
      (total, tariff) => total + watts(row, `active_energy_pos_${tariff}`),
      0,
    );
    assert.equal(watts(row, "active_energy_pos_tl"), sum);
    if (index === 0) continue;
    const used = watts(row, "active_energy_pos_tl") - watts(rows[index - 1]!, "active_energy_pos_tl");
    assert.ok(used >= 0);
    const demand = watts(row, "active_mdi_pos_tl");
    assert.ok(demand >= used * 2 - 1, `a demand of ${demand} W is below the mean of half an hour, ${used * 2} W`);
  }
  for (const phase of ["a", "b", "c"]) {
    const [amperes, volts, factor] = ["current", "voltage", "pf"].map((name) =>
      Number(rows[9]![`${name}_phase_${phase}`]),
    );
    const power = watts(rows[9]!, `active_pwr_pos_phase_${phase}`) + watts(rows[9]!, `active_pwr_neg_phase_${phase}`);
    assert.ok(power > 0 && Math.abs(amperes! * volts! * factor! - power) < 0.01 * power + 1);
  }
});

test("a meter of one phase has nothing in the columns of the others", () => {
  const kept = makeMeter(0);
  kept.meter.advance(monday + hour);
  const [row] = kept.since("LPRO");
  assert.ok(Number(row!.voltage_phase_a) > 200);
  assert.equal(row!.voltage_phase_b, undefined);
  assert.equal(row!.current_phase_c, undefined);
});

test("with the relay open no energy is counted and no current flows; closing it begins anew", () => {
  const kept = makeMeter(1);
  const cutAt = monday + 6.2 * hour;
  order(kept.meter, cutAt, { name: "aux_relay_operations", parameters: { relay_operate: 0 } });
  const before = kept.meter.billing();
  kept.meter.advance(monday + 9 * hour);
  const dark = kept.since("LPRO", cutAt);
  assert.equal(dark.length, 6);
  for (const row of dark) {
    assert.equal(row.active_energy_pos_tl, before.active_energy_pos_tl);
    assert.equal(row.current_phase_a, "0.000");
    assert.equal(row.aggregate_active_pwr_pos, "0.000");
    assert.ok(Number(row.voltage_phase_a) > 200);
  }
  order(kept.meter, monday + 9.1 * hour, { name: "aux_relay_operations", parameters: { relay_operate: 1 } });
  kept.meter.advance(monday + 10 * hour);
  const [light] = kept.since("LPRO", monday + 9.4 * hour);
  assert.ok(watts(light!, "active_energy_pos_tl") > watts(before, "active_energy_pos_tl"));
  assert.ok(Number(light!.current_phase_a) > 0);
  assert.deepEqual(eventCodes(kept, cutAt), [203, 202]);
});

test("a meter behind current transformers has no relay to open", () => {
  const { meter } = makeMeter(4);
  assert.match(refusal(meter, { name: "aux_relay_operations", parameters: { relay_operate: 0 } })!, /has no relay/);
});

test("a load above the sanctioned one trips after its time, is tried again so often, and counted anew", () => {
  const kept = makeMeter(0);
  const { meter } = kept;
  const limit = {
    ...{ load_limit: 0.001, maximum_retries: 2, retry_interval: 60 },
    ...{ threshold_duration: 30, retry_clear_interval: 3_600 },
  };
  const setAt = monday + 4 * hour + 1_000;
  order(meter, setAt, { name: "sanctioned_load_control", parameters: limit });
  meter.advance(setAt + 29_000);
  assert.ok(meter.relay.closed);
  meter.advance(setAt + 31_000);
  assert.ok(!meter.relay.closed);
  meter.advance(setAt + 50 * 60_000);
  assert.deepEqual(eventCodes(kept, setAt + 1), [116, 203, 202, 116, 203, 202, 116, 203]);
  const clearedAt = setAt + 2 * 90_000 + 30_000 + 3_600_000;
  meter.advance(clearedAt - 1);
  assert.ok(!meter.relay.closed, "two tries are all");
  meter.advance(clearedAt + 45_000);
  assert.deepEqual(eventCodes(kept, clearedAt), [202, 116, 203]);
  order(meter, clearedAt + hour, { name: "parameterization_cancellation", parameters: { type: "SANC" } });
  order(meter, clearedAt + hour, { name: "aux_relay_operations", parameters: { relay_operate: 1 } });
  meter.advance(clearedAt + 4 * hour);
  assert.ok(meter.relay.closed);
});

test("a limit whose times are all zero is looked at by the second, and the day comes to its end", () => {
  const kept = makeMeter(0);
  const limit = { load_limit: 0.001, maximum_retries: 255, retry_interval: 0, threshold_duration: 0 };
  const parameters = { ...limit, retry_clear_interval: 0 };
  order(kept.meter, monday + hour, { name: "sanctioned_load_control", parameters });
  kept.meter.advance(monday + hour + 60_000);
  const acts = eventCodes(kept, monday + hour + 1).filter((code) => code === 202 || code === 203);
  assert.ok(acts.length > 30 && acts.length <= 61, `${acts.length} in a minute`);
});

test("a load shedding schedule switches every day between its dates, undoes an order, and gives back at its end", () => {
  const kept = makeMeter(1);
  const { meter } = kept;
  const local = (text: string) => new Date(`${text}+05:00`).toISOString();
  order(meter, monday + 60_000, {
    name: "load_shedding_scheduling",
    parameters: {
      start_datetime: local("2026-03-02T06:00:00"),
      end_datetime: local("2026-03-03T10:00:00"),
      load_shedding_slabs: [
        { action_time: "09:00:00", relay_operate: 0 },
        { action_time: "12:00:00", relay_operate: 1 },
      ],
    },
  });
  const at = (text: string) => Date.parse(local(text));
  meter.advance(at("2026-03-02T08:59:59"));
  assert.ok(meter.relay.closed);
  meter.advance(at("2026-03-02T10:00:00"));
  assert.ok(!meter.relay.closed);
  meter.advance(at("2026-03-02T12:00:00"));
  assert.ok(meter.relay.closed);
  order(meter, at("2026-03-02T13:00:00"), { name: "aux_relay_operations", parameters: { relay_operate: 0 } });
  meter.advance(at("2026-03-03T08:00:00"));
  assert.ok(!meter.relay.closed, "nothing happens between slabs");
  meter.advance(at("2026-03-03T09:30:00"));
  assert.ok(!meter.relay.closed);
  meter.advance(at("2026-03-03T10:00:00"));
  assert.ok(meter.relay.closed, "what was shed comes back at the end");
  assert.equal(meter.state.schedule, undefined);
  assert.equal(kept.since("LPRO", at("2026-03-02T09:10:00"))[0]!.current_phase_b, "0.000");
});

test("energy goes into the register of the tariff in force, from the calendar's activation on", () => {
  const kept = makeMeter(1);
  const { meter } = kept;
  const activation = new Date("2026-03-02T12:00:00+05:00");
  order(meter, monday + hour, {
    name: "update_time_of_use",
    parameters: {
      day_profile: [
        {
          name: "D",
          tariff_slabs: [
            { start: "00:00", tariff: 4 },
            { start: "14:00:00", tariff: 3 },
          ],
        },
      ],
      week_profile: [{ name: "W", weekly_day_profile: ["D", "D", "D", "D", "D", "D", "D"] }],
      season_profile: [{ name: "S", week_profile_name: "W", start_date: "01-01" }],
      activation_datetime: activation.toISOString(),
    },
  });
  meter.advance(+activation);
  assert.equal(meter.billing().active_energy_pos_t3, "0.000");
  const noon = meter.billing();
  meter.advance(+activation + 2 * hour);
  const two = meter.billing();
  assert.equal(two.active_energy_pos_t2, noon.active_energy_pos_t2);
  assert.ok(watts(two, "active_energy_pos_t4") > 0);
  assert.equal(two.active_energy_pos_t3, "0.000");
  meter.advance(+activation + 3 * hour);
  const three = meter.billing();
  assert.equal(three.active_energy_pos_t4, two.active_energy_pos_t4);
  assert.ok(watts(three, "active_energy_pos_t3") > 0);
});

test("sampling changes the interval from its activation on", () => {
  const kept = makeMeter(0);
  order(kept.meter, monday + hour + 1, {
    name: "meter_data_sampling",
    parameters: {
      activation_datetime: new Date(monday + 3 * hour).toISOString(),
      data_type: "LPRO",
      sampling_interval: 15,
      sampling_initial_time: 5,
    },
  });
  kept.meter.advance(monday + 4 * hour);
  const minutes = kept
    .since("LPRO", monday + 2 * hour + 1)
    .map(({ meter_datetime, interval }) => [((meter_datetime as number) - monday) / 60_000, interval]);
  assert.deepEqual(minutes, [
    ...[
      [150, 30],
      [180, 30],
    ],
    ...[
      [185, 15],
      [200, 15],
      [215, 15],
      [230, 15],
    ],
  ]);
});

test("a clock that is wrong stamps wrongly until it is set, and no time is kept twice", () => {
  const kept = makeMeter(0, { plan: { ...makeMeter(0).meter.plan, clockError: hour } });
  kept.meter.advance(monday + 2.1 * hour);
  assert.equal(kept.since("LPRO").at(-1)!.meter_datetime, monday + 3 * hour);
  order(kept.meter, monday + 2.1 * hour, { name: "time_synchronization", parameters: {} });
  kept.meter.advance(monday + 5 * hour);
  const times = kept.since("LPRO").map(({ meter_datetime }) => meter_datetime as number);
  assert.equal(new Set(times).size, times.length);
  assert.equal(times.at(-1), monday + 5 * hour);
  assert.deepEqual(eventCodes(kept, monday + 2 * hour), [201]);
});

test("at the billing reset the month is closed: demands add up and begin anew", () => {
  const kept = makeMeter(1);
  const { meter } = kept;
  order(meter, monday + hour, {
    name: "update_mdi_reset_date",
    parameters: { mdi_reset_date: 3, mdi_reset_time: "02:00:00" },
  });
  const resetAt = Date.parse("2026-03-03T02:00:00+05:00");
  meter.advance(resetAt - 1);
  const count = meter.registers.resetCount;
  const before = meter.billing();
  meter.advance(resetAt);
  const [month] = kept.since("MBIL", resetAt);
  assert.equal(month!.reset_count, count + 1);
  assert.equal(month!.mdi_reset_datetime, resetAt);
  assert.equal(month!.active_mdi_pos_tl, before.active_mdi_pos_tl);
  assert.ok(watts(month!, "active_mdi_pos_tl") > 0);
  const after = meter.billing();
  assert.equal(after.active_mdi_pos_tl, "0.000");
  const sum = (row: UdilRow) => watts(row, "cumulative_mdi_pos_t1") + watts(row, "cumulative_mdi_pos_t2");
  const closed = watts(before, "active_mdi_pos_t1") + watts(before, "active_mdi_pos_t2");
  assert.equal(sum(after), sum(before) + closed);
  assert.ok(eventCodes(kept, resetAt).includes(101));
});

test("three months were closed before its history, with registers that grow up to it", () => {
  const kept = makeMeter(1);
  kept.meter.advance(monday + hour);
  const months = kept.rows.filter(({ table }) => table === "MBIL").map(({ values }) => values);
  assert.equal(months.length, 3);
  const energies = [...months, kept.meter.billing()].map((row) => watts(row, "active_energy_pos_t1"));
  assert.deepEqual(
    energies,
    energies.toSorted((one, other) => one - other),
  );
  const counts = months.map(({ reset_count }) => reset_count as number);
  assert.deepEqual(counts, [counts[0], counts[0]! + 1, counts[0]! + 2]);
});

test("a clock ten years behind closes its months by its own calendar, with registers of today", () => {
  const { plan } = makeMeter(1).meter;
  const right = makeMeter(1);
  const behind = makeMeter(1, { plan: { ...plan, clockError: -3_700 * day } });
  behind.meter.advance(monday + hour);
  const months = behind.rows.filter(({ table }) => table === "MBIL");
  assert.equal(months.length, 3);
  for (const { values, capturedAt } of months) {
    assert.ok(capturedAt > monday - 130 * day && capturedAt < monday);
    assert.equal(values.meter_datetime, capturedAt - 3_700 * day);
    assert.ok(watts(values, "active_energy_pos_tl") < watts(right.meter.billing(), "active_energy_pos_tl"));
  }
});

test("a meter that remembers goes on where it stood", () => {
  const first = makeMeter(1);
  order(first.meter, monday + 3.3 * hour, { name: "aux_relay_operations", parameters: { relay_operate: 0 } });
  const remembered = JSON.parse(JSON.stringify(first.meter.state));
  const second = makeMeter(1, { remembered, startsAt: monday + 3.4 * hour });
  first.meter.advance(monday + 5 * hour);
  second.meter.advance(monday + 5 * hour);
  assert.deepEqual(second.meter.billing(), first.meter.billing());
  assert.deepEqual(second.since("LPRO", monday + 3.4 * hour), first.since("LPRO", monday + 3.4 * hour));
  assert.equal(second.since("MBIL", 0).length, 0);
});

test("an outage of the feeder leaves no rows and two events", () => {
  const kept = makeMeter(0);
  const [outage] = kept.meter.load.outages(monday, monday + 120 * day);
  assert.ok(outage, "seed 7 has an outage within four months");
  kept.meter.state.at = outage.from - hour;
  kept.meter.advance(outage.from - 1);
  kept.meter.advance(outage.to + 1);
  assert.deepEqual(
    eventCodes(kept, outage.from).filter((code) => code < 113),
    [111, 112],
  );
  const inside = kept.rows.filter(
    ({ table, capturedAt }) => table === "LPRO" && capturedAt > outage.from && capturedAt < outage.to,
  );
  assert.deepEqual(inside, []);
});

function order(meter: VendorMeter, at: number, what: Order): void {
  meter.advance(at);
  assert.equal(refusal(meter, what), undefined);
  obey(meter, what, at);
}

/** Thousandths of a column: Wh, varh, W. */
function watts(row: UdilRow, column: string): number {
  return Math.round(Number(row[column]) * 1000);
}
