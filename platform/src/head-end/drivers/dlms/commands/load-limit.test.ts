import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  boolean,
  type Data,
  doubleLongUnsigned,
  enumerated,
  limiterValues,
  longUnsigned,
  scalerUnitToData,
  unsigned,
} from "@anymeter/dlms-cosem";
import { scripts } from "./testing/example-values.ts";
import { carry, ObjectMeter } from "./testing/object-meter.ts";

const relayTable = "9 0.0.10.0.106.255";
const limiter = "71 0.0.17.0.0.255";
const leftToMeter = { retries: "left_to_meter" } as const;
const simulated = { profile: "anymeter-simulator" } as const;

describe("the load limit", () => {
  const parameters = {
    load_limit: 20.5,
    maximum_retries: 0,
    retry_interval: 60,
    threshold_duration: 30,
    retry_clear_interval: 3_600,
  };
  const limiterMeter = (more: Readonly<Record<string, Data>> = {}) =>
    new ObjectMeter({
      [`${limiter} 2`]: limiterValues.monitoredValue.toData({
        ...{ classId: 3, logicalName: "1.0.1.7.0.255", attributeIndex: 2 },
      }),
      "3 1.0.1.7.0.255 3": scalerUnitToData({ scaler: 1, unit: 27 }),
      [`${limiter} 4`]: longUnsigned(0),
      [`${limiter} 6`]: doubleLongUnsigned(0),
      [`${limiter} 7`]: doubleLongUnsigned(0),
      [`${limiter} 11`]: limiterValues.actions.toData({
        actionOverThreshold: { scriptLogicalName: "0.0.0.0.0.0", scriptSelector: 0 },
        actionUnderThreshold: { scriptLogicalName: "0.0.0.0.0.0", scriptSelector: 0 },
      }),
      ...more,
    });

  const visualsOf = async (meter: ObjectMeter, circumstances = {}) => {
    const { outcome, failure } = await carry(meter, "on_demand_read", { type: "VISL" }, circumstances);
    assert.equal(failure, undefined);
    return (outcome!.result as { rows: readonly Record<string, unknown>[] }).rows[0];
  };

  test("is the limiter's threshold in the unit and type of what it watches, and cuts by the relay's script", async () => {
    const meter = limiterMeter({ [`${relayTable} 2`]: scripts({ 5: 1, 6: 2 }) });
    const { outcome, failure } = await carry(meter, "sanctioned_load_control", parameters);
    assert.equal(failure, undefined);
    assert.deepEqual(meter.values.get(`${limiter} 4`), longUnsigned(2_050));
    assert.deepEqual(meter.values.get(`${limiter} 6`), doubleLongUnsigned(30));
    const { actionOverThreshold, actionUnderThreshold } = limiterValues.actions.fromData(
      meter.values.get(`${limiter} 11`)!,
    );
    assert.deepEqual([actionOverThreshold.scriptSelector, actionUnderThreshold.scriptSelector], [5, 0]);
    assert.equal(meter.changes.at(-1), `set ${limiter} 4`);
    assert.deepEqual(outcome?.notes, []);
  });

  test("with retries is refused where nothing counts them, with the reason and nothing changed", async () => {
    const meter = limiterMeter();
    const { failure } = await carry(meter, "sanctioned_load_control", { ...parameters, maximum_retries: 10 });
    assert.equal(failure?.code, "command_unsupported");
    assert.match(failure?.detail ?? "", /counts no retries: maximum_retries and retry_clear_interval have no place/);
    assert.deepEqual(meter.changes, []);
  });

  test("with retries left to the meter reconnects after the interval, and says what nobody keeps", async () => {
    const meter = limiterMeter();
    const asked = { ...parameters, maximum_retries: 10 };
    const { outcome } = await carry(meter, "sanctioned_load_control", asked, leftToMeter);
    assert.deepEqual(meter.values.get(`${limiter} 7`), doubleLongUnsigned(60));
    const { actionUnderThreshold } = limiterValues.actions.fromData(meter.values.get(`${limiter} 11`)!);
    assert.deepEqual(actionUnderThreshold, { scriptLogicalName: "0.0.10.0.106.255", scriptSelector: 2 });
    assert.match(outcome?.notes?.join(" ") ?? "", /counts no retries.*whether the relay then connects is not known/);
    assert.deepEqual(outcome?.result, { not_kept: ["maximum_retries", "retry_clear_interval"] });
  });

  test("with retries goes into the maker's objects beside the limiter, which are looked at afterwards", async () => {
    const [tries, clearing] = ["1 1.0.147.45.0.255", "3 1.0.147.46.0.255"];
    const meter = limiterMeter({
      "70 0.0.96.3.10.255 4": enumerated(4),
      "3 1.0.1.7.0.255 2": longUnsigned(7),
      [`${tries} 2`]: unsigned(100),
      [`${clearing} 2`]: doubleLongUnsigned(86_400),
      [`${clearing} 3`]: scalerUnitToData({ scaler: 0, unit: 7 }),
    });
    const asked = { ...parameters, maximum_retries: 10 };
    const { outcome, failure } = await carry(meter, "sanctioned_load_control", asked, simulated);
    assert.equal(failure, undefined);
    assert.deepEqual([outcome?.notes, outcome?.result], [[], { not_kept: [] }]);
    assert.equal(meter.values.get(`${tries} 2`)?.value, 10);
    assert.equal(meter.values.get(`${clearing} 2`)?.value, 3_600);
    const shown = await visualsOf(meter, simulated);
    assert.deepEqual([shown?.sanc_maximum_retries, shown?.sanc_retry_clear_interval], [10, 3_600]);
    meter.refusals.set(`${tries} 2`, 3);
    const locked = await carry(meter, "sanctioned_load_control", { ...asked, maximum_retries: 11 }, simulated);
    assert.equal(locked.failure?.code, "command_refused");
  });

  test("is not shown where the threshold is the greatest number of its type: that is none", async () => {
    for (const [threshold, limit] of [
      [doubleLongUnsigned(0xffff_ffff), undefined],
      [longUnsigned(0xffff), undefined],
      [doubleLongUnsigned(0xffff), "655.350"],
    ] as const) {
      const meter = limiterMeter({
        [`${limiter} 4`]: threshold,
        [`${limiter} 11`]: limiterValues.actions.toData({
          actionOverThreshold: { scriptLogicalName: "0.0.10.0.106.255", scriptSelector: 1 },
          actionUnderThreshold: { scriptLogicalName: "0.0.0.0.0.0", scriptSelector: 0 },
        }),
        "3 1.0.1.7.0.255 2": longUnsigned(7),
      });
      const shown = await visualsOf(meter);
      assert.equal(shown?.sanc_load_limit, limit);
      assert.equal(shown !== undefined && "sanc_datetime" in shown, limit !== undefined);
    }
  });

  test("says what reconnects by the control mode of the relay, and refuses to limit what is always connected", async () => {
    const inMode = (mode: number) =>
      carry(
        limiterMeter({ "70 0.0.96.3.10.255 4": enumerated(mode) }),
        "sanctioned_load_control",
        {
          ...{ ...parameters, maximum_retries: 10 },
        },
        leftToMeter,
      );
    for (const [modes, remark] of [
      [[2, 4], /It reconnects 60 s after it disconnected, every time/],
      [[1, 3], /does not reconnect: in control mode [13] .* must press its button/],
      [[5, 6], /lets the limiter reconnect 60 s .*; else somebody at the meter must press its button/],
    ] as const) {
      for (const mode of modes) {
        const { outcome } = await inMode(mode);
        assert.match(outcome?.notes?.join(" ") ?? "", remark, `mode ${mode}`);
      }
    }
    const always = await inMode(0);
    assert.equal(always.failure?.code, "command_unsupported");
    assert.match(always.failure?.detail ?? "", /No limit could cut/);
  });

  test("too great for the meter's type, of a limiter of current, or refused halfway: each is told", async () => {
    const small = limiterMeter({ [`${limiter} 4`]: unsigned(0) });
    const tooGreat = await carry(small, "sanctioned_load_control", parameters);
    assert.deepEqual([tooGreat.failure?.code, small.changes], ["command_refused", []]);
    const amperes = limiterMeter({ "3 1.0.1.7.0.255 3": scalerUnitToData({ scaler: 0, unit: 33 }) });
    const current = await carry(amperes, "sanctioned_load_control", parameters);
    assert.deepEqual([current.failure?.code, amperes.changes], ["command_unsupported", []]);
    assert.match(current.failure?.detail ?? "", / in A: /);
    const locked = limiterMeter();
    locked.refusals.set(`${limiter} 4`, 3);
    const halfway = await carry(locked, "sanctioned_load_control", parameters);
    assert.equal(halfway.failure?.code, "command_refused");
    assert.match(
      halfway.failure?.detail ?? "",
      /threshold_normal: read-write-denied.*Already changed: .*min_over_threshold_duration.*actions\./,
    );
  });

  test("too small for the meter's unit is refused; a threshold never set has the type of what is watched", async () => {
    const coarse = limiterMeter();
    const none = await carry(coarse, "sanctioned_load_control", { ...parameters, load_limit: 0.004 });
    assert.deepEqual([none.failure?.code, coarse.changes], ["command_refused", []]);
    assert.match(none.failure?.detail ?? "", /0\.004 kW would be none/);
    const unset = limiterMeter({
      [`${limiter} 4`]: { type: "null-data", value: null } as Data,
      "3 1.0.1.7.0.255 2": longUnsigned(7),
    });
    assert.equal((await carry(unset, "sanctioned_load_control", parameters)).failure, undefined);
    assert.deepEqual(unset.values.get(`${limiter} 4`), longUnsigned(2_050));
  });

  test("broken off halfway: what was changed and what may have been are told apart", async () => {
    const meter = limiterMeter();
    meter.breaksAt = `${limiter} 11=`;
    const { failure } = await carry(meter, "sanctioned_load_control", parameters);
    assert.equal(failure?.code, "connection_closed");
    assert.match(
      failure?.detail ?? "",
      /Whether it took [^;]*actions is not known\. Already changed: [^;]*min_over_threshold_duration\./,
    );
  });

  test("of a maker with registers of its own goes there, for every tariff, with the retries", async () => {
    const tariffs = [0, 1, 2, 3];
    const meter = new ObjectMeter({
      "1 0.0.96.60.10.255 2": boolean(false),
      ...Object.fromEntries(tariffs.map((f) => [`3 1.0.15.35.0.${f} 2`, doubleLongUnsigned(0)])),
      ...Object.fromEntries(tariffs.map((f) => [`3 1.0.15.35.0.${f} 3`, scalerUnitToData({ scaler: 0, unit: 27 })])),
      ...Object.fromEntries(tariffs.map((f) => [`3 1.0.15.44.0.${f} 2`, longUnsigned(0)])),
      "1 1.0.147.45.0.255 2": unsigned(0),
      "1 1.0.147.44.0.255 2": longUnsigned(0),
      "1 1.0.147.46.0.255 2": longUnsigned(0),
    });
    const retries = { ...parameters, maximum_retries: 10 };
    const { outcome } = await carry(meter, "sanctioned_load_control", retries, { profile: "tpi-34g" });
    assert.deepEqual(outcome?.notes, []);
    for (const f of tariffs) assert.equal(meter.values.get(`3 1.0.15.35.0.${f} 2`)?.value, 20_500);
    assert.equal(meter.values.get("1 1.0.147.45.0.255 2")?.value, 10);
    assert.equal(meter.values.get("1 0.0.96.60.10.255 2")?.value, true);
    assert.equal(meter.changes.at(-1), "set 1 0.0.96.60.10.255 2", "the limit is put in force last");
    const none = await carry(new ObjectMeter({}), "sanctioned_load_control", parameters, { profile: "mti" });
    assert.deepEqual([none.failure?.code, none.levels], ["command_unsupported", []]);
  });
});
