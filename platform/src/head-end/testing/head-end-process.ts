/** A head-end in a process of its own, to be killed: `node head-end-process.ts <data directory> <master key in hex>`. */
import { join } from "node:path";
import { openColumnarStore } from "../../stores/columnar/columnar-store.ts";
import { openRelationalStore } from "../../stores/relational/relational-store.ts";
import { headEndOver } from "./reading-scene.ts";

const [directory, masterKey] = process.argv.slice(2) as [string, string];
const relational = await openRelationalStore({ directory: join(directory, "relational") });
const columnar = await openColumnarStore({ directory: join(directory, "columnar") });
const stores = { relational, columnar, masterKey: Buffer.from(masterKey, "hex") };
await headEndOver(stores, { maxSessions: 3 }).headEnd.start();
// One line for each run that is over, so that whoever waits knows when to strike.
let told = 0;
for (;;) {
  const over = await relational.db.selectFrom("amr_runs").select("id").where("state", "=", "succeeded").execute();
  for (; told < over.length; told++) process.stdout.write("over\n");
  await new Promise((resolve) => setTimeout(resolve, 5));
}
