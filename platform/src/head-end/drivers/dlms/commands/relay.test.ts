import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { boolean, enumerated, scheduleValues } from "@anymeter/dlms-cosem";
import { RunFailure } from "../../../causes.ts";
import { at, entryAt } from "./testing/example-values.ts";
import { carry, ObjectMeter } from "./testing/object-meter.ts";

const relay = "70 0.0.96.3.10.255";
const schedule = "10 0.0.12.0.0.255";

describe("the relay", () => {
  /** Control mode 4 switches directly, 3 waits for the button. */
  function relayMeter(mode: number, connected: boolean): ObjectMeter {
    const meter = new ObjectMeter({
      [`${relay} 2`]: boolean(connected),
      [`${relay} 3`]: enumerated(connected ? 1 : 0),
      [`${relay} 4`]: enumerated(mode),
    });
    const show = (output: boolean, state: number) => {
      meter.values.set(`${relay} 2`, boolean(output));
      meter.values.set(`${relay} 3`, enumerated(state));
    };
    meter.methods.set(`${relay} 1`, () => show(false, 0));
    meter.methods.set(`${relay} 2`, () => (mode === 4 ? show(true, 1) : show(false, 2)));
    return meter;
  }

  test("is opened and closed, announced before the first change, and shown as it is", async () => {
    const meter = relayMeter(4, true);
    const off = await carry(meter, "aux_relay_operations", { relay_operate: 0 });
    assert.deepEqual(off.levels, ["3 after 0 changes", "4 after 0 changes"]);
    assert.deepEqual(off.outcome, { notes: [], result: { output_state: false, control_state: 0 } });
    const on = await carry(meter, "aux_relay_operations", { relay_operate: 1 });
    assert.deepEqual(on.outcome, { notes: [], result: { output_state: true, control_state: 1 } });
    assert.deepEqual(meter.changes, [`invoke ${relay} 1`, `invoke ${relay} 2`]);
  });

  test("makes the event of what it did: none where nothing moved, and of an earlier attempt's doing", async () => {
    const codes: number[] = [];
    const derivedEvents = {
      tell: async (_: unknown, events: readonly { code: number }[]) =>
        void codes.push(...events.map(({ code }) => code)),
    };
    const meter = relayMeter(4, true);
    const operate = (relay_operate: 0 | 1, sentBefore = false) =>
      carry(meter, "aux_relay_operations", { relay_operate }, { derivedEvents, sentBefore });
    await operate(0);
    await operate(0);
    await operate(1);
    assert.deepEqual(codes, [203, 202]);
    await operate(1, true);
    assert.deepEqual(codes, [203, 202, 202]);
    await carry(relayMeter(3, false), "aux_relay_operations", { relay_operate: 1 }, { derivedEvents });
    assert.equal(codes.length, 3, "ready for its button is still off");
  });

  test("is operated though its event cannot be stored, which the remark says", async () => {
    const derivedEvents = { tell: () => Promise.reject(new RunFailure("not_stored", "The disk is full.")) };
    const { outcome, failure } = await carry(
      relayMeter(4, true),
      "aux_relay_operations",
      { relay_operate: 0 },
      { derivedEvents },
    );
    assert.equal(failure, undefined);
    assert.match(outcome?.notes?.join(" ") ?? "", /No event tells of it/);
  });

  test("that waits for its button is ready, and the remark says who must press it", async () => {
    const { outcome } = await carry(relayMeter(3, false), "aux_relay_operations", { relay_operate: 1 });
    assert.deepEqual(outcome?.result, { output_state: false, control_state: 2 });
    assert.match(outcome?.notes?.[0] ?? "", /press its button/);
  });

  test("that does not tell its mode is operated all the same, and its state says whether it waits for the button", async () => {
    const [direct, waiting] = [relayMeter(4, false), relayMeter(3, false)];
    for (const meter of [direct, waiting]) meter.values.delete(`${relay} 4`);
    assert.deepEqual((await carry(direct, "aux_relay_operations", { relay_operate: 1 })).outcome?.notes, []);
    const { outcome } = await carry(waiting, "aux_relay_operations", { relay_operate: 1 });
    assert.match(outcome?.notes?.[0] ?? "", /press its button/);
  });

  test("that does not move is not verified, and says what it shows", async () => {
    const meter = relayMeter(4, true);
    meter.methods.set(`${relay} 1`, () => {});
    const { failure } = await carry(meter, "aux_relay_operations", { relay_operate: 0 });
    assert.equal(failure?.code, "command_not_verified");
    assert.match(failure?.detail ?? "", /shows that it is connected/);
  });

  test("whose command may have been sent before is looked at first: not sent again when it was done", async () => {
    const done = relayMeter(4, false);
    const first = await carry(done, "aux_relay_operations", { relay_operate: 0 }, { sentBefore: true });
    assert.deepEqual(done.changes, []);
    assert.deepEqual(first.levels, ["3 after 0 changes"], "what is not sent again is not counted as sent");
    assert.match(first.outcome?.notes?.[0] ?? "", /was carried out/);
    const undone = relayMeter(4, true);
    const second = await carry(undone, "aux_relay_operations", { relay_operate: 0 }, { sentBefore: true });
    assert.deepEqual(undone.changes, [`invoke ${relay} 1`]);
    assert.deepEqual([second.levels.length, second.outcome?.notes], [2, []]);
  });

  test("that is always connected, is not there, or refuses: the command says which", async () => {
    const always = await carry(relayMeter(0, true), "aux_relay_operations", { relay_operate: 0 });
    assert.deepEqual([always.failure?.code, always.levels.length], ["command_unsupported", 1]);
    const none = await carry(new ObjectMeter({}), "aux_relay_operations", { relay_operate: 0 });
    assert.equal(none.failure?.code, "command_unsupported");
    assert.match(none.failure?.detail ?? "", /no disconnect control 0-0:96\.3\.10/);
    const locked = relayMeter(4, true);
    locked.refusals.set(`${relay} 1()`, 3);
    const refused = await carry(locked, "aux_relay_operations", { relay_operate: 0 });
    assert.equal(refused.failure?.code, "command_refused");
    assert.match(refused.failure?.detail ?? "", /remote_disconnect: read-write-denied/);
  });

  test("refused because it is so already is done", async () => {
    const meter = relayMeter(4, false);
    meter.refusals.set(`${relay} 1()`, 250);
    const { outcome } = await carry(meter, "aux_relay_operations", { relay_operate: 0 });
    assert.match(outcome?.notes?.[0] ?? "", /is so already/);
  });

  test("whose two states contradict each other is not verified", async () => {
    const stuck = relayMeter(4, true);
    stuck.methods.set(`${relay} 1`, () => stuck.values.set(`${relay} 2`, boolean(false)));
    const off = await carry(stuck, "aux_relay_operations", { relay_operate: 0 });
    assert.equal(off.failure?.code, "command_not_verified");
    assert.match(off.failure?.detail ?? "", /control state is connected, its output open/);
    const open = relayMeter(4, false);
    open.methods.set(`${relay} 2`, () => open.values.set(`${relay} 2`, boolean(true)));
    const on = await carry(open, "aux_relay_operations", { relay_operate: 1 });
    assert.equal(on.failure?.code, "command_not_verified");
  });

  test("that does not show itself any more after it was switched is not verified, and not called unable", async () => {
    const meter = relayMeter(4, true);
    meter.methods.set(`${relay} 1`, () => void meter.values.delete(`${relay} 3`));
    const { failure } = await carry(meter, "aux_relay_operations", { relay_operate: 0 });
    assert.equal(failure?.code, "command_not_verified");
    assert.match(failure?.detail ?? "", /has no .*control_state\./);
  });

  test("that was switched stays so when what is told beside cannot be read", async () => {
    const meter = relayMeter(4, true);
    meter.methods.set(`${relay} 1`, () => {
      meter.values.set(`${relay} 2`, boolean(false));
      meter.values.set(`${relay} 3`, enumerated(0));
      // A session that breaks now breaks after the relay was seen open.
      meter.breaksAt = `${schedule} 2`;
    });
    const { outcome, failure } = await carry(meter, "aux_relay_operations", { relay_operate: 0 });
    assert.equal(failure, undefined);
    assert.match(outcome?.notes?.join(" ") ?? "", /could not be read/);
  });

  test("whose answer to the order cannot be read is not called unable", async () => {
    const meter = relayMeter(4, true);
    meter.methods.set(`${relay} 1`, () => {
      throw new RunFailure("wrong_key");
    });
    const { failure } = await carry(meter, "aux_relay_operations", { relay_operate: 0 });
    assert.equal(failure?.code, "command_not_verified");
    assert.match(failure?.detail ?? "", /Whether it took .*remote_disconnect is not known/);
  });

  test("a command that was cancelled changes nothing", async () => {
    const meter = relayMeter(4, true);
    const cancelled = new Error("cancelled");
    const onLevel = () => {
      throw cancelled;
    };
    const { failure } = await carry(meter, "aux_relay_operations", { relay_operate: 0 }, { onLevel });
    assert.equal(failure?.cause, cancelled);
    assert.deepEqual(meter.changes, []);
  });

  test("while load is being shed the remark says that the meter will undo it", async () => {
    const meter = relayMeter(4, true);
    meter.values.set(`${schedule} 2`, scheduleValues.entries.toData([entryAt(18, 1), entryAt(20, 2)]));
    const { outcome } = await carry(meter, "aux_relay_operations", { relay_operate: 0 }, { at });
    assert.match(outcome?.notes?.join(" ") ?? "", /undo this: off at 18:00:00, on at 20:00:00\./);
    const over = relayMeter(4, true);
    const ended = { ...entryAt(18, 1), endDate: { year: 2026, month: 11, day: 20 } };
    over.values.set(`${schedule} 2`, scheduleValues.entries.toData([ended]));
    assert.deepEqual((await carry(over, "aux_relay_operations", { relay_operate: 0 }, { at })).outcome?.notes, []);
  });
});
