import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { array, type ScheduleEntry, scheduleValues } from "@anymeter/dlms-cosem";
import { at, entryAt, scripts } from "./testing/example-values.ts";
import { carry, ObjectMeter } from "./testing/object-meter.ts";

const schedule = "10 0.0.12.0.0.255";

describe("load shedding", () => {
  const parameters = {
    start_datetime: "2026-11-21T16:00:00",
    end_datetime: "2026-11-30T19:00:00",
    load_shedding_slabs: [
      { action_time: "18:00", relay_operate: 0 as const },
      { action_time: "20:30:15", relay_operate: 1 as const },
      { action_time: "06:00", relay_operate: 0 as const },
    ],
  };
  function scheduleMeter(entries: readonly ScheduleEntry[]): ObjectMeter {
    const meter = new ObjectMeter({ [`${schedule} 2`]: scheduleValues.entries.toData(entries) });
    const shown = () => scheduleValues.entries.fromData(meter.values.get(`${schedule} 2`)!);
    const show = (all: readonly ScheduleEntry[]) =>
      meter.values.set(`${schedule} 2`, scheduleValues.entries.toData(all));
    meter.methods.set(`${schedule} 2`, (data) => {
      const entry = scheduleValues.insert.fromData(data);
      show([...shown().filter(({ index }) => index !== entry.index), entry]);
    });
    meter.methods.set(`${schedule} 3`, (data) => {
      const { firstIndex, lastIndex } = scheduleValues.delete.fromData(data);
      show(shown().filter(({ index }) => index < firstIndex || index > lastIndex));
    });
    return meter;
  }
  const entriesOf = (meter: ObjectMeter) => scheduleValues.entries.fromData(meter.values.get(`${schedule} 2`)!);

  test("takes the place of what was scheduled, leaves other entries, and begins and ends at its times", async () => {
    const other = { ...entryAt(1, 7), index: 1, scriptLogicalName: "0.0.10.0.100.255" };
    const meter = scheduleMeter([other, { ...entryAt(12, 1), index: 2 }, { ...entryAt(13, 2), index: 3 }]);
    const { outcome, failure } = await carry(meter, "load_shedding_scheduling", parameters, { at });
    assert.equal(failure, undefined);
    assert.deepEqual(meter.changes, [
      `invoke ${schedule} 3`,
      ...[2, 2, 2].map((method) => `invoke ${schedule} ${method}`),
    ]);
    const [kept, evening, night, morning] = entriesOf(meter);
    assert.deepEqual(kept, other);
    assert.deepEqual(
      [evening, night, morning].map((entry) => [
        entry!.index,
        `${entry!.switchTime.hour}:${entry!.switchTime.minute}:${entry!.switchTime.second}`,
        entry!.scriptSelector,
        `${entry!.beginDate.day} to ${entry!.endDate.day}`,
      ]),
      [
        [2, "18:0:0", 1, "21 to 30"],
        [3, "20:30:15", 2, "21 to 29"],
        [4, "6:0:0", 1, "22 to 30"],
      ],
    );
    assert.match(outcome?.notes?.[0] ?? "", /stays off afterwards/);
  });

  test("of a maker whose script empties the schedule runs that, by the scripts of its own table", async () => {
    const meter = scheduleMeter([entryAt(12, 1)]);
    const table = "9 0.0.10.0.0.255";
    meter.values.set(`${table} 2`, scripts({ 21: 1, 22: 2 }));
    meter.methods.set(`${table} 1`, (parameter) => {
      assert.equal(parameter.value, 11);
      meter.values.set(`${schedule} 2`, array());
    });
    const { failure } = await carry(meter, "load_shedding_scheduling", parameters, { at, profile: "tpi-34g" });
    assert.equal(failure, undefined, failure?.detail);
    assert.deepEqual(
      entriesOf(meter).map(({ index, scriptLogicalName, scriptSelector }) => [
        index,
        scriptLogicalName,
        scriptSelector,
      ]),
      [
        [1, "0.0.10.0.0.255", 21],
        [2, "0.0.10.0.0.255", 22],
        [3, "0.0.10.0.0.255", 21],
      ],
    );
  });

  test("of one day is let in on two dates and left out by the weekday, where a maker wants the dates to differ", async () => {
    const meter = scheduleMeter([]);
    const table = "9 0.0.10.0.0.255";
    meter.values.set(`${table} 2`, scripts({ 21: 1, 22: 2 }));
    meter.methods.set(`${table} 1`, () => void meter.values.set(`${schedule} 2`, array()));
    const night = {
      ...{ start_datetime: "2026-11-21T22:00:00", end_datetime: "2026-11-22T06:00:00" },
      load_shedding_slabs: [
        { action_time: "05:00", relay_operate: 1 as const },
        { action_time: "23:00", relay_operate: 0 as const },
      ],
    };
    const { failure } = await carry(meter, "load_shedding_scheduling", night, { at, profile: "tpi-34g" });
    assert.equal(failure, undefined, failure?.detail);
    assert.deepEqual(
      entriesOf(meter).map(({ switchTime, beginDate, endDate, execWeekdays }) => [
        ...[switchTime.hour, beginDate.day, endDate.day, execWeekdays],
      ]),
      [
        [5, 22, 23, "0000001"],
        [23, 21, 22, "0000010"],
      ],
      "Saturday the 21st and Sunday the 22nd",
    );
    const plain = scheduleMeter([]);
    await carry(plain, "load_shedding_scheduling", night, { at });
    assert.deepEqual(
      entriesOf(plain).map(({ beginDate, endDate, execWeekdays }) => [beginDate.day, endDate.day, execWeekdays]),
      [
        [22, 22, "1111111"],
        [21, 21, "1111111"],
      ],
    );
  });

  test("that never comes is refused, and one the meter does not take is not verified", async () => {
    const meter = scheduleMeter([]);
    const short = { ...parameters, end_datetime: "2026-11-21T17:00:00" };
    const never = await carry(meter, "load_shedding_scheduling", short, { at });
    assert.deepEqual([never.failure?.code, meter.changes], ["command_refused", []]);
    meter.methods.set(`${schedule} 2`, () => {});
    const { failure } = await carry(meter, "load_shedding_scheduling", parameters, { at });
    assert.equal(failure?.code, "command_not_verified");
    assert.match(failure?.detail ?? "", /does not show 18:00:00 off/);
  });

  test("sent before and there is not sent again", async () => {
    const meter = scheduleMeter([]);
    await carry(meter, "load_shedding_scheduling", parameters, { at });
    const changes = meter.changes.length;
    await carry(meter, "load_shedding_scheduling", parameters, { at, sentBefore: true });
    assert.equal(meter.changes.length, changes);
  });
});
