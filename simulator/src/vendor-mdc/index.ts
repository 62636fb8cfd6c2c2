/** A vendor's MDC that speaks UDIL, with meters of its own. */
export type { Clock } from "./clock.ts";
export { startVendorControl, type VendorControl } from "./control/control-server.ts";
export { HabitError, HabitSwitches } from "./habits/habit-switches.ts";
export { type HabitName, type HabitValues, habits } from "./habits/habits.ts";
export type { VendorReadyLine } from "./main.ts";
export type { VendorMeter } from "./meters/vendor-meter.ts";
export { CsvFolder } from "./transports/csv-folder.ts";
export { type DatabaseConnection, openDatabase } from "./transports/database-connection.ts";
export { DatabaseTables } from "./transports/database-tables.ts";
export type { Transport } from "./transports/transport.ts";
export {
  startVendorMdc,
  type VendorCredentials,
  type VendorMdc,
  type VendorMdcDescription,
  type VendorMdcOptions,
  type VendorMeterDescription,
} from "./vendor-mdc.ts";
