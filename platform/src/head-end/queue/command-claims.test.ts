import assert from "node:assert/strict";
import { test } from "node:test";
import { openCommandScene, over, staff } from "../../commands/testing/command-scene.ts";
import { obedient } from "../../commands/testing/fake-pipeline.ts";
import { relationalForms } from "../../stores/testing/relational-stores.ts";
import { RunFailure } from "../causes.ts";
import type { CallOutcome } from "../drivers/driver.ts";
import { inOrder } from "./command-claims.ts";

test("a setting and what takes it back go in the order of asking, whatever their priorities", () => {
  const cancel = (type: "SANC" | "LSCH") => ({ name: "parameterization_cancellation", parameters: { type } }) as const;
  const limit = { name: "sanctioned_load_control" } as const;
  const order = inOrder([
    { id: 4, priority: 0, command: { row: 4, ...limit } },
    { id: 3, priority: 1, command: { row: 3, ...cancel("LSCH") } },
    { id: 2, priority: 2, command: { row: 2, ...cancel("SANC") } },
  ]);
  assert.deepEqual(
    order.map(({ id }) => id),
    [2, 3, 4],
  );
});

const [form] = relationalForms();
test("a limit that was set later is not taken back by what was asked before it, and a schedule still is", async () => {
  let fails = 2;
  const scene = await openCommandScene({
    store: await form!.open(),
    carryOut: async (command, device) => {
      if (command.name === "parameterization_cancellation" && fails-- > 0) throw new RunFailure("request_refused");
      return await obedient(command, device);
    },
  });
  await scene.commands.start();
  const devices = [{ id: await scene.meter() }];
  const give = async (command: string, parameters: object) =>
    (await scene.commands.submit({ command, parameters, devices } as never, staff)).id!;
  const cancelled = await give("parameterization_cancellation", { type: "SANC" });
  const emptied = await give("parameterization_cancellation", { type: "LSCH" });
  const set = await give("sanctioned_load_control", {
    ...{ load_limit: 5, maximum_retries: 0, retry_interval: 0, threshold_duration: 30, retry_clear_interval: 0 },
  });
  await scene.headEnd.start();
  const states = [];
  for (const command of [set, cancelled, emptied]) {
    const [row] = await scene.when(command, over);
    states.push([row!.state, row!.cause]);
  }
  assert.deepEqual(states, [
    ["succeeded", null],
    ["failed", "command_overtaken"],
    ["succeeded", null],
  ]);
});

/** The line breaks after the command was sent the first time. @param later what becomes of the second attempt, when it was sent */
async function brokenOff(later: (send: () => Promise<unknown>) => Promise<CallOutcome>) {
  let attempts = 0;
  const scene = await openCommandScene({
    store: await form!.open(),
    carryOut: async (command, device) => {
      if (attempts++ > 0) return await later(() => obedient(command, device));
      await obedient(command, device);
      throw new RunFailure("connection_closed");
    },
  });
  await scene.commands.start();
  await scene.headEnd.start();
  const devices = [{ id: await scene.meter() }];
  const { id } = await scene.commands.submit(
    { command: "time_synchronization", parameters: {}, devices } as never,
    staff,
  );
  const [row] = await scene.when(id!, over);
  return row!;
}

test("that a command was sent twice is said however much else there is to say", async () => {
  const { state, remark } = await brokenOff(async (send) => {
    await send();
    return { notes: ["long ".repeat(400)] };
  });
  assert.equal(state, "succeeded");
  assert.match(remark ?? "", /It was sent 2 times: what came of an earlier attempt was not known\.$/);
});

test("a command that an earlier attempt sent does not look as if it had never been, whatever it fails of later", async () => {
  const { state, cause, remark } = await brokenOff(async () => {
    throw new RunFailure("wrong_key");
  });
  assert.deepEqual([state, cause], ["failed", "wrong_key"]);
  assert.match(remark ?? "", /An earlier attempt sent it: what came of that is not known\.$/);
});
