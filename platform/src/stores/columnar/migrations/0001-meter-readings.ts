import { durable } from "../durability.ts";
import type { ColumnarMigration } from "./index.ts";

/**
 * Readings, one narrow row each; the same device, series and timestamp again replaces the earlier row.
 *
 * No index over the ids: its files, brought to the disk with every insert, halve the rate of small inserts, and
 * a look-up by id, which scans that one column, is rare.
 */
export const meterReadings: ColumnarMigration = {
  name: "0001-meter-readings",
  tables: [
    {
      name: "meter_readings",
      columns: [
        "organization_number UInt32",
        "device_number UInt32",
        "series_number UInt32",
        "timestamp DateTime64(3, 'UTC') CODEC(DoubleDelta, LZ4)",
        "value Decimal(18, 6)",
        "id UInt64 CODEC(Delta, LZ4)",
        "created_at DateTime64(6, 'UTC') CODEC(Delta, LZ4)",
      ],
      version: "created_at",
      orderBy: ["organization_number", "device_number", "series_number", "timestamp"],
      shardBy: "sipHash64(device_number)",
      settings: durable,
    },
  ],
};
