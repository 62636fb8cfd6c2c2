/** An outage in a load profile, from a simulated meter whose clock stands shortly after it, into real stores. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { otherMeters } from "@anymeter/simulator";
import { openReadingScene } from "../../testing/reading-scene.ts";

test("what the status of a load profile says to have happened becomes events of the meter", async () => {
  let behind = 0;
  const others = [{ ...otherMeters.find(({ model }) => model === "D3Z")!, model: "L6Q" }];
  const scene = await openReadingScene({ meters: 0, others, historyDays: 2, clock: () => Date.now() - behind });
  const meter = scene.others[0]!;
  const supply = meter.supply as { interruptions(from: number, to: number): readonly { from: number; to: number }[] };
  const outage = supply.interruptions(Date.now() - 800 * 86_400_000, Date.now() - 86_400_000).at(-1)!;
  behind = Date.now() - outage.to - 2 * 3_600_000;
  await scene.openHeadEnd().start();
  const device = await scene.register(meter);
  const done = await scene.over(await scene.ask(device, "read_load_profile"));
  assert.equal(done.state, "succeeded", done.cause_detail ?? "");
  const events = await scene.query<{ title: string; content: string; at: number }>(
    `select title, content, toUnixTimestamp64Milli(timestamp) as at from meter_system_events final
     where device_number = ${await scene.numberOf(device)} order by at`,
  );
  assert.deepEqual([...new Set(events.map(({ title }) => title))].toSorted(), ["Power failure", "Power return"]);
  assert.match(events[0]!.content, /^P\.01, in the 15 minutes before: status [8C]4$/);
  for (const { at } of events) assert.ok(Number(at) > outage.from && Number(at) <= outage.to + 1_800_000);
  assert.deepEqual(done.result, { events: events.length });
  assert.match(done.notes!.join(" "), /rows: .*power returned/);
});
