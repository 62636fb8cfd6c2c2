import assert from "node:assert/strict";
import { test } from "node:test";
import { RunFailure } from "../head-end/causes.ts";
import { openCommandScene, over, staff } from "./testing/command-scene.ts";

test("what becomes of commands is counted once for each device, by command and outcome", async () => {
  let isRefused = false;
  const scene = await openCommandScene({
    carryOut: async () => {
      if (isRefused) throw new RunFailure("command_refused");
      return {};
    },
  });
  const [meter, unused] = [await scene.meter(), await scene.meter({ meter_activation_status: 0 })];
  const cancelled = await scene.switchOff(meter, unused);
  for (let again = 0; again < 2; again++) await scene.commands.cancel({ command: cancelled }, staff, "");
  const [far] = [await scene.meter({ udil_mdc: await scene.mdc() })];
  await scene.switchOff(far);
  const [taken] = await scene.commands.takeForPeers(1);
  await scene.commands.report([{ commandDevice: taken!.devices[0]!.commandDevice, state: "succeeded" }]);
  await scene.headEnd.start();
  await scene.commands.start();
  await scene.when(await scene.switchOff(meter), over);
  isRefused = true;
  await scene.when(await scene.switchOff(meter), over);
  const metric = await scene.metrics.getSingleMetric("anymeter_commands_total")!.get();
  assert.deepEqual(Object.fromEntries(metric.values.map(({ labels, value }) => [labels.outcome, value])), {
    ...{ accepted: 4, refused: 1, cancelled: 1, succeeded: 2, failed: 1 },
  });
  assert.ok(metric.values.every(({ labels }) => labels.command === "aux_relay_operations"));
});
