/** What a utility is told about a LIS-200 device: which lock to open with which code, what it measures, what to ask it. */
import type { MeterRegistration, ReadingPlan, SeriesDescription } from "../simulated-meter.ts";
import { type Column, columns } from "./columns.ts";
import type { Lis200Model } from "./models.ts";

/** The `lis200_settings` of the platform's meter device types. */
export type Lis200Settings = {
  readonly lock: number;
  readonly wake_up?: boolean;
  readonly rows_per_block?: number;
};

/** @param code the utility's belief about the lock in use */
export function registrationOf(model: Lis200Model, deviceAddress: string, code: string): MeterRegistration {
  const settings: Lis200Settings = {
    lock: model.locks.value.used,
    rows_per_block: 50,
    ...(model.wakeUp.value !== undefined && { wake_up: true }),
  };
  return {
    settings,
    ...(model.asksForAddress.value && { deviceFields: { iec62056_21_address: deviceAddress } }),
    secrets: { iec62056_21_password: code },
    series: seriesOf(model),
    description: model.description,
    reading: model.kind === "converter" ? converterReading : loggerReading,
  };
}

/** Series are named by the source addresses of the archives' columns. */
function seriesOf({ archives, kind }: Lis200Model): readonly SeriesDescription[] {
  const names = new Set(archives.value.flatMap((archive) => archive.columns));
  const archived = [...names].map((name) => {
    const { source, seriesUnit, description }: Column = columns[name];
    return { name: canonical(source), unit: seriesUnit, description };
  });
  return kind === "converter" ? [...archived, baseFlow] : archived;
}

const baseFlow: SeriesDescription = { name: "2:310.0", unit: "m³/h", description: "Base flow" };

/** "02:0302.0" → "2:302.0" */
function canonical(source: string): string {
  return source.replace(/(^|:)0+(?=[0-9A-F])/g, "$1");
}

/** Rows of the measuring periods, of the whole archive at first contact; the clock once a day. */
function readingOf(group: string, archive: number, values: readonly string[]): ReadingPlan {
  const archived = { archive_number: archive, control_position: 3 };
  return {
    group,
    tasks: [
      {
        name: `Measuring periods (archive ${archive})`,
        description: `Every quarter of an hour the newest rows of archive ${archive}, and all that a gap left out.`,
        schedule: "quarterly",
        run_offset_seconds: 45,
        task_call: "read_archive_by_offset_seconds",
        task_kwargs: { offset_seconds: 1_800, ...archived },
        first: {
          task_call: "read_archive_by_date",
          task_kwargs: { start_date: "2020-01-01T00:00:00", ...archived },
        },
      },
      ...values.map((address) => ({
        name: `Present value ${address}`,
        description: `Every quarter of an hour the present value of ${address}.`,
        schedule: "quarterly" as const,
        run_offset_seconds: 60,
        task_call: "read_single_value",
        task_kwargs: { address },
      })),
      {
        name: `Clock (${group})`,
        description: "Once a day: compare the clock with ours and set it.",
        schedule: "daily",
        run_offset_seconds: 5_400,
        task_call: "set_time",
        task_kwargs: {},
      },
    ],
  };
}

const converterReading = readingOf("LIS-200 volume converters", 3, [baseFlow.name]);
const loggerReading = readingOf("LIS-200 data loggers", 2, []);
