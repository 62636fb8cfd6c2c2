import assert from "node:assert/strict";
import { test } from "node:test";
import { HabitSwitches } from "../habits/habit-switches.ts";
import type { HabitValues } from "../habits/habits.ts";
import { LocalTime } from "../local-time.ts";
import type { Order } from "../meters/orders.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import { day, hour, makeMeter, monday } from "../testing/meters.ts";
import { statusTexts } from "./status-rows.ts";
import type { Transaction, TransactionDevice } from "./transaction.ts";
import { Transactions } from "./transactions.ts";

const cut: Order = { name: "aux_relay_operations", parameters: { relay_operate: 0 } };
const connect: Order = { name: "aux_relay_operations", parameters: { relay_operate: 1 } };

function scene(settings: { pace?: number; habits?: HabitValues } = {}) {
  const { meter } = makeMeter(0);
  const changes: [number, number][] = [];
  const transactions = new Transactions({
    habits: new HabitSwitches(settings.habits),
    pace: settings.pace ?? 1,
    read: () => undefined,
    onSubmitted: () => {},
    onChanged: (_, { level, reachedAt }) => changes.push([level, reachedAt[level]!]),
  });
  let count = 0;
  const submit = (order: Order, at: number, ordered: VendorMeter = meter): [Transaction, TransactionDevice] => {
    const known = { globalDeviceId: ordered.globalDeviceId, msn: ordered.msn, meter: ordered, order, remark: "" };
    const about = { service: order.name, parameters: "{}", digest: "", receivedAt: at };
    const transaction = transactions.submit({ id: `t${++count}`, ...about }, [known]);
    return [transaction, transaction.devices[0]!];
  };
  return { meter, transactions, submit, changes };
}

test("levels rise one by one, each at a later time, and the meter obeys at the last", () => {
  const { meter, transactions, submit, changes } = scene();
  const [, device] = submit(cut, monday);
  for (let at = monday; at < monday + 30_000 && device.level < 5; at += 100) {
    assert.ok(meter.relay.closed);
    transactions.advance(at);
  }
  assert.equal(device.state, "succeeded");
  assert.ok(!meter.relay.closed);
  assert.equal(meter.relay.state.openedAt, device.reachedAt[5]);
  assert.deepEqual(
    changes.map(([level]) => level),
    [0, 1, 2, 3, 4, 5],
  );
  const times = changes.map(([, at]) => at);
  assert.deepEqual(
    times,
    times.toSorted((one, other) => one - other),
  );
  assert.ok(times[5]! - times[0]! > 1_500, "it takes seconds");
});

for (const level of [0, 1, 2, 3, 4, 5]) {
  test(`a cancel at level ${level} ${level <= 2 ? "is heard" : "comes too late"}`, () => {
    const { meter, transactions, submit } = scene();
    const [transaction, device] = submit(cut, monday);
    let at = monday;
    for (; device.level < level; at += 50) transactions.advance(at);
    const problem = transactions.cancel(transaction, device, at);
    transactions.advance(at + 60_000);
    assert.equal(problem === undefined, level <= 2);
    assert.equal(meter.relay.closed, level <= 2);
    const words = { version: "v1", localTime: new LocalTime(300), habits: {} } as const;
    const row = statusTexts(transaction, device, words);
    assert.equal(row.request_cancelled, level <= 2 ? "1" : "0");
    assert.equal(row.request_cancel_datetime === "", level > 2);
    assert.equal(row.status_level, String(level <= 2 ? level : 5), "a cancelled one stays where it was");
  });
}

test("a meter carries out one order after the other, in their order", () => {
  const { meter, transactions, submit } = scene();
  const [, first] = submit(cut, monday);
  const [, second] = submit(connect, monday + 1);
  transactions.advance(monday + 60_000);
  assert.ok(second.reachedAt[1]! >= first.reachedAt[5]!);
  assert.ok(meter.relay.closed);
});

test("a meter that calls takes its order at its next contact", () => {
  const { meter, transactions, submit } = scene();
  meter.state.parameters = { ...meter.parameters, contactInterval: 60, firstContact: 20 * 60_000 };
  const [, device] = submit(cut, monday + 60_000);
  transactions.advance(monday + 20 * 60_000 - 1);
  assert.equal(device.level, 2);
  transactions.advance(monday + 20 * 60_000 + 30_000);
  assert.equal(device.level, 5);
});

test("a meter without supply waits, and after seven days its order has expired", () => {
  const { meter, transactions, submit } = scene();
  meter.advance(monday + 1);
  meter.state.powered = false;
  Object.defineProperty(meter.load, "outages", { value: () => [{ from: monday, to: Number.POSITIVE_INFINITY }] });
  const [, device] = submit(cut, monday + 1_000);
  transactions.advance(monday + day);
  assert.deepEqual([device.level, device.state], [2, "open"]);
  transactions.advance(monday + 8 * day);
  assert.equal(device.state, "cancelled");
  assert.match(device.remark, /expired/);
});

test("what waits for a meter is cancelled when the meter is made inactive", () => {
  const { transactions, submit } = scene();
  const inactive: Order = { name: "update_meter_status", parameters: { meter_activation_status: 0 } };
  const [, status] = submit(inactive, monday);
  const [, device] = submit(cut, monday + 1);
  transactions.advance(monday + 60_000);
  assert.equal(status.state, "succeeded");
  assert.deepEqual([device.state, device.remark], ["cancelled", "the meter has been made inactive"]);
});

test("indv_status says failed only in v3, and habits change which stamps there are", () => {
  const { transactions, submit } = scene({ habits: { failedCommands: 2, backfilledStamps: true } });
  const [well, succeeded] = submit(cut, monday);
  const [ill, failed] = submit(connect, monday + hour);
  transactions.advance(monday + 2 * hour);
  const words = (version: "v1" | "v3.3") => ({
    ...{ version, localTime: new LocalTime(300) },
    habits: { backfilledStamps: true },
  });
  assert.equal(statusTexts(well, succeeded, words("v1")).indv_status, "1");
  assert.equal(statusTexts(ill, failed, words("v1")).indv_status, "0");
  assert.equal(statusTexts(ill, failed, words("v3.3")).indv_status, "2");
  assert.equal(statusTexts(ill, failed, words("v3.3")).status_level, "4");
  const row = statusTexts(well, succeeded, words("v1"));
  const instant = (text: string | undefined) => Date.parse(`${text!.replace(" ", "T")}Z`);
  assert.equal(instant(row.status_2_datetime) - instant(row.status_1_datetime), 1_000);
  assert.equal(row.status_3_datetime, "");
});
