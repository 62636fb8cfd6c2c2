import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CosemDateTime,
  activityCalendarValues as calendarValues,
  type DayProfile,
  specialDaysTableValues,
  type WeekProfile,
} from "@anymeter/dlms-cosem";
import {
  attributeValue,
  dataOf,
  invokeMethod,
  meterOf,
  readAttribute,
  restarted,
  type TestMeter,
  writeAttribute,
} from "../../../testing/meters.ts";
import { makes } from "../makes.ts";

const calendar = "0.0.13.0.0.255";
const specialDays = "0.0.11.0.0.255";
const inForce = "0.0.96.14.0.255";
const minute = 60_000;
const hour = 60 * minute;
/** A Monday, ten in the morning UTC. The Aldermark keeps UTC. */
const now = Date.UTC(2026, 10, 2, 10);

for (const make of makes) {
  test(`${make.manufacturer}: tariffs add up to the total, to the last digit, whenever they are read`, () => {
    const meter = meterOf(make.flag, { now });
    for (let step = 0; step < 30; step++) {
      meter.now += 97 * minute + step;
      for (const kind of energiesOf(meter)) {
        const total = Number(attributeValue(meter, 3, `1.0.${kind}.8.0.255`));
        const sum = tariffsOf(meter).reduce((all, tariff) => all + energy(meter, tariff, kind), 0);
        assert.equal(sum, total, `1.0.${kind}.8.x at ${new Date(meter.now).toISOString()}`);
      }
    }
  });
}

test("by day counts the one tariff, by night the other", () => {
  const meter = meterOf("ALM", { now });
  assert.equal(attributeValue(meter, 1, inForce), 1);
  const before = [1, 2].map((tariff) => energy(meter, tariff));
  meter.now = Date.UTC(2026, 10, 2, 22, 59);
  const evening = [1, 2].map((tariff) => energy(meter, tariff));
  assert.ok(evening[0]! > before[0]! && evening[1] === before[1]);
  meter.now = Date.UTC(2026, 10, 2, 23, 1);
  assert.equal(attributeValue(meter, 1, inForce), 2);
  const late = [1, 2].map((tariff) => energy(meter, tariff));
  meter.now = Date.UTC(2026, 10, 3, 6, 59);
  const morning = [1, 2].map((tariff) => energy(meter, tariff));
  assert.ok(morning[0] === late[0] && morning[1]! > late[1]!);
});

test("a passive calendar takes over at its time, and only what flows then counts by it", () => {
  const meter = meterOf("ALM", { now });
  writeCalendar(meter, "SWAPPED", [day(1, [[0, 2]])]);
  const activation = { year: 2026, month: 11, day: 2, hour: 12, minute: 0, second: 0, hundredths: 0 };
  assert.equal(writeActivation(meter, activation), 0);
  assert.equal(nameOf(meter, 2), "FACTORY");
  assert.equal(nameOf(meter, 6), "SWAPPED");
  meter.now = now + 2 * hour - 5_000;
  assert.equal(attributeValue(meter, 1, inForce), 1);
  const before = [1, 2].map((tariff) => energy(meter, tariff));
  // Nobody looks when it happens.
  meter.now = now + 5 * hour;
  assert.deepEqual([nameOf(meter, 2), attributeValue(meter, 1, inForce)], ["SWAPPED", 2]);
  const after = [1, 2].map((tariff) => energy(meter, tariff));
  assert.ok(after[0]! - before[0]! <= 1 && after[1]! > before[1]!, `${before} ${after}`);
  assert.deepEqual(calendarValues.dayProfileTable.fromData(dataOf(readAttribute(meter, 20, calendar, 5))), [
    day(1, [[0, 2]]),
  ]);
  const again = restarted(meter);
  assert.deepEqual(
    [1, 2].map((tariff) => energy(again, tariff)),
    after,
  );
});

test("activated by method or with a time that has passed, it takes over at once", () => {
  const byMethod = meterOf("ALM", { now });
  writeCalendar(byMethod, "AT ONCE", [day(1, [[0, 2]])]);
  assert.equal(invokeMethod(byMethod, 20, calendar, 1), 0);
  assert.deepEqual([nameOf(byMethod, 2), attributeValue(byMethod, 1, inForce)], ["AT ONCE", 2]);
  const byTime = meterOf("ALM", { now });
  writeCalendar(byTime, "BEFORE", [day(1, [[0, 2]])]);
  writeActivation(byTime, { year: 2026, month: 11, day: 2, hour: 9, minute: 0, second: 0 });
  assert.deepEqual([nameOf(byTime, 2), attributeValue(byTime, 1, inForce)], ["BEFORE", 2]);
  assert.deepEqual(
    byTime.memory.events.map(({ code }) => code),
    [19, 9],
  );
});

test("the first slab of a day is over where the last of the day before was, and seasons change weeks", () => {
  const meter = meterOf("ALM", { now });
  // Peak from five to nine in the evening, as the calendars of Pakistan are; in winter from six.
  writeCalendar(
    meter,
    "PEAK",
    [
      day(1, [
        [17, 1],
        [21, 2],
      ]),
      day(2, [
        [18, 1],
        [21, 2],
      ]),
    ],
    [week("SUMMER", 1), week("WINTER", 2)],
    [
      ["WARM", 4, "SUMMER"],
      ["COLD", 11, "WINTER"],
    ],
  );
  invokeMethod(meter, 20, calendar, 1);
  const tariffAt = (month: number, hourOfDay: number) => {
    meter.now = Date.UTC(2027, month - 1, 20, hourOfDay, 30);
    return attributeValue(meter, 1, inForce);
  };
  assert.deepEqual([tariffAt(1, 3), tariffAt(1, 17), tariffAt(1, 18), tariffAt(1, 22)], [2, 2, 1, 2]);
  assert.deepEqual([tariffAt(5, 3), tariffAt(5, 17), tariffAt(12, 17)], [2, 1, 2]);
});

test("special days go before the week, are inserted and deleted one by one, and count from then", () => {
  const meter = meterOf("ALM", { now });
  const holiday = { index: 1, specialdayDate: { month: 11, day: 3 }, dayId: 2 };
  assert.equal(invokeMethod(meter, 11, specialDays, 1, specialDaysTableValues.insert.toData(holiday)), 0);
  assert.deepEqual(shownDays(meter), [holiday]);
  meter.now = Date.UTC(2026, 10, 3, 12);
  assert.equal(attributeValue(meter, 1, inForce), 2, "the factory's day 2 is all night");
  assert.equal(invokeMethod(meter, 11, specialDays, 2, { type: "long-unsigned", value: 1 }), 0);
  assert.deepEqual([shownDays(meter), attributeValue(meter, 1, inForce)], [[], 1]);
  const table = specialDaysTableValues.entries.toData([holiday]);
  assert.equal(writeAttribute(meter, 11, specialDays, 2, table), 3);
  const asWhole = meterOf("GLM", { now });
  assert.equal(writeAttribute(asWhole, 11, specialDays, 2, table), 0);
  assert.deepEqual(shownDays(asWhole), [holiday]);
});

test("a tariff script switches by hand until the calendar's next action", () => {
  const meter = meterOf("ALM", { now });
  const before = energy(meter, 2);
  assert.equal(invokeMethod(meter, 9, "0.0.10.0.100.255", 1, { type: "long-unsigned", value: 2 }), 0);
  meter.now += 2 * hour;
  assert.equal(attributeValue(meter, 1, inForce), 2);
  assert.ok(energy(meter, 2) > before);
  meter.now = Date.UTC(2026, 10, 3, 8);
  assert.equal(attributeValue(meter, 1, inForce), 1);
  assert.equal(invokeMethod(meter, 9, "0.0.10.0.100.255", 1, { type: "long-unsigned", value: 3 }), 250);
});

test("the TPI-34G takes four weeks at most, and its script 12 goes back to the first calendar", () => {
  const meter = meterOf("GLM", { now });
  const weeks = Array.from({ length: 5 }, (_, index) => week(`W${index}`, 1));
  const write = (count: number) =>
    writeAttribute(meter, 20, calendar, 8, calendarValues.weekProfileTable.toData(weeks.slice(0, count)));
  assert.deepEqual([write(5), write(4)], [250, 0]);
  writeCalendar(meter, "FOUR", [day(1, [[0, 4]])]);
  invokeMethod(meter, 20, calendar, 1);
  assert.equal(attributeValue(meter, 1, inForce), 4);
  assert.equal(invokeMethod(meter, 9, "0.0.10.0.0.255", 1, { type: "long-unsigned", value: 12 }), 0);
  assert.deepEqual([nameOf(meter, 2), attributeValue(meter, 1, inForce)], ["FACTORY", 1]);
});

function writeCalendar(
  meter: TestMeter,
  name: string,
  days: readonly DayProfile[],
  weeks: readonly WeekProfile[] = [week("WEEK", 1)],
  seasons: readonly (readonly [string, number, string])[] = [["YEAR", 1, "WEEK"]],
): void {
  const seasonProfile = seasons.map(([seasonProfileName, month, weekName]) => ({
    seasonProfileName,
    seasonStart: { month, day: 1, hour: 0, minute: 0, second: 0, hundredths: 0 },
    weekName,
  }));
  assert.equal(writeAttribute(meter, 20, calendar, 7, calendarValues.seasonProfile.toData(seasonProfile)), 0);
  assert.equal(writeAttribute(meter, 20, calendar, 8, calendarValues.weekProfileTable.toData(weeks)), 0);
  assert.equal(writeAttribute(meter, 20, calendar, 9, calendarValues.dayProfileTable.toData(days)), 0);
  assert.equal(writeAttribute(meter, 20, calendar, 6, calendarValues.calendarName.toData(name)), 0);
}

function writeActivation(meter: TestMeter, time: CosemDateTime): number {
  return writeAttribute(meter, 20, calendar, 10, calendarValues.activatePassiveCalendarTime.toData(time));
}

/** Hours and the tariffs that begin with them. */
function day(dayId: number, slabs: readonly (readonly [number, number])[]): DayProfile {
  const daySchedule = slabs.map(([hourOfDay, scriptSelector]) => ({
    startTime: { hour: hourOfDay, minute: 0, second: 0, hundredths: 0 },
    ...{ scriptLogicalName: "0.0.10.0.100.255", scriptSelector },
  }));
  return { dayId, daySchedule };
}

function week(weekProfileName: string, id: number): WeekProfile {
  const workdays = { monday: id, tuesday: id, wednesday: id, thursday: id, friday: id };
  return { weekProfileName, ...workdays, saturday: id, sunday: id };
}

function nameOf(meter: TestMeter, attribute: number): string {
  return calendarValues.calendarName.fromData(dataOf(readAttribute(meter, 20, calendar, attribute)));
}

function shownDays(meter: TestMeter) {
  return specialDaysTableValues.entries.fromData(dataOf(readAttribute(meter, 11, specialDays, 2)));
}

function energy(meter: TestMeter, tariff: number, kind = 1): number {
  return Number(attributeValue(meter, 3, `1.0.${kind}.8.${tariff}.255`));
}

function tariffsOf({ meter }: TestMeter): number[] {
  return Array.from({ length: meter.make.tariffs }, (_, index) => index + 1);
}

function energiesOf({ meter }: TestMeter): number[] {
  return [1, 2, 3, 4, 15, ...(meter.make.codes === undefined ? [] : [128])];
}
