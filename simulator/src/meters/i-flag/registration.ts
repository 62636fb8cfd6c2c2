/** What a utility is told about a Corus converter: how to talk to it, what it measures, what to ask it. */
import type { MeterRegistration, ReadingPlan, SeriesDescription } from "../simulated-meter.ts";
import type { IFlagModel } from "./models.ts";

/** The `corus_settings` of the platform's meter device types. */
export type CorusSettings = {
  readonly parameter_map?: string;
  readonly float3_exponent?: number;
};

export function registrationOf(model: IFlagModel): MeterRegistration {
  const { told, used } = model.map.value;
  const settings: CorusSettings = {
    ...(!told.endsWith(used) && { parameter_map: used }),
    ...(model.float3Exponent.value !== -1 && { float3_exponent: model.float3Exponent.value }),
  };
  return {
    settings,
    series: [...presentSeries, ...(model.mid ? midSeries : plainSeries)],
    description: model.description,
    reading: model.mid ? midReading : plainReading,
  };
}

const series = (name: string, unit: string, description: string): SeriesDescription => ({ name, unit, description });

const presentSeries: readonly SeriesDescription[] = [
  series("index_unconverted", "m³", "Unconverted index"),
  series("index_converted", "m³", "Converted index"),
  series("flowrate_converted", "m³/h", "Converted flow"),
  series("temperature", "°C", "Gas temperature"),
  series("pressure", "bar", "Gas pressure"),
  series("battery_days", "d", "Days the battery will last"),
];

const plainSeries: readonly SeriesDescription[] = [
  series("consumption_unconverted_interval", "m³", "Unconverted consumption of an interval"),
  series("consumption_converted_interval", "m³", "Converted consumption of an interval"),
  series("temperature_interval_average", "°C", "Mean gas temperature of an interval"),
  series("pressure_interval_average", "bar", "Mean gas pressure of an interval"),
  series("consumption_converted_daily", "m³", "Converted consumption of a gas day"),
  series("consumption_converted_monthly_maximum", "m³", "Greatest converted consumption of an interval in a gas month"),
];

const midSeries: readonly SeriesDescription[] = [
  series("consumption_converted_hourly", "m³", "Converted consumption of an hour"),
  series("flowrate_converted_hourly_maximum", "m³/h", "Greatest converted flow of an hour"),
  series("temperature_hourly_average", "°C", "Mean gas temperature of an hour"),
  series("pressure_hourly_average", "bar", "Mean gas pressure of an hour"),
  series("pressure_2_hourly_average", "bar", "Mean gas pressure of an hour, second sensor"),
  series("consumption_converted_daily", "m³", "Converted consumption of a gas day"),
  series("consumption_converted_monthly_maximum", "m³", "Greatest converted consumption of an interval in a gas month"),
];

/** Without indexes in the records, the index is read as it stands, as the documentation of the calls advises. */
const plainReading = readingOf("Gas converters", "interval");
const midReading = readingOf("Gas converters (MID)", "hourly");

function readingOf(group: string, database: string): ReadingPlan {
  const whole = (name: string) => ({ task_call: "read_database", task_kwargs: { database: name } });
  return {
    group,
    tasks: [
      {
        name: `Present values (${group})`,
        description: "Every quarter of an hour the indexes, the flow, temperature and pressure.",
        schedule: "quarterly",
        run_offset_seconds: 30,
        task_call: "read_parameters",
        task_kwargs: {
          parameters: [
            ...["index_unconverted", "index_converted", "flowrate_converted"],
            ...["temperature", "pressure", "battery_days"],
          ],
        },
      },
      {
        name: `Records (${group})`,
        description: `Every quarter of an hour the newest records of the ${database} database, and all that a gap left out.`,
        schedule: "quarterly",
        run_offset_seconds: 60,
        task_call: "read_database_by_offset_seconds",
        task_kwargs: { offset_seconds: 3_600, database },
        first: whole(database),
      },
      {
        name: `Gas days (${group})`,
        description: "Once a day the records of the last gas days.",
        schedule: "daily",
        run_offset_seconds: 120,
        task_call: "read_database_by_offset_seconds",
        task_kwargs: { offset_seconds: 86_400, database: "daily" },
        first: whole("daily"),
      },
      {
        name: `Gas months (${group})`,
        description: "Once a month the record of the last gas month, with its indexes and its peak.",
        schedule: "monthly",
        run_offset_seconds: 21_600,
        task_call: "read_database_by_offset_seconds",
        task_kwargs: { offset_seconds: 2_678_400, database: "monthly" },
        first: whole("monthly"),
      },
      {
        name: `Clock (${group})`,
        description: "Once a day: compare the clock with ours and set it when it is off by more than ten seconds.",
        schedule: "daily",
        run_offset_seconds: 600,
        task_call: "set_time",
        task_kwargs: { allowed_drift_seconds: 10 },
      },
    ],
  };
}
