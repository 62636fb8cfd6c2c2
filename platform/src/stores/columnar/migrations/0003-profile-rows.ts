import { durable } from "../durability.ts";
import type { ColumnarMigration, ColumnarTable } from "./index.ts";

const instant = "DateTime64(3, 'UTC')";
const decimals = (names: readonly string[]) => names.map((name) => `${name} Nullable(Decimal(18, 3))`);

const phases = (prefix: string) => ["a", "b", "c"].map((phase) => `${prefix}_phase_${phase}`);
const registers = (quantities: readonly string[]) =>
  quantities.flatMap((quantity) =>
    ["pos", "neg", "abs"].flatMap((direction) =>
      ["t1", "t2", "t3", "t4", "tl"].map((tariff) => `${quantity}_${direction}_${tariff}`),
    ),
  );
const energiesAndDemands = registers(["active_energy", "reactive_energy", "active_mdi", "cumulative_mdi"]);

const readTime = "mdc_read_datetime";

interface RowTable {
  readonly name: string;
  /** When the row is of. */
  readonly time: string;
  /** Columns of the key behind organization, device and time. */
  readonly key?: readonly string[];
  readonly columns: readonly string[];
}

/**
 * A row is told apart by meter, time and what the table adds; the same again replaces the earlier one.
 *
 * `id`: microseconds since 1970, given when the row is inserted and to no other row of the table: at once the version, the
 * cursor of readers and the time of storing. The partition key is the same for every row: it makes the engine
 * keep the least and greatest id and time of each part, so that a reader who asks for what is new opens only the parts that
 * have it (with FINAL only where `onePartition` of readings/profile-rows is set).
 *
 * Parts stay compact up to the given size: 90 columns with two files each would be brought to the disk with every insert.
 */
const rowTable = ({ name, time, key = [], columns }: RowTable): ColumnarTable => ({
  name,
  columns: [
    "organization_number UInt32",
    "device_number UInt32",
    `${time} ${instant} CODEC(DoubleDelta, LZ4)`,
    ...key.map((column) => `${column} Int32`),
    "source UInt32",
    ...columns,
    ...(time === readTime ? [] : [`${readTime} ${instant} CODEC(DoubleDelta, LZ4)`]),
    "id UInt64 CODEC(Delta, LZ4)",
    "stored_at DateTime('UTC') MATERIALIZED toDateTime(intDiv(id, 1000000), 'UTC') CODEC(Delta, LZ4)",
  ],
  version: "id",
  orderBy: ["organization_number", "device_number", time, ...key],
  partitionBy: "(intDiv(id, 9007199254740992), intDiv(toUnixTimestamp(stored_at), 4294967296))",
  shardBy: "sipHash64(device_number)",
  settings: { ...durable, min_bytes_for_wide_part: 67_108_864 },
});

/**
 * Rows of several values of one moment, as UDIL's tables have them (its columns in their newest form); the newest value of
 * everything a meter tells; and what views over them need of the relational store: the names of meters, and what became of commands.
 */
export const profileRows: ColumnarMigration = {
  name: "0003-profile-rows",
  tables: [
    rowTable({
      name: "udil_instantaneous_rows",
      time: "meter_datetime",
      columns: [
        "current_tariff_register Nullable(Int32)",
        ...decimals([
          "signal_strength",
          "frequency",
          ...phases("current"),
          "current_total",
          ...phases("voltage"),
          "voltage_average",
          ...["active", "reactive"].flatMap((kind) =>
            ["pos", "neg", "abs"].map((direction) => `aggregate_${kind}_pwr_${direction}`),
          ),
          ...phases("pf"),
          "average_pf",
        ]),
      ],
    }),
    rowTable({
      name: "udil_billing_rows",
      time: "meter_datetime",
      columns: decimals(energiesAndDemands),
    }),
    rowTable({
      name: "udil_monthly_billing_rows",
      time: "meter_datetime",
      columns: [
        ...decimals([...energiesAndDemands, "longitude", "latitude"]),
        "picture_1 Nullable(String)",
        "picture_2 Nullable(String)",
        "reading_mode Nullable(Int32)",
        `mdi_reset_datetime Nullable(${instant})`,
        "reset_count Nullable(Int32)",
      ],
    }),
    rowTable({
      name: "udil_load_profile_rows",
      time: "meter_datetime",
      key: ["channel_id"],
      columns: [
        "interval Nullable(Int32)",
        ...decimals([
          "frequency",
          ...energiesAndDemands,
          ...phases("current"),
          ...phases("voltage"),
          ...["active", "reactive"].flatMap((kind) => [
            ...["pos", "neg"].flatMap((direction) => [
              ...phases(`${kind}_pwr_${direction}`),
              `aggregate_${kind}_pwr_${direction}`,
            ]),
            `aggregate_${kind}_pwr_abs`,
          ]),
          "average_pf",
        ]),
      ],
    }),
    rowTable({
      name: "udil_event_rows",
      time: "event_datetime",
      key: ["event_code"],
      columns: ["event_counter Nullable(Int64)", "event_description LowCardinality(Nullable(String))"],
    }),
    rowTable({
      name: "udil_communication_rows",
      time: readTime,
      columns: [
        `meter_datetime Nullable(${instant})`,
        "communication_status Nullable(Int32)",
        "message_log Nullable(String)",
        ...decimals(["longitude", "latitude"]),
        "bytes_sent Nullable(Int32)",
        "bytes_received Nullable(Int32)",
        "bytes_remaining Nullable(Int32)",
        "sim_id Nullable(String)",
        "connection_duration Nullable(Int32)",
      ],
    }),
    {
      name: "meter_visuals",
      columns: [
        "organization_number UInt32",
        "device_number UInt32",
        "field LowCardinality(String)",
        "value String",
        `value_at ${instant} CODEC(Delta, LZ4)`,
      ],
      version: "value_at",
      orderBy: ["organization_number", "device_number", "field"],
      shardBy: "sipHash64(device_number)",
      settings: durable,
    },
    {
      name: "udil_device_names",
      columns: [
        "organization_number UInt32",
        "device_number UInt32",
        "global_device_id String",
        "msn String",
        "version UInt64",
      ],
      version: "version",
      orderBy: ["organization_number", "device_number"],
      shardBy: "sipHash64(device_number)",
      settings: durable,
    },
    {
      name: "udil_transaction_rows",
      columns: [
        "organization_number UInt32",
        "client String",
        "transactionid String",
        "position UInt32",
        "device_number UInt32",
        "global_device_id String",
        "msn String",
        "type String",
        "type_parameters Nullable(String)",
        `command_receiving_datetime ${instant}`,
        "status_level Int32",
        ...[1, 2, 3, 4, 5].map((level) => `status_${level}_datetime Nullable(${instant})`),
        "indv_status Int32",
        "request_cancelled Int32",
        "request_cancel_reason Nullable(String)",
        `request_cancel_datetime Nullable(${instant})`,
        "response_data Nullable(String)",
        "version DateTime64(6, 'UTC')",
      ],
      version: "version",
      orderBy: ["organization_number", "client", "transactionid", "position"],
      shardBy: "sipHash64(transactionid)",
      settings: durable,
    },
  ],
};
