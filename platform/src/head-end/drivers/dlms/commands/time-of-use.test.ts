import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  activityCalendarValues,
  array,
  dateTimeFromData,
  dateTimeToData,
  describeDateTime,
  octetString,
  specialDaysTableValues,
} from "@anymeter/dlms-cosem";
import { at, scripts } from "./testing/example-values.ts";
import { carry, ObjectMeter } from "./testing/object-meter.ts";

const calendar = "20 0.0.13.0.0.255";
const holidays = "11 0.0.11.0.0.255";

describe("times of use", () => {
  const parameters = {
    day_profile: [
      {
        name: "work",
        tariff_slabs: [
          { start: "17:00", tariff: 1 },
          { start: "21:00", tariff: 2 },
        ],
      },
      { name: "rest", tariff_slabs: [{ start: "00:00", tariff: 2 }] },
    ],
    week_profile: [{ name: "w1", weekly_day_profile: ["work", "work", "work", "work", "work", "rest", "rest"] }],
    season_profile: [{ name: "all", week_profile_name: "w1", start_date: "01-01" }],
    holiday_profile: [{ name: "independence", date: "14-08", day_profile_name: "rest" }],
    activation_datetime: "2027-01-01T00:00:00",
  };
  function calendarMeter(): ObjectMeter {
    const never = dateTimeToData({});
    const meter = new ObjectMeter({
      ...Object.fromEntries([2, 6].map((attribute) => [`${calendar} ${attribute}`, octetString(Buffer.from("old"))])),
      ...Object.fromEntries([3, 4, 5, 7, 8, 9].map((attribute) => [`${calendar} ${attribute}`, array()])),
      [`${calendar} 10`]: never,
      [`${holidays} 2`]: specialDaysTableValues.entries.toData([
        { index: 3, specialdayDate: { month: 3, day: 23 }, dayId: 9 },
      ]),
    });
    meter.methods.set(`${calendar} 1`, () => {
      for (const attribute of [2, 3, 4, 5]) {
        meter.values.set(`${calendar} ${attribute}`, meter.values.get(`${calendar} ${attribute + 4}`)!);
      }
    });
    const shown = () => specialDaysTableValues.entries.fromData(meter.values.get(`${holidays} 2`)!);
    meter.methods.set(`${holidays} 1`, (day) => {
      const all = [...shown(), specialDaysTableValues.insert.fromData(day)];
      meter.values.set(`${holidays} 2`, specialDaysTableValues.entries.toData(all));
    });
    meter.methods.set(`${holidays} 2`, (gone) => {
      const all = shown().filter(({ index }) => index !== gone.value);
      meter.values.set(`${holidays} 2`, specialDaysTableValues.entries.toData(all));
    });
    return meter;
  }

  test("are written beside the calendar in force, which they replace at their time", async () => {
    const meter = calendarMeter();
    const { outcome, failure } = await carry(meter, "update_time_of_use", parameters, { at });
    assert.equal(failure, undefined, failure?.message);
    const days = activityCalendarValues.dayProfileTable.fromData(meter.values.get(`${calendar} 9`)!);
    assert.deepEqual(
      days.map(({ dayId, daySchedule }) => [
        dayId,
        daySchedule.map(({ startTime, scriptSelector }) => `${startTime.hour} ${scriptSelector}`),
      ]),
      [
        [1, ["17 1", "21 2"]],
        [2, ["0 2"]],
      ],
    );
    const [week] = activityCalendarValues.weekProfileTable.fromData(meter.values.get(`${calendar} 8`)!);
    assert.deepEqual([week?.weekProfileName, week?.monday, week?.sunday], ["w1", 1, 2]);
    const activation = dateTimeFromData(meter.values.get(`${calendar} 10`)!);
    assert.match(describeDateTime(activation), /^2027-01-01 00:00:00$/);
    assert.deepEqual(specialDaysTableValues.entries.fromData(meter.values.get(`${holidays} 2`)!), [
      { index: 1, specialdayDate: { month: 8, day: 14 }, dayId: 2 },
    ]);
    assert.equal((outcome!.result as { in_force: boolean }).in_force, false);
    assert.deepEqual(meter.values.get(`${calendar} 2`), octetString(Buffer.from("old")));
  });

  test("that are due are put in force at once", async () => {
    const meter = calendarMeter();
    const due = { ...parameters, activation_datetime: "2026-11-21T15:00:00" };
    const { outcome, failure } = await carry(meter, "update_time_of_use", due, { at });
    assert.equal(failure, undefined, failure?.message);
    assert.equal((outcome!.result as { in_force: boolean }).in_force, true);
    assert.equal(meter.changes.at(-1), `invoke ${calendar} 1`);
  });

  test("say when a holiday comes before the calendar does", async () => {
    const soon = { ...parameters, holiday_profile: [{ ...parameters.holiday_profile[0]!, date: "25-12" }] };
    const { outcome } = await carry(calendarMeter(), "update_time_of_use", soon, { at });
    assert.match(outcome?.notes?.[0] ?? "", /on 25-12 the calendar in force/);
  });

  test("that wait for their time are not put in force half overwritten", async () => {
    const meter = calendarMeter();
    meter.values.set(`${calendar} 10`, dateTimeToData({ year: 2026, month: 12, day: 1, hour: 0, minute: 0 }));
    meter.breaksAt = `${calendar} 8=`;
    const { failure } = await carry(meter, "update_time_of_use", parameters, { at });
    assert.equal(failure?.code, "connection_closed");
    assert.deepEqual(dateTimeFromData(meter.values.get(`${calendar} 10`)!).year, undefined);
    const stubborn = calendarMeter();
    stubborn.values.set(`${calendar} 10`, dateTimeToData({ year: 2026, month: 12, day: 1, hour: 0, minute: 0 }));
    stubborn.refuseOnce(`${calendar} 10`, 250);
    assert.equal((await carry(stubborn, "update_time_of_use", parameters, { at })).failure, undefined);
  });

  test("of a meter whose clock has passed their time are put in force at once, and the clock is told of", async () => {
    const meter = calendarMeter();
    meter.values.set(
      "8 0.0.1.0.0.255 2",
      dateTimeToData({ year: 2026, month: 11, day: 21, hour: 15, minute: 30, second: 0 }),
    );
    const soon = { ...parameters, activation_datetime: "2026-11-21T15:10:00" };
    const { outcome } = await carry(meter, "update_time_of_use", soon, { at });
    assert.equal((outcome!.result as { in_force: boolean }).in_force, true);
    assert.match(outcome?.notes?.join(" ") ?? "", /clock is off by \+1800 s/);
  });

  test("take former holidays away at once, which is told of those that are still to come under the old calendar", async () => {
    const meter = calendarMeter();
    const later = { ...parameters, activation_datetime: "2027-06-01T00:00:00" };
    const { outcome } = await carry(meter, "update_time_of_use", later, { at });
    assert.match(outcome?.notes?.join(" ") ?? "", /Former holidays are gone at once: 23-3 /);
  });

  test("with a holiday on a day that no year has change nothing", async () => {
    const meter = calendarMeter();
    const wrong = { ...parameters, holiday_profile: [{ ...parameters.holiday_profile[0]!, date: "31-02" }] };
    const { failure } = await carry(meter, "update_time_of_use", wrong, { at });
    assert.deepEqual([failure?.code, meter.changes], ["command_refused", []]);
    assert.match(failure?.detail ?? "", /No year has a day 31-02/);
  });

  test("with a name that means nothing, or a tariff the meter lacks, change nothing", async () => {
    const meter = calendarMeter();
    const wrong = { ...parameters, season_profile: [{ name: "all", week_profile_name: "w9", start_date: "01-01" }] };
    const unknown = await carry(meter, "update_time_of_use", wrong, { at });
    assert.match(unknown.failure?.detail ?? "", /No week profile is called "w9"/);
    meter.values.set("9 0.0.10.0.100.255 2", scripts({ 1: 1 }));
    const tariff = await carry(meter, "update_time_of_use", parameters, { at });
    assert.match(tariff.failure?.detail ?? "", /has no tariff 2/);
    assert.deepEqual(meter.changes, []);
  });
});
