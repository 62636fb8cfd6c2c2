import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkLoadShedding, checkOnDemandRead, checkOpticalPort, checkTimeOfUse } from "./checks.ts";

const shedding = {
  start_datetime: "2027-01-01 00:00:00",
  end_datetime: "2027-02-01 00:00:00",
  load_shedding_slabs: [{ action_time: "08:00" }, { action_time: "08:00:01" }, { action_time: "20:00:00" }],
};
const calendar = {
  day_profile: [
    { name: "work", tariff_slabs: [{ start: "00:00" }, { start: "17:00:00" }] },
    { name: "rest", tariff_slabs: [{ start: "00:00" }] },
  ],
  week_profile: [{ name: "w", weekly_day_profile: ["work", "work", "work", "work", "work", "rest", "rest"] }],
  season_profile: [{ name: "s", week_profile_name: "w", start_date: "01-01" }],
  holiday_profile: [{ date: "14-08", day_profile_name: "rest" }],
};

describe("parameters of commands", () => {
  test("what can be is taken", () => {
    assert.equal(checkLoadShedding(shedding), undefined);
    assert.equal(checkTimeOfUse(calendar), undefined);
    assert.equal(checkTimeOfUse({ ...calendar, holiday_profile: undefined }), undefined);
    const noon = "2027-01-01T12:00:00+05:00";
    assert.equal(checkOpticalPort({ optical_port_on_datetime: noon, optical_port_off_datetime: noon }), undefined);
    assert.equal(checkOnDemandRead({}), undefined);
    assert.equal(checkOnDemandRead({ start_datetime: noon }), undefined);
    assert.equal(checkOnDemandRead({ start_datetime: noon, end_datetime: "2027-01-01T07:00:00Z" }), undefined);
  });

  test("load shedding ends after it begins, with its actions in order", () => {
    assert.match(checkLoadShedding({ ...shedding, end_datetime: shedding.start_datetime })!, /^end_datetime/);
    const unordered = [{ action_time: "20:00" }, { action_time: "08:00" }];
    assert.match(checkLoadShedding({ ...shedding, load_shedding_slabs: unordered })!, /^load_shedding_slabs/);
    const twice = [{ action_time: "08:00" }, { action_time: "08:00:00" }];
    assert.match(checkLoadShedding({ ...shedding, load_shedding_slabs: twice })!, /^load_shedding_slabs/);
  });

  test("a calendar explains every name it uses, once", () => {
    const [work] = calendar.day_profile;
    const [week] = calendar.week_profile;
    const [season] = calendar.season_profile;
    const cases: readonly [object, RegExp][] = [
      [{ day_profile: [work, work] }, /^day_profile: the name "work"/],
      [
        { day_profile: [{ ...work, tariff_slabs: [{ start: "17:00" }, { start: "00:00" }] }] },
        /^day_profile: the tariff_slabs/,
      ],
      [{ day_profile: [work] }, /names the day profile "rest"/],
      [{ season_profile: [{ ...season, week_profile_name: "v" }] }, /names the week profile "v"/],
      [{ season_profile: [season, { ...season, name: "t" }] }, /start on 01-01/],
      [{ week_profile: [week, week] }, /^week_profile/],
      [{ holiday_profile: [{ date: "14-08", day_profile_name: "feast" }] }, /names the day profile "feast"/],
    ];
    for (const [part, problem] of cases) assert.match(checkTimeOfUse({ ...calendar, ...part })!, problem);
  });

  test("ranges do not end before they begin, whatever their offsets", () => {
    const start_datetime = "2027-01-01T12:00:00+0500";
    assert.match(checkOnDemandRead({ start_datetime, end_datetime: "2027-01-01T06:59:59Z" })!, /^end_datetime/);
    assert.match(
      checkOpticalPort({ optical_port_on_datetime: "2027-01-02", optical_port_off_datetime: "2027-01-01 23:59:59" })!,
      /^optical_port_off/,
    );
    assert.equal(checkOnDemandRead({ start_datetime, end_datetime: "2027-01-01 01:00" }), undefined, "another clock");
  });
});
