/** The readings that the benchmarks send: a thousand meters, one series, a value every quarter of an hour. */

export const devices = 1000;
export const seriesName = "1-0:1.8.0";
const quarterOfAnHour = 900_000;
const begin = Date.UTC(2020, 0, 1);
/** Rounds lie a year apart, so that no reading is sent twice. */
const rowsPerRound = 35_040 * devices;

export function deviceName(device: number): string {
  return `LGZ00000${String(10_000_000 + device)}`;
}

/** Row by row all meters, then the next quarter of an hour. */
export function timestampOf(row: number, round: number): number {
  return begin + Math.floor((row + (round * rowsPerRound) / 10) / devices) * quarterOfAnHour;
}

export function valueText(row: number): string {
  return `${10_000 + (row % 89_999)}.${String(row % 1000).padStart(3, "0")}`;
}

/** One reading as a JSON object. */
export function jsonReading(row: number, round: number): string {
  const timestamp = new Date(timestampOf(row, round)).toISOString();
  return `{"meter_device_name":"${deviceName(row % devices)}","series_name":"${seriesName}","timestamp":"${timestamp}","value":"${valueText(row)}"}`;
}
