import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  array,
  autoAnswerValues,
  autoConnectValues,
  type Data,
  dateTimeFromData,
  dateTimeToData,
  describeDateTime,
  doubleLongUnsigned,
  enumerated,
  longUnsigned,
  octetString,
  singleActionScheduleValues,
  structure,
  visibleString,
} from "@anymeter/dlms-cosem";
import { at } from "./testing/example-values.ts";
import { carry, ObjectMeter } from "./testing/object-meter.ts";

describe("other settings", () => {
  const destinations = "29 0.0.2.1.0.255";
  const answering = "28 0.0.2.2.0.255";
  const billing = "22 0.0.15.0.0.255";
  const profile = "7 1.0.99.1.0.255";

  test("destinations are written in order of preference, and the former ones told", async () => {
    const meter = new ObjectMeter({
      [`${destinations} 2`]: enumerated(0),
      [`${destinations} 6`]: autoConnectValues.destinationList.toData(["192.0.2.1:4059"]),
    });
    const parameters = {
      ...{ primary_ip_address: "198.51.100.7", primary_port: 4059 },
      ...{ secondary_ip_address: "198.51.100.8", secondary_port: 4060 },
    };
    const { outcome } = await carry(meter, "update_ip_port", parameters);
    const shown = autoConnectValues.destinationList.fromData(meter.values.get(`${destinations} 6`)!);
    assert.deepEqual(shown, ["198.51.100.7:4059", "198.51.100.8:4060"]);
    assert.deepEqual(outcome?.result, { destinations: shown, former_destinations: ["192.0.2.1:4059"] });
    assert.match(outcome?.notes?.[0] ?? "", /does not connect of its own accord/);
  });

  test("wake-up numbers are allowed callers, or have an object each; other callers stay", async () => {
    const other = { callerId: "0512345678", callType: 0 };
    const meter = new ObjectMeter({ [`${answering} 7`]: autoAnswerValues.listOfAllowedCallers.toData([other]) });
    const parameters = { wakeup_number_1: "03001234567", wakeup_number_2: "", wakeup_number_3: "03007654321" };
    await carry(meter, "update_wake_up_sim_number", parameters);
    const padded = new ObjectMeter({
      [`${answering} 7`]: autoAnswerValues.listOfAllowedCallers.toData([{ callerId: "03001234567\0\0", callType: 1 }]),
    });
    const one = { wakeup_number_1: "03001234567", wakeup_number_2: "", wakeup_number_3: "" };
    await carry(padded, "update_wake_up_sim_number", one, { sentBefore: true });
    assert.deepEqual(padded.changes, [], "a number filled up is the same number");
    assert.deepEqual(autoAnswerValues.listOfAllowedCallers.fromData(meter.values.get(`${answering} 7`)!), [
      other,
      { callerId: "03001234567", callType: 1 },
      { callerId: "03007654321", callType: 1 },
    ]);
    const own = new ObjectMeter({
      "1 0.0.96.12.128.255 2": visibleString(""),
      "1 0.0.96.12.129.255 2": octetString(Buffer.from("old")),
      "1 0.0.96.12.130.255 2": visibleString(""),
    });
    const { failure } = await carry(own, "update_wake_up_sim_number", parameters, { profile: "tpi-34g" });
    assert.equal(failure, undefined);
    assert.deepEqual(own.values.get("1 0.0.96.12.128.255 2"), visibleString("03001234567"));
    assert.equal((own.values.get("1 0.0.96.12.129.255 2")!.value as Uint8Array).length, 0);
    const old = await carry(new ObjectMeter({}), "update_wake_up_sim_number", parameters);
    assert.equal(old.failure?.code, "command_unsupported");
  });

  test("the billing reset is a day of every month, of the schedule that ends a billing period", async () => {
    const meter = new ObjectMeter({
      [`${billing} 2`]: singleActionScheduleValues.executedScript.toData({
        ...{ scriptLogicalName: "0.0.10.0.1.255", scriptSelector: 1 },
      }),
      [`${billing} 3`]: enumerated(2),
      [`${billing} 4`]: array(),
    });
    const parameters = { mdi_reset_date: 15, mdi_reset_time: "00:30" };
    assert.equal((await carry(meter, "update_mdi_reset_date", parameters)).failure, undefined);
    assert.deepEqual(singleActionScheduleValues.executionTime.fromData(meter.values.get(`${billing} 4`)!), [
      { time: { hour: 0, minute: 30, second: 0, hundredths: 0 }, date: { day: 15 } },
    ]);
    assert.deepEqual(meter.values.get(`${billing} 3`), enumerated(1));
    meter.values.set(`${billing} 2`, structure(octetString(Uint8Array.of(0, 0, 10, 0, 107, 255)), longUnsigned(1)));
    const other = await carry(meter, "update_mdi_reset_date", parameters);
    assert.match(other.failure?.detail ?? "", /runs a script of 0\.0\.10\.0\.107\.255/);
  });

  test("a capture period is set at once; a later time or another minute has no place", async () => {
    const meter = new ObjectMeter({
      [`${profile} 2`]: array(),
      [`${profile} 3`]: array(),
      [`${profile} 4`]: doubleLongUnsigned(900),
      [`${profile} 7`]: doubleLongUnsigned(0),
    });
    const parameters = {
      ...{ activation_datetime: "2026-11-21T15:00:00", data_type: "LPRO" as const },
      ...{ sampling_interval: 30, sampling_initial_time: 0 },
    };
    const { outcome, failure } = await carry(meter, "meter_data_sampling", parameters, { at });
    assert.equal(failure, undefined, failure?.message);
    assert.deepEqual(meter.values.get(`${profile} 4`), doubleLongUnsigned(1_800));
    assert.deepEqual(outcome?.result, {
      profile: "1-0:99.1.0",
      capture_period: 1_800,
      former_capture_period: 900,
    });
    for (const more of [{ activation_datetime: "2026-11-22T00:00:00" }, { sampling_initial_time: 10 }]) {
      const later = await carry(meter, "meter_data_sampling", { ...parameters, ...more }, { at });
      assert.equal(later.failure?.code, "command_unsupported");
    }
    const again = await carry(meter, "meter_data_sampling", parameters, { at });
    assert.match(again.outcome?.notes?.[0] ?? "", /was so already/);
    const inst = await carry(meter, "meter_data_sampling", { ...parameters, data_type: "INST" }, { at });
    assert.match(inst.failure?.detail ?? "", /no profile behind INST/);
    assert.equal(meter.changes.length, 1);
  });

  test("the optical port has a window where a maker made one, and none in the standard", async () => {
    const window = "1 0.0.96.60.16.255 2";
    const meter = new ObjectMeter({ [window]: structure(dateTimeToData({}), dateTimeToData({})) });
    const parameters = {
      optical_port_on_datetime: "2026-11-21T15:00:00",
      optical_port_off_datetime: "2026-11-21T11:00:00Z",
    };
    assert.equal(
      (await carry(meter, "activate_meter_optical_port", parameters, { profile: "tpi-34g" })).failure,
      undefined,
    );
    assert.deepEqual(
      (meter.values.get(window)!.value as Data[]).map((time) => describeDateTime(dateTimeFromData(time))),
      ["2026-11-21 15:00:00", "2026-11-21 16:00:00"],
    );
    const none = await carry(meter, "activate_meter_optical_port", parameters);
    assert.deepEqual([none.failure?.code, none.levels], ["command_unsupported", []]);
    assert.match(none.failure?.detail ?? "", /choose a profile/);
  });

  test("the clock is set, with both levels told before", async () => {
    const clock = "8 0.0.1.0.0.255 2";
    const meter = new ObjectMeter({
      [clock]: dateTimeToData({ year: 2026, month: 11, day: 21, hour: 14, minute: 0, second: 0 }),
    });
    const { outcome, levels, failure } = await carry(meter, "time_synchronization", {}, { at });
    assert.equal(failure, undefined, failure?.message);
    assert.deepEqual(levels, ["3 after 0 changes", "4 after 0 changes"]);
    assert.equal((outcome!.result as { set: boolean }).set, true);
    assert.match(describeDateTime(dateTimeFromData(meter.values.get(clock)!)), /^2026-11-21 15:00:00/);
    meter.refusals.set(clock, 3);
    assert.equal((await carry(meter, "time_synchronization", {}, { at: at + 60_000 })).failure?.code, "clock_not_set");
  });

  test("a clock that stands still, or runs on standard time all year, is set to what it should show", async () => {
    const clock = "8 0.0.1.0.0.255 2";
    const stopped = new ObjectMeter({ [clock]: dateTimeToData({}) });
    const { outcome, failure } = await carry(stopped, "time_synchronization", {}, { at });
    assert.equal(failure, undefined, failure?.detail);
    assert.equal((outcome!.result as { drift_seconds: null }).drift_seconds, null);
    const summer = Date.parse("2026-07-15T10:00:00Z");
    const standard = new ObjectMeter({
      [clock]: dateTimeToData({ year: 2026, month: 7, day: 15, hour: 9, minute: 0, second: 0 }),
    });
    const circumstances = { at: summer, zone: "Europe/Stockholm", clock: "standard-time-all-year" } as const;
    assert.equal((await carry(standard, "time_synchronization", {}, circumstances)).failure, undefined);
    assert.match(describeDateTime(dateTimeFromData(standard.values.get(clock)!)), /^2026-07-15 11:00:00/);
  });

  test("a clock is set in the hour that comes twice, whichever pass it is", async () => {
    const clock = "8 0.0.1.0.0.255 2";
    for (const hour of ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]) {
      const meter = new ObjectMeter({
        [clock]: dateTimeToData({ year: 2026, month: 10, day: 25, hour: 2, minute: 0, second: 0 }),
      });
      const { failure } = await carry(
        meter,
        "time_synchronization",
        {},
        { at: Date.parse(hour), zone: "Europe/Stockholm" },
      );
      assert.equal(failure, undefined, failure?.detail);
    }
  });
});
