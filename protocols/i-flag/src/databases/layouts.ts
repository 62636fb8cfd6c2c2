/**
 * What stands in a record: layouts are chosen by database and record length, as the length is all that a converter tells.
 * Column names are those of the Utilitarian API (Generic Corus, "parameters for database readout").
 *
 * Sources: [iflag] pwitab/iflag, BSD-3: the client of 0.2 (commit b6d0846) for 52, 57 and 103 bytes, and the record tables
 * published for 1.0 for the lengths of MID converters. [WicomSRV] RMGDE-BU/WicomSRV (MLGZKonvFremd, the conversion of Corus
 * records, and the conversion of its logs), facts only.
 */
import { iFlagError } from "../errors.ts";
import { type ValueType, valueTypes } from "../values/value-types.ts";
import {
  allColumns,
  changeColumns,
  type DatabaseName,
  databaseEntry,
  eventColumns,
  intervalExtract,
  monthlyExtract,
} from "./databases.ts";

export interface Column {
  /** Empty for bytes without a known meaning. */
  readonly name: string;
  readonly type: ValueType;
  /** Of a converter set to metric units; "" for plain numbers and times. */
  readonly unit: string;
  /** Counted in input pulses: the value is this × the pulse weight. */
  readonly pulses: boolean;
  /** Decimal places the number is moved by: -3 for volumes in thousandths of a pulse. */
  readonly exponent: number;
  /** A converted volume: whether it counts whole pulses or thousandths depends on the firmware. */
  readonly converted: boolean;
  /** Of the first byte in the record. */
  readonly offset: number;
  readonly length: number;
}

export interface RecordLayout {
  readonly database: DatabaseName;
  readonly length: number;
  /** The mask whose records these are. */
  readonly mask: number;
  readonly source: string;
  readonly columns: readonly Column[];
}

interface ColumnEntry {
  readonly name: string;
  readonly type: ValueType;
  readonly unit?: string;
  readonly pulses?: true;
  readonly converted?: true;
  readonly exponent?: number;
  /** Instead of the type's own, for bytes without a known meaning. */
  readonly length?: number;
}

const unused = (length: number): ColumnEntry => ({ name: "", type: "raw", length });
const column = (name: string, type: ValueType, unit = ""): ColumnEntry => ({ name, type, unit });
const unconverted = (name: string, type: ValueType): ColumnEntry => ({ name, type, unit: "m³", pulses: true });
const converted = (name: string, type: ValueType, exponent: number): ColumnEntry => ({
  ...{ name, type, exponent, unit: "m³" },
  ...{ pulses: true, converted: true },
});
const flow = (name: string): ColumnEntry => ({ name, type: "float3", unit: "m³/h", pulses: true });
const temperature = (name: string): ColumnEntry => ({ name, type: "float1", unit: "°C" });
const pressure = (name: string): ColumnEntry => ({ name, type: "float2", unit: "bar" });
const index = (name: string): ColumnEntry => ({ name, type: "index", unit: "m³" });

/** `<p>` in names is the period: interval, hourly, daily, monthly. */
const short = {
  duration: column("record_duration", "byte"),
  unconverted: "word",
  converted: "ulong",
} as const;
const long = {
  duration: column("record_duration", "word"),
  unconverted: "eword",
  converted: "eulong",
} as const;

/** Thousandths of a pulse: MID converters and those that WicomSRV reads count converted volumes so. */
const thousandths = -3;

const volumes = (sizes: typeof short | typeof long, convertedExponent: number): ColumnEntry[] => [
  unconverted("consumption_unconverted_<p>", sizes.unconverted),
  converted("consumption_converted_<p>", sizes.converted, convertedExponent),
  unconverted("consumption_unconverted_<p>_under_alarm", sizes.unconverted),
  converted("consumption_converted_<p>_under_alarm", sizes.converted, convertedExponent),
];

const conditions: readonly ColumnEntry[] = [
  temperature("temperature_<p>_minimum"),
  temperature("temperature_<p>_maximum"),
  temperature("temperature_<p>_average"),
  pressure("pressure_<p>_minimum"),
  pressure("pressure_<p>_maximum"),
  pressure("pressure_<p>_average"),
  flow("flowrate_unconverted_<p>_minimum"),
  flow("flowrate_unconverted_<p>_maximum"),
  flow("flowrate_converted_<p>_minimum"),
  flow("flowrate_converted_<p>_maximum"),
];
const averageFlows: readonly ColumnEntry[] = [
  flow("flowrate_unconverted_<p>_average"),
  flow("flowrate_converted_<p>_average"),
];
const indexes: readonly ColumnEntry[] = [
  index("index_unconverted"),
  index("index_converted"),
  index("counter_unconverted_under_alarm"),
  index("counter_converted_under_alarm"),
];
const peaks = (convertedExponent: number): ColumnEntry[] => [
  unconverted("consumption_unconverted_<p>_maximum", "word"),
  column("consumption_unconverted_<p>_maximum_date", "date"),
  converted("consumption_converted_<p>_maximum", "ulong", convertedExponent),
  column("consumption_converted_<p>_maximum_date", "date"),
];
const secondPressure: readonly ColumnEntry[] = [
  pressure("pressure_2_<p>_minimum"),
  pressure("pressure_2_<p>_maximum"),
  pressure("pressure_2_<p>_average"),
];

const beginning = (sizes: typeof short | typeof long, convertedExponent: number): ColumnEntry[] => [
  sizes.duration,
  column("status", "byte"),
  column("end_date", "date"),
  ...volumes(sizes, convertedExponent),
  ...conditions,
];
const ending: readonly ColumnEntry[] = [...averageFlows, column("start_date", "date"), unused(2)];

const plain = (sizes: typeof short | typeof long): ColumnEntry[] => [...beginning(sizes, 0), unused(4), ...ending];
const withIndexes = (sizes: typeof short | typeof long): ColumnEntry[] => [
  ...beginning(sizes, thousandths),
  column("superior_calorific_value", "float"),
  ...indexes,
  ...ending,
  ...secondPressure,
];
const monthlyPlain: readonly ColumnEntry[] = [...beginning(long, 0), unused(4), ...indexes, ...peaks(0), ...ending];
const monthlyMid: readonly ColumnEntry[] = [
  ...beginning(long, thousandths),
  column("superior_calorific_value", "float"),
  ...indexes,
  ...peaks(thousandths),
  ...ending,
  ...secondPressure,
];

const change: readonly ColumnEntry[] = [
  column("date", "date"),
  column("parameter_code", "byte"),
  column("old_value", "raw"),
  column("new_value", "raw"),
];

const older = "[iflag] client of 0.2, commit b6d0846";
const sameAsHourly = "the interval database has the records of the hourly one";
const published = "[iflag] record tables published for 1.0 (MID)";

export const recordLayouts: readonly RecordLayout[] = [
  layout("interval", allColumns, plain(short), `${older}; README of 1.0.0`),
  layout("hourly", allColumns, plain(short), older),
  layout("daily", allColumns, plain(long), older),
  layout("monthly", allColumns, monthlyPlain, older),
  layout("interval", allColumns, withIndexes(short), `${published}; ${sameAsHourly}`),
  layout("interval", allColumns, [...withIndexes(short), unused(2)], `${published}; ${sameAsHourly}`),
  layout("hourly", allColumns, withIndexes(short), published),
  layout("hourly", allColumns, [...withIndexes(short), unused(2)], published),
  layout("daily", allColumns, withIndexes(long), published),
  layout("daily", allColumns, [...withIndexes(long), unused(2)], published),
  layout("monthly", allColumns, monthlyMid, published),
  layout("monthly", allColumns, [...monthlyMid, unused(2)], published),
  layout(
    "interval",
    intervalExtract,
    [
      column("end_date", "date"),
      ...volumes(short, thousandths),
      column("status", "byte"),
      unused(1),
      temperature("temperature_<p>_average"),
      pressure("pressure_<p>_average"),
      // "Unconverted consumption LF2": the pulses of a second, controlling transmitter.
      unconverted("consumption_unconverted_<p>_input_2", "word"),
    ],
    "[WicomSRV] interval log",
  ),
  layout(
    "monthly",
    monthlyExtract,
    [column("end_date", "date"), column("status", "byte"), unused(1), ...indexes],
    "[WicomSRV] monthly log",
  ),
  layout("event", eventColumns, [column("date", "date"), column("event_code", "byte")], "[WicomSRV] event log"),
  layout("parameter_log", changeColumns, change, "[WicomSRV] parameter log"),
  layout("metrological_log", changeColumns, change, "[WicomSRV] metrological log"),
];

/** The bit of a record's status that says that the clock was set during its period ([WicomSRV]). */
export const clockSetStatus = 0x08;

/**
 * The layout of records of a length.
 * @throws ProtocolError `layout_unknown`
 */
export function layoutOf(database: DatabaseName, length: number): RecordLayout {
  const ofDatabase = recordLayouts.filter((each) => each.database === database);
  const found = ofDatabase.find((each) => each.length === length);
  if (found) return found;
  const known = ofDatabase.map((each) => each.length).join(", ");
  throw iFlagError("layout_unknown", { length, database, known });
}

function layout(database: DatabaseName, mask: number, entries: readonly ColumnEntry[], source: string): RecordLayout {
  let offset = 0;
  const columns = entries.map(({ name, type, unit = "", length = valueTypes[type].length, ...more }) => {
    const { pulses = false, converted = false, exponent = 0 } = more;
    const period = name.replace("<p>", databaseEntry(database).name);
    const placed = { name: period, type, unit, pulses, converted, exponent, offset, length };
    offset += length;
    return placed;
  });
  return { database, length: offset, mask, source, columns };
}
