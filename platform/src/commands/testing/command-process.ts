/**
 * The pipeline in a process of its own, to be killed: `node command-process.ts <data directory>`. The command of a meter
 * named `at-3` gets to level 3 and no further; a line on standard output names each meter that got so far.
 */
import { setTimeout as pause } from "node:timers/promises";
import { openRelationalStore } from "../../stores/relational/relational-store.ts";
import { fakePipeline, silentLine } from "./fake-pipeline.ts";

const [directory] = process.argv.slice(2) as [string];
const store = await openRelationalStore({ directory });
const tell = (name: string) => process.stdout.write(`${name}\n`);
const forever = () => new Promise<never>(() => {});

const { headEnd, commands } = fakePipeline({
  store,
  begin: async ({ name }) => {
    if (name !== "at-1") return;
    tell(name);
    await forever();
  },
  openLine: async ({ target }) => (target.host === "10.0.0.2" ? await forever() : silentLine),
  carryOut: async (command, { name }) => {
    await command.reached(3);
    if (name === "at-3") {
      tell(name);
      await forever();
    }
    await command.reached(4);
    if (name.startsWith("at-4")) {
      tell(name);
      await forever();
    }
    return {};
  },
});
await headEnd.start();
await commands.start();
for (const { devices } of await commands.takeForPeers(10)) {
  await commands.report(devices.map(({ commandDevice }) => ({ commandDevice, level: 4, reference: "t-1" })));
  tell("at-vendor");
}
// What nobody waits for shows in the store alone.
const rows = store.db
  .selectFrom("command_devices as c")
  .innerJoin("meter_devices as d", "d.id", "c.meter_device")
  .select(["d.name", "c.status_level"])
  .where("d.name", "in", ["at-2", "at-5"]);
const told = new Set<string>();
for (;;) {
  for (const { name, status_level } of await rows.execute()) {
    if (name !== `at-${status_level}` || told.has(name)) continue;
    told.add(name);
    tell(name);
  }
  await pause(5);
}
