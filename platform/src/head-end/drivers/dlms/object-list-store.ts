import type { Kysely } from "kysely";
import type { Database } from "../../../stores/relational/database.ts";
import type { ObjectListStore } from "../stores.ts";

/** Keeps the newest object list of each device type and firmware. */
export function objectListStore(db: Kysely<Database>): ObjectListStore {
  return {
    recall: async (type, firmware) => {
      const row = await db
        .selectFrom("meter_object_lists")
        .select(["objects", "read_at"])
        .where("meter_device_type", "=", type)
        .where("firmware", "=", firmware)
        .executeTakeFirst();
      return row && { objects: row.objects as never, readAt: row.read_at.getTime() };
    },
    keep: async (type, firmware, objects, readAt) => {
      const values = { objects: JSON.stringify(objects), read_at: new Date(readAt) };
      await db
        .insertInto("meter_object_lists")
        .values({ meter_device_type: type, firmware, ...values })
        .onConflict((conflict) => conflict.columns(["meter_device_type", "firmware"]).doUpdateSet(values))
        .execute();
    },
  };
}
