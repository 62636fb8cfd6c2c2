import { sql } from "kysely";
import Type from "typebox";
import { choice, computed, references, text } from "../fields.ts";
import { everyOperation, type Resource } from "../resource.ts";
import { acceptedTimezones } from "../timezones.ts";

const link = {
  table: "meter_device_config_series",
  own: "meter_device_config",
  other: "meter_reading_series",
} as const;

export const meterDeviceConfigs: Resource = {
  name: "meter-device-configs",
  path: "/v1/metering/meter-device-configs",
  operationPrefix: "metering_meter-device-configs",
  tag: "Meter device configs",
  singular: "meter device config",
  plural: "meter device configs",
  about: "The series that meters of a type may store, and the zone in which their naive times are read.",
  schema: "MeterDeviceConfig",
  table: "meter_device_configs",
  id: "uuid",
  operations: everyOperation,
  ownership: "required",
  fields: {
    name: text({ most: 50, required: true, title: "Device config name" }),
    series: references("meter_reading_series", link, {
      ...{ required: true, onDelete: "protect", title: "Meter Reading Series" },
      description: "Choose meter readings series that will be allowed for this meter device config.",
    }),
    series_info: computed(
      Type.String({ description: "Names and units of the series, for people." }),
      sql`(select coalesce(string_agg(s.name || ' (' || s.unit || ')', ', ' order by s.name), '')
           from meter_device_config_series l join meter_reading_series s on s.id = l.meter_reading_series
           where l.meter_device_config = t.id)`,
    ),
    timezone: choice(acceptedTimezones, {
      title: "Meter timezone",
      description: "IANA zone of times without offset. Mind that Etc/GMT-2 is two hours EAST of Greenwich.",
    }),
  },
  unique: [["organization", "name"]],
  example: {
    organization: "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d11",
    name: "IDIS single phase",
    series: ["a3d5c8a2-7f35-4b87-9a0e-1d2c3b4a5f60"],
    timezone: "Europe/Stockholm",
  },
  hooks: {
    prepare: (values, before, { defaultMeterTimezone }) =>
      before ? values : { timezone: defaultMeterTimezone, ...values },
  },
};
