import assert from "node:assert/strict";
import { test } from "node:test";
import { nextSheddingAction } from "./load-shedding.ts";
import { nextCapture } from "./sampling.ts";
import {
  calendarProblem,
  factoryCalendar,
  nextTariffSwitch,
  type TariffCalendar,
  tariffAt,
} from "./tariff-calendar.ts";

const at = (text: string) => Date.parse(`${text}Z`);

test("what holds before a day's first slab is its last one", () => {
  assert.equal(tariffAt(factoryCalendar, at("2026-03-02T16:59:59")), 2);
  assert.equal(tariffAt(factoryCalendar, at("2026-03-02T17:00:00")), 1);
  assert.equal(tariffAt(factoryCalendar, at("2026-03-02T21:00:00")), 2);
  assert.equal(nextTariffSwitch(factoryCalendar, at("2026-03-02T17:00:00")), at("2026-03-02T21:00:00"));
  assert.equal(nextTariffSwitch(factoryCalendar, at("2026-03-02T21:00:00")), at("2026-03-03T00:00:00"));
});

const calendar: TariffCalendar = {
  day_profile: [
    { name: "work", tariff_slabs: [{ start: "00:00", tariff: 1 }] },
    { name: "rest", tariff_slabs: [{ start: "00:00", tariff: 2 }] },
    { name: "feast", tariff_slabs: [{ start: "00:00", tariff: 3 }] },
  ],
  week_profile: [
    { name: "winter", weekly_day_profile: ["work", "work", "work", "work", "work", "rest", "rest"] },
    { name: "summer", weekly_day_profile: ["rest", "rest", "rest", "rest", "rest", "rest", "rest"] },
  ],
  season_profile: [
    { name: "S", week_profile_name: "summer", start_date: "15-04" },
    { name: "W", week_profile_name: "winter", start_date: "01-10" },
  ],
  holiday_profile: [{ name: "Pakistan Day", date: "23-03", day_profile_name: "feast" }],
};

test("seasons run over the turn of the year, weeks begin on Monday, holidays come before both", () => {
  const cases: [string, number][] = [
    ["2026-01-02T12:00:00", 1],
    ["2026-01-03T12:00:00", 2],
    ["2026-03-23T12:00:00", 3],
    ["2026-04-14T12:00:00", 1],
    ["2026-04-15T12:00:00", 2],
    ["2026-10-01T00:00:00", 1],
  ];
  for (const [time, tariff] of cases) assert.equal(tariffAt(calendar, at(time)), tariff, time);
});

test("a calendar that cannot be is refused with its mistake", () => {
  const withDay = (slabs: { start: string; tariff: number }[]) => ({
    ...calendar,
    day_profile: [{ name: "work", tariff_slabs: slabs }, ...calendar.day_profile.slice(1)],
  });
  const cases: [TariffCalendar, RegExp][] = [
    [withDay([]), /day profile work has no slab/],
    [withDay([{ start: "05:00", tariff: 5 }]), /names tariff 5; the meter has 4/],
    [
      withDay([
        { start: "05:00", tariff: 1 },
        { start: "04:00", tariff: 2 },
      ]),
      /do not ascend/,
    ],
    [{ ...calendar, season_profile: [] }, /no season/],
    [{ ...calendar, week_profile: calendar.week_profile.slice(1) }, /season profile W names week profile winter/],
    [{ ...calendar, day_profile: calendar.day_profile.slice(0, 2) }, /holiday Pakistan Day names day profile feast/],
  ];
  for (const [wrong, message] of cases) assert.match(calendarProblem(wrong)!, message);
  assert.equal(calendarProblem(calendar), undefined);
});

test("shedding acts from its start to its end, and there gives back", () => {
  const schedule = {
    start: at("2026-03-02T09:00:00"),
    end: at("2026-03-04T00:00:00"),
    slabs: [
      { action_time: "12:00", relay_operate: 1 },
      { action_time: "09:00:00", relay_operate: 0 },
    ] as const,
  };
  const cases: [string, string | undefined, boolean | undefined][] = [
    ["2026-03-01T10:00:00", "2026-03-02T09:00:00", false],
    ["2026-03-02T09:00:00", "2026-03-02T12:00:00", true],
    ["2026-03-02T12:00:00", "2026-03-03T09:00:00", false],
    ["2026-03-03T12:00:00", "2026-03-04T00:00:00", true],
    ["2026-03-04T00:00:00", undefined, undefined],
  ];
  for (const [after, next, closed] of cases) {
    const action = nextSheddingAction(schedule, at(after));
    assert.deepEqual([action?.at, action?.closed], [next && at(next), closed], after);
  }
});

test("rows are kept from the initial minute on, and every day begins anew", () => {
  const cases: [number, number, string, string][] = [
    [30, 0, "2026-03-02T10:00:00", "2026-03-02T10:30:00"],
    [30, 10, "2026-03-02T00:00:00", "2026-03-02T00:10:00"],
    [30, 10, "2026-03-02T23:50:00", "2026-03-03T00:10:00"],
    [50, 0, "2026-03-02T23:20:00", "2026-03-03T00:00:00"],
    [1_440, 0, "2026-03-02T00:00:00", "2026-03-03T00:00:00"],
    [480, 0, "2026-03-02T08:00:01", "2026-03-02T16:00:00"],
  ];
  for (const [interval, initialMinute, after, next] of cases)
    assert.equal(nextCapture({ interval, initialMinute }, at(after)), at(next), `${interval} after ${after}`);
});
