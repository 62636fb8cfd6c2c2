import type { Kysely } from "kysely";
import type { MeterVisuals } from "../../readings/profile-rows/meter-visuals.ts";
import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import type { Database } from "../../stores/relational/database.ts";

export interface DeviceNamesOptions {
  readonly db: Kysely<Database>;
  readonly columnar: Pick<ColumnarStore, "client">;
  readonly visuals: Pick<MeterVisuals, "update">;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Changes taken over with one insert. */
const changesAtOnce = 5_000;

/**
 * Keeps the names of meters in the columnar store, for the views. What changed is noted by the transaction of the change
 * (migration 0010) and forgotten only when the columnar store has it, so a process may die at any point; several may do it at once.
 */
export class DeviceNames {
  readonly #options: DeviceNamesOptions;

  constructor(options: DeviceNamesOptions) {
    this.#options = options;
  }

  /** Takes over what changed before the call. */
  async refresh(): Promise<void> {
    const { db, columnar, visuals, clock } = this.#options;
    for (;;) {
      const changes = await db.selectFrom("udil_name_changes").selectAll().orderBy("id").limit(changesAtOnce).execute();
      if (changes.length === 0) return;
      await columnar.client.insert({
        table: "udil_device_names",
        values: changes.map(({ id, global_device_id, msn, organization_number, device_number }) => ({
          ...{ organization_number, device_number, version: id },
          global_device_id: global_device_id ?? "",
          msn: msn ?? "",
        })),
        format: "JSONEachRow",
      });
      const at = clock();
      await visuals.update(
        changes
          .filter(({ global_device_id }) => global_device_id !== null)
          .map(({ organization_number, device_number, meter_activation_status }) => ({
            ...{ organizationNumber: organization_number, deviceNumber: device_number, at },
            fields: { mtst_meter_activation_status: meter_activation_status, mtst_datetime: at },
          })),
      );
      const ids = changes.map(({ id }) => id);
      await db.deleteFrom("udil_name_changes").where("id", "in", ids).execute();
      if (changes.length < changesAtOnce) return;
    }
  }
}
