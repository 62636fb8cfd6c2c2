/** A process that writes rows as fast as they are acknowledged, until it is killed. Prints `<meter> <rows acknowledged>`. */
import { join } from "node:path";
import { openColumnarStore } from "../../../stores/columnar/columnar-store.ts";
import { openRelationalStore } from "../../../stores/relational/relational-store.ts";
import { createProfileRows } from "../profile-rows.ts";

const directory = process.argv[2]!;
const relational = await openRelationalStore({ directory: join(directory, "relational") });
const columnar = await openColumnarStore({ directory: join(directory, "columnar") });
await Promise.all([relational.migrate(), columnar.migrate()]);
const { store } = createProfileRows({ relational, columnar });
const begin = Date.UTC(2026, 0, 1);

for (let deviceNumber = 1; deviceNumber <= 4; deviceNumber++) void writeRows(deviceNumber);

/** Each call writes the last rows of the one before again. */
async function writeRows(deviceNumber: number): Promise<void> {
  for (let from = 0; ; from += 20) {
    await store.write(
      Array.from({ length: 24 }, (_, index) => ({
        ...{ organizationNumber: 1, deviceNumber, table: "LPRO" as const, source: 0, readAt: begin },
        at: begin + (from + index) * 900_000,
        fields: { active_energy_pos_tl: String(from + index), voltage_phase_a: "230" },
      })),
    );
    console.log(deviceNumber, from + 24);
  }
}
