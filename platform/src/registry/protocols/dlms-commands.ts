/**
 * Where DLMS meters keep what commands set: the objects of the standard (Blue Book), which a profile exchanges for its
 * maker's own, or says that there are none. Drivers and documentation read the same table.
 */
import { tableProfiles, type UdilTable } from "@anymeter/udil";

/** A home for each command that is carried out by objects of the meter; the clock and reading have theirs in every meter. */
export interface CommandHomes {
  readonly aux_relay_operations: RelayHome | NoHome;
  readonly sanctioned_load_control: LimiterHome | LoadRegistersHome | NoHome;
  readonly load_shedding_scheduling: ScheduleHome | NoHome;
  readonly update_time_of_use: CalendarHome | NoHome;
  readonly update_ip_port: DestinationsHome | NoHome;
  readonly meter_data_sampling: CapturePeriodHome | NoHome;
  readonly activate_meter_optical_port: PortWindowHome | NoHome;
  readonly update_wake_up_sim_number: CallersHome | NumbersHome | NoHome;
  readonly update_mdi_reset_date: BillingResetHome | NoHome;
  readonly on_demand_read: RowsHome;
}

/** The meter has no object that holds it. */
export interface NoHome {
  readonly by: "none";
  /** A sentence for whoever gave the command. */
  readonly reason: string;
}

/** Class 70. */
export interface RelayHome {
  readonly by: "disconnect control";
  readonly object: string;
}

/** Scripts that open and close the relay. Those of the table that do it count; the numbers are for tables that cannot be read. */
export interface RelayScripts {
  readonly table: string;
  readonly disconnect?: number;
  readonly reconnect?: number;
}

/** Class 71: threshold, durations and actions. It counts no retries: `load_limit_retries` says what becomes of them. */
export interface LimiterHome {
  readonly by: "limiter";
  readonly object: string;
  readonly scripts: RelayScripts;
  /** Objects of the maker's own beside it, class 1 or registers, where the model counts retries. */
  readonly retries?: {
    readonly maximum: string;
    /** Seconds. */
    readonly clearInterval: string;
  };
}

/** Values of their own. */
export interface LoadRegistersHome {
  readonly by: "registers";
  /** True = the limit is in force. */
  readonly enable: string;
  /** Watts, one for each tariff: all get the same. */
  readonly thresholds: readonly string[];
  /** Seconds. */
  readonly durations: readonly string[];
  readonly maximumRetries: string;
  /** Seconds. */
  readonly retryInterval: string;
  readonly retryClearInterval: string;
}

/** Class 10. */
export interface ScheduleHome {
  readonly by: "schedule";
  readonly object: string;
  readonly scripts: RelayScripts;
  /** Greatest index that may be used for switching the load. */
  readonly greatestIndex: number;
  /** Entries must end on a later day than they begin. */
  readonly datesMustDiffer?: true;
  /** A script that empties the schedule, where entries are not deleted one by one. */
  readonly clear?: { readonly table: string; readonly script: number };
}

/** Class 20, with the holidays in class 11. */
export interface CalendarHome {
  readonly by: "activity calendar";
  readonly object: string;
  /** Script n of it = tariff n. */
  readonly tariffScripts: string;
  readonly specialDays: { readonly object: string; readonly written: "one by one" | "as a whole" };
  readonly mostWeeks?: number;
  /** A script that goes back to the calendar the meter came with. */
  readonly factory?: { readonly table: string; readonly script: number };
}

/** Class 29. */
export interface DestinationsHome {
  readonly by: "auto connect";
  readonly object: string;
}

/** Class 7, attribute 4, of the profile behind each kind of rows. */
export interface CapturePeriodHome {
  readonly by: "capture period";
}

/** Class 1: a structure of the date-times between which the port is open. */
export interface PortWindowHome {
  readonly by: "window";
  readonly object: string;
}

/** Class 28, version 2. */
export interface CallersHome {
  readonly by: "auto answer";
  readonly object: string;
}

/** Class 1, one object for each number. */
export interface NumbersHome {
  readonly by: "numbers";
  readonly objects: readonly [string, string, string];
}

/** Class 22 that runs the script at the end of a billing period. */
export interface BillingResetHome {
  readonly by: "single action schedule";
  readonly object: string;
  readonly scriptTable: string;
}

/** The profiles behind each kind of rows; without one the registers themselves are read. */
export interface RowsHome {
  readonly by: "profiles";
  /** Whose profiles, as UDIL's tables know them; the standard's when absent. */
  readonly vendor?: "A" | "B";
  /** The GSM diagnostic (class 47) of the modem that is in use; that of the first modem when absent. */
  readonly signal?: string;
  /** What the model's columns are in when the meter does not tell it, by the unit of UDIL's column. */
  readonly untoldUnits?: Readonly<Partial<Record<ColumnUnit, UntoldUnit>>>;
}

/** "none": numbers without a unit, such as a power factor. */
export type ColumnUnit = "V" | "A" | "Hz" | "kW" | "kVAR" | "kWh" | "kVARh" | "none";

export interface UntoldUnit {
  /** Power of ten. */
  readonly scaler: number;
  /** Code of the Blue Book, ex: 30 for Wh. */
  readonly unit: number;
}

/** Profiles that hold rows of the kind, the preferred first: "1.0.99.1.0.255". */
export function profilesBehind(table: UdilTable, { vendor }: RowsHome): readonly string[] {
  const profile = tableProfiles.find((candidate) => candidate.table === table);
  const own = vendor && profile?.[`vendor${vendor}`];
  return own ?? profile?.standard ?? [];
}

/** Of the first modem. */
export const gsmDiagnostic = "0.0.25.6.0.255";

const relayScripts: RelayScripts = { table: "0.0.10.0.106.255", disconnect: 1, reconnect: 2 };

/** Addresses of Blue Book 6.2, classes of part 2, clause 4. */
export const standardHomes: CommandHomes = {
  aux_relay_operations: { by: "disconnect control", object: "0.0.96.3.10.255" },
  sanctioned_load_control: { by: "limiter", object: "0.0.17.0.0.255", scripts: relayScripts },
  load_shedding_scheduling: {
    by: "schedule",
    object: "0.0.12.0.0.255",
    scripts: relayScripts,
    greatestIndex: 9_999,
  },
  update_time_of_use: {
    by: "activity calendar",
    object: "0.0.13.0.0.255",
    tariffScripts: "0.0.10.0.100.255",
    specialDays: { object: "0.0.11.0.0.255", written: "one by one" },
  },
  update_ip_port: { by: "auto connect", object: "0.0.2.1.0.255" },
  meter_data_sampling: { by: "capture period" },
  activate_meter_optical_port: {
    by: "none",
    reason:
      "The standard's setup of the optical port (class 19) has modes and passwords, but no times between which it is open: choose a profile that names the meter's own object for it.",
  },
  update_wake_up_sim_number: { by: "auto answer", object: "0.0.2.2.0.255" },
  update_mdi_reset_date: { by: "single action schedule", object: "0.0.15.0.0.255", scriptTable: "0.0.10.0.1.255" },
  on_demand_read: { by: "profiles" },
};
