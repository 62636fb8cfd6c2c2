import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  array,
  boolean,
  type Data,
  limiterValues,
  longUnsigned,
  octetString,
  scheduleValues,
  unsigned,
} from "@anymeter/dlms-cosem";
import { at, entryAt, scripts } from "./testing/example-values.ts";
import { carry, ObjectMeter } from "./testing/object-meter.ts";

const relay = "70 0.0.96.3.10.255";
const limiter = "71 0.0.17.0.0.255";
const schedule = "10 0.0.12.0.0.255";
const calendar = "20 0.0.13.0.0.255";
const ownTable = "9 0.0.10.0.0.255";

describe("what a command set is taken back:", () => {
  test("a limiter keeps its threshold and does nothing any more; a supply it cut stays so, which is told", async () => {
    const action = (scriptSelector: number) => ({ scriptLogicalName: "0.0.10.0.106.255", scriptSelector });
    const meter = new ObjectMeter({
      [`${limiter} 4`]: longUnsigned(2_050),
      [`${limiter} 11`]: limiterValues.actions.toData({
        ...{ actionOverThreshold: action(1), actionUnderThreshold: action(2) },
      }),
      [`${relay} 2`]: boolean(false),
    });
    const { outcome, levels } = await carry(meter, "parameterization_cancellation", { type: "SANC" });
    const shown = limiterValues.actions.fromData(meter.values.get(`${limiter} 11`)!);
    assert.deepEqual(shown, { actionOverThreshold: action(0), actionUnderThreshold: action(0) });
    assert.deepEqual(outcome?.notes, ["The supply is off, and stays off until it is switched on."]);
    assert.deepEqual(levels, ["3 after 0 changes", "4 after 0 changes"]);
    const again = await carry(meter, "parameterization_cancellation", { type: "SANC" }, { sentBefore: true });
    assert.deepEqual([meter.changes.length, again.levels], [1, ["3 after 1 changes"]]);
  });

  test("a maker's own limit is put out of force", async () => {
    const enable = "1 0.0.96.60.10.255 2";
    for (const [on, off] of [
      [boolean(true), boolean(false)],
      [unsigned(1), unsigned(0)],
    ] as const) {
      const meter = new ObjectMeter({ [enable]: on });
      const { failure } = await carry(meter, "parameterization_cancellation", { type: "SANC" }, { profile: "tpi-34g" });
      assert.equal(failure, undefined, failure?.detail);
      assert.deepEqual(meter.values.get(enable), off);
    }
  });

  test("a schedule loses what switches the relay, and nothing else", async () => {
    const other = { ...entryAt(1, 7), scriptLogicalName: "0.0.10.0.100.255" };
    const entries = (...all: Parameters<typeof scheduleValues.entries.toData>[0]): Data =>
      scheduleValues.entries.toData(all);
    const meter = new ObjectMeter({ [`${schedule} 2`]: entries(other, entryAt(18, 1), entryAt(20, 2)) });
    meter.methods.set(`${schedule} 3`, (range) => {
      const { firstIndex, lastIndex } = scheduleValues.delete.fromData(range);
      const left = scheduleValues.entries.fromData(meter.values.get(`${schedule} 2`)!);
      meter.values.set(
        `${schedule} 2`,
        entries(...left.filter(({ index }) => index < firstIndex || index > lastIndex)),
      );
    });
    const { outcome } = await carry(meter, "parameterization_cancellation", { type: "LSCH" }, { at });
    assert.deepEqual(outcome?.notes, []);
    assert.deepEqual(scheduleValues.entries.fromData(meter.values.get(`${schedule} 2`)!), [other]);
    const full = new ObjectMeter({
      [`${schedule} 2`]: entries({ ...entryAt(18, 21), scriptLogicalName: "0.0.10.0.0.255" }),
      [`${ownTable} 2`]: scripts({ 21: 1, 22: 2 }),
    });
    full.methods.set(`${ownTable} 1`, (script) => {
      if (script.value === 11) full.values.set(`${schedule} 2`, array());
    });
    const cleared = await carry(full, "parameterization_cancellation", { type: "LSCH" }, { at, profile: "tpi-34g" });
    assert.deepEqual([cleared.failure, full.changes], [undefined, [`invoke ${ownTable} 1`]]);
  });

  test("the factory's calendar holds again where a maker keeps one, by its name; else the command says what to do", async () => {
    const name = (text: string) => octetString(Buffer.from(text));
    const meter = new ObjectMeter({ [`${calendar} 2`]: name("summer") });
    meter.methods.set(`${ownTable} 1`, (script) => {
      if (script.value === 12) meter.values.set(`${calendar} 2`, name("FACTORY"));
    });
    const restore = () => carry(meter, "parameterization_cancellation", { type: "TIOU" }, { profile: "tpi-34g" });
    assert.deepEqual((await restore()).outcome, {
      notes: ['The calendar in force is called "FACTORY"; before it was "summer".'],
      result: { calendar_name: "FACTORY" },
    });
    assert.match((await restore()).outcome?.notes?.[0] ?? "", /"FACTORY", as before/);
    meter.refusals.set(`${ownTable} 1()`, 3);
    const refused = await restore();
    assert.equal(refused.failure?.code, "command_refused");
    const standard = await carry(new ObjectMeter({}), "parameterization_cancellation", { type: "TIOU" });
    assert.equal(standard.failure?.code, "command_unsupported");
    assert.match(standard.failure?.detail ?? "", /with update_time_of_use/);
  });
});
