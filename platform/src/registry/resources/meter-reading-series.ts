import { decimal, flag, text } from "../fields.ts";
import { equals } from "../filters.ts";
import { everyOperation, type Resource } from "../resource.ts";

export const meterReadingSeries: Resource = {
  name: "meter-reading-series",
  path: "/v1/metering/meter-reading-series",
  operationPrefix: "metering_meter-reading-series",
  tag: "Meter reading series",
  singular: "meter reading series",
  plural: "meter reading series",
  about:
    "What a time series of readings measures. The name usually is an OBIS code such as 1-0:1.8.0, and may be anything.",
  schema: "MeterReadingsSeries",
  table: "meter_reading_series",
  id: "uuid",
  operations: everyOperation,
  ownership: "required",
  fields: {
    name: text({ most: 50, required: true, title: "Name", description: "Used to group meter readings." }),
    description: text({ most: 250, title: "Description" }),
    unit: text({ most: 10, required: true, title: "Unit", description: "Unit characters of the series, ex: kWh" }),
    unit_description: text({
      ...{ most: 250, least: 1, nullable: true, title: "Unit description" },
      description: "Longer name of unit or more info about the unit, Ex Celsius or Bar, Atmospheric.",
    }),
    si_multiplier: decimal({
      title: "SI Multiplier",
      description: "Multiplier to get series unit in SI unit. Ex 1 kPa = 1000 * 1 Pa.",
    }),
    affected_by_ct_ratio: flag({
      title: "Affected by current transformer ratio",
      description: "Indicates if series is affected by the current transformer of the meter. Is used for calculations.",
    }),
    affected_by_vt_ratio: flag({
      title: "Affected by voltage transformer ratio",
      description: "Indicates if series is affected by the voltage transformer of the meter. Is used in calculations.",
    }),
  },
  filters: { name: equals("name"), unit: equals("unit") },
  unique: [["organization", "name"]],
  example: {
    organization: "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d11",
    name: "1-0:1.8.0",
    description: "Active energy, import",
    unit: "Wh",
    si_multiplier: "3600",
  },
};
