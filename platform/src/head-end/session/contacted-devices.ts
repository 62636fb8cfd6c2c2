/** Reads what drivers need to know about meters, for many meters with two statements. */
import { type Kysely, sql } from "kysely";
import { settingsNames } from "../../registry/protocols/index.ts";
import type { Database } from "../../stores/relational/database.ts";
import type { AllowedSeries, ContactedDevice } from "../drivers/driver.ts";

/**
 * The devices by id; one that is gone, or that nobody owns, is missing.
 * @param defaultTimezone zone of devices without a config
 */
export async function contactedDevices(
  db: Kysely<Database>,
  ids: readonly string[],
  defaultTimezone: string,
): Promise<Map<string, ContactedDevice>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("meter_devices as d")
    .innerJoin("organizations as o", "o.id", "d.organization")
    .leftJoin("meter_device_types as t", "t.id", "d.type")
    .leftJoin("meter_device_configs as c", "c.id", "t.config")
    .leftJoin("network_interfaces as i", "i.id", "d.network_interface")
    .leftJoin("sim_cards as s", "s.id", "i.sim")
    .select([
      "d.id",
      "d.number",
      "o.id as organization",
      "o.number as organization_number",
      "o.is_active as organization_active",
      "d.name",
      "d.type",
      "d.meter_activation_status",
    ])
    .select([
      ...settingsNames.map((name) => `d.${name}` as const),
      ...settingsNames.map((name) => `t.${name} as type_${name}` as const),
      "d.dlms_system_title",
      "d.global_device_id",
      "d.iec62056_21_address",
      "c.timezone",
      "c.id as config",
    ])
    .select([
      "i.port",
      sql<string | null>`coalesce(nullif(i.fqdn, ''), nullif(i.static_ip_address, ''), nullif(s.ip_address, ''))`.as(
        "host",
      ),
    ])
    .where(sql<boolean>`d.id = any(${ids}::uuid[])`)
    .execute();
  const configs = [...new Set(rows.flatMap(({ config }) => config ?? []))];
  const series = await seriesOfConfigs(db, configs);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        number: row.number,
        organization: row.organization,
        organizationNumber: row.organization_number,
        name: row.name,
        active: row.meter_activation_status === 1,
        organizationActive: row.organization_active,
        type: row.type,
        settings: Object.fromEntries(settingsNames.map((name) => [name, { ...row[`type_${name}`], ...row[name] }])),
        iec62056Address: row.iec62056_21_address,
        dlmsSystemTitle: row.dlms_system_title,
        globalDeviceId: row.global_device_id,
        timezone: row.timezone ?? defaultTimezone,
        series: (row.config && series.get(row.config)) || new Map(),
        host: row.host ?? undefined,
        port: row.port ?? undefined,
      },
    ]),
  );
}

async function seriesOfConfigs(
  db: Kysely<Database>,
  configs: readonly string[],
): Promise<Map<string, Map<string, AllowedSeries>>> {
  if (configs.length === 0) return new Map();
  const rows = await db
    .selectFrom("meter_device_config_series as a")
    .innerJoin("meter_reading_series as s", "s.id", "a.meter_reading_series")
    .select(["a.meter_device_config as config", "s.number", "s.name", "s.unit"])
    .where(sql<boolean>`a.meter_device_config = any(${configs}::uuid[])`)
    .execute();
  const byConfig = new Map<string, Map<string, AllowedSeries>>();
  for (const { config, ...series } of rows) {
    const names = byConfig.get(config) ?? new Map<string, AllowedSeries>();
    names.set(series.name, series);
    byConfig.set(config, names);
  }
  return byConfig;
}
