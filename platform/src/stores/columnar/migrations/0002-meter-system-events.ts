import { durable } from "../durability.ts";
import type { ColumnarMigration } from "./index.ts";

/** Events of meters; the same title and content at the same time of the same device is one event. */
export const meterSystemEvents: ColumnarMigration = {
  name: "0002-meter-system-events",
  tables: [
    {
      name: "meter_system_events",
      columns: [
        "organization_number UInt32",
        "device_number UInt32",
        "timestamp DateTime64(3, 'UTC')",
        "title String",
        "content String",
        "id UInt64",
        "created_at DateTime64(6, 'UTC')",
      ],
      version: "created_at",
      orderBy: ["organization_number", "device_number", "timestamp", "title", "content"],
      shardBy: "sipHash64(device_number)",
      settings: durable,
    },
  ],
};
