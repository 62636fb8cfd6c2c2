/** Writes registry rows straight into a store, for tests of what lies above the registry. */
import { type MeterDescription, protocols } from "@anymeter/simulator";
import type { Kysely } from "kysely";
import type { Database } from "../../stores/relational/database.ts";

export class RegistryRows {
  readonly db: Kysely<Database>;
  readonly #createdAt: Date;
  static #count = 0;

  /** @param createdAt when the rows pretend to have been created */
  constructor(db: Kysely<Database>, createdAt = "2026-01-01T00:00:00Z") {
    this.db = db;
    this.#createdAt = new Date(createdAt);
  }

  async organization(name = `Utility ${++RegistryRows.#count}`): Promise<string> {
    const row = await this.db.insertInto("organizations").values({ name }).returning("id").executeTakeFirstOrThrow();
    return row.id;
  }

  async networkInterface(
    organization: string,
    address: { fqdn?: string; static_ip_address?: string | null; port?: number | null } = {},
  ): Promise<string> {
    const row = await this.db
      .insertInto("network_interfaces")
      .values({ organization, static_ip_address: "10.1.0.1", port: 4059, ...address })
      .returning("id")
      .executeTakeFirstOrThrow();
    return row.id;
  }

  async device(
    organization: string,
    more: {
      network_interface?: string | null;
      type?: string;
      name?: string;
      dlms_settings?: object | string;
      protocol?: string;
      readonly [column: string]: unknown;
    } = {},
  ): Promise<string> {
    const { dlms_settings, ...columns } = more;
    const row = await this.db
      .insertInto("meter_devices")
      .values({
        organization,
        name: `meter-${++RegistryRows.#count}`,
        protocol: "dlms-cosem",
        network_interface: columns.network_interface === undefined ? await this.networkInterface(organization) : null,
        ...(dlms_settings && {
          dlms_settings: typeof dlms_settings === "string" ? dlms_settings : JSON.stringify(dlms_settings),
        }),
        ...columns,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    return row.id;
  }

  async task(
    organization: string,
    more: {
      schedule?: string;
      run_offset_seconds?: number;
      is_active?: boolean;
      task_call?: string;
      task_kwargs?: object;
      meter_execution_type?: string;
    } = {},
  ): Promise<string> {
    const { task_kwargs = { obis: "1-0:99.1.0" }, ...columns } = more;
    const row = await this.db
      .insertInto("amr_tasks")
      .values({
        organization,
        name: `task-${++RegistryRows.#count}`,
        schedule: "quarterly",
        meter_execution_type: "generic_dlms",
        task_call: "read_profile",
        task_kwargs: JSON.stringify(task_kwargs),
        ...columns,
        created_at: this.#createdAt,
      } as never)
      .returning("id")
      .executeTakeFirstOrThrow();
    return row.id;
  }

  /** A type with its config and series, as a meter's maker describes them. */
  async meterType(
    organization: string,
    name: string,
    meter: Pick<MeterDescription, "protocol" | "timezone" | "settings"> & {
      series: readonly { name: string; unit: string }[];
    },
    only?: readonly string[],
  ): Promise<string> {
    const unique = `${name} ${++RegistryRows.#count}`.slice(-50);
    const config = await this.db
      .insertInto("meter_device_configs")
      .values({ organization, name: unique, timezone: meter.timezone })
      .returning("id")
      .executeTakeFirstOrThrow();
    for (const series of meter.series) {
      if (only && !only.includes(series.name)) continue;
      const { id } = await this.db
        .insertInto("meter_reading_series")
        .values({ organization, name: series.name, unit: series.unit })
        .onConflict((conflict) => conflict.columns(["organization", "name"]).doUpdateSet({ unit: series.unit }))
        .returning("id")
        .executeTakeFirstOrThrow();
      await this.db
        .insertInto("meter_device_config_series")
        .values({ meter_device_config: config.id, meter_reading_series: id })
        .execute();
    }
    const type = await this.db
      .insertInto("meter_device_types")
      .values({
        organization,
        name: unique,
        manufacturer: "any",
        manufacturer_model: "any",
        config: config.id,
        [protocols[meter.protocol].settingsField]: JSON.stringify(meter.settings),
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    return type.id;
  }

  async giveTask(device: string, task: string): Promise<void> {
    await this.db.insertInto("meter_device_tasks").values({ meter_device: device, amr_task: task }).execute();
  }

  async giveTaskByGroup(organization: string, devices: readonly string[], tasks: readonly string[]): Promise<void> {
    const group = await this.db
      .insertInto("amr_task_groups")
      .values({ organization, name: `group-${++RegistryRows.#count}` })
      .returning("id")
      .executeTakeFirstOrThrow();
    for (const task of tasks) {
      await this.db.insertInto("amr_task_group_tasks").values({ amr_task_group: group.id, amr_task: task }).execute();
    }
    for (const device of devices) {
      await this.db
        .insertInto("meter_device_task_groups")
        .values({ meter_device: device, amr_task_group: group.id })
        .execute();
    }
  }
}
