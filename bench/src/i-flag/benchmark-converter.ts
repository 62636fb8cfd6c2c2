/** The converter of the i-flag benchmarks: a MID converter with a day of hourly records. */
import {
  encodeRecord,
  encodeValue,
  type IFlagDevice,
  layoutOf,
  type ParameterName,
  parameterMapOf,
  type Value,
} from "@anymeter/i-flag";

export const map = parameterMapOf("M5B00");
export const layout = layoutOf("hourly", 90);
export const pulseWeight = "0.1";

/** What is read beside the records. */
export const names: readonly ParameterName[] = [
  "index_unconverted",
  "index_converted",
  "flowrate_converted",
  "temperature",
  "pressure",
  "datetime",
];

const values: Readonly<Partial<Record<ParameterName, Value>>> = {
  parameter_mapping_version: "FL_M5B00",
  input_pulse_weight: pulseWeight,
  datetime: "2026-01-15T06:00:00",
  index_unconverted: "171002.5",
  index_converted: "183211.25",
  flowrate_converted: "12.5",
  temperature: "9.87",
  pressure: "1.0425",
};

/** 24 hours, the newest first, as their bytes. */
export const recordsOfADay: readonly Uint8Array[] = Array.from({ length: 24 }, (_, hour) => {
  const end = (hoursAgo: number) => new Date(Date.UTC(2026, 0, 15, 6 - hoursAgo)).toISOString().slice(0, 19);
  return encodeRecord(layout, {
    ...{ record_duration: 60, status: 0, end_date: end(hour), start_date: end(hour + 1) },
    ...{ consumption_unconverted_hourly: 125 - hour, consumption_converted_hourly: `${134 - hour}.567` },
    ...{ consumption_unconverted_hourly_under_alarm: 0, consumption_converted_hourly_under_alarm: "0" },
    ...{ temperature_hourly_minimum: "9.75", temperature_hourly_maximum: "10.25", temperature_hourly_average: "9.87" },
    ...{ pressure_hourly_minimum: "1.040", pressure_hourly_maximum: "1.045", pressure_hourly_average: "1.043" },
    ...{ flowrate_unconverted_hourly_minimum: "110.5", flowrate_unconverted_hourly_maximum: "130.5" },
    ...{ flowrate_converted_hourly_minimum: "115.5", flowrate_converted_hourly_maximum: "140.5" },
    ...{ superior_calorific_value: "11.25", index_unconverted: `${171002 - hour}.5`, index_converted: "183211.25" },
    ...{ counter_unconverted_under_alarm: "0", counter_converted_under_alarm: "0" },
    ...{ flowrate_unconverted_hourly_average: "125", flowrate_converted_hourly_average: "134.5" },
    ...{ pressure_2_hourly_minimum: "1.240", pressure_2_hourly_maximum: "1.245", pressure_2_hourly_average: "1.243" },
  });
});

const parameters = new Map(
  Object.entries(map.addresses).map(([name, { id, type }]) => [
    id,
    encodeValue(type, values[name as ParameterName] as never),
  ]),
);

/** One of its own for each connection, because each keeps its transfer. */
export function newConverter(): IFlagDevice {
  return {
    identification: "ACT5MINICOR200",
    transfers: {},
    readParameter: (id) => parameters.get(id),
    writableLength: () => undefined,
    writeParameters: () => false,
    readDatabase: () => ({ recordLength: layout.length, records: recordsOfADay }),
  };
}
