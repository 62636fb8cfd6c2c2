/**
 * Commands as the services mean them, whatever the version: one name and one set of parameters for each. Names are those
 * of the newest version; instants are ISO 8601 in UTC, times of day are the meter's own.
 */

export interface LoadSheddingSlab {
  /** HH:mm:ss. It holds until the next one of the day, the last one over midnight. */
  readonly action_time: string;
  /** 0 disconnect, 1 connect. */
  readonly relay_operate: 0 | 1;
}

export interface TariffSlab {
  /** HH:mm:ss */
  readonly start: string;
  readonly tariff: number;
}

export interface TimeOfUse {
  readonly day_profile: readonly { readonly name: string; readonly tariff_slabs: readonly TariffSlab[] }[];
  /** Names of days from Monday to Sunday. */
  readonly week_profile: readonly { readonly name: string; readonly weekly_day_profile: readonly string[] }[];
  /** dd-MM, every year. */
  readonly season_profile: readonly {
    readonly name: string;
    readonly week_profile_name: string;
    readonly start_date: string;
  }[];
  readonly holiday_profile?: readonly {
    readonly name: string;
    readonly date: string;
    readonly day_profile_name: string;
  }[];
  readonly activation_datetime: string;
}

export interface DeviceIdentity {
  /** Serial number of the device. */
  readonly dsn: string;
  readonly global_device_id: string;
}

export interface DeviceCreation {
  readonly device_identity: readonly DeviceIdentity[];
  /** 1 meter, 2 DCU, 3 APMS, 4 grid meter, 5 other. */
  readonly device_type: number;
  /** 1 GPRS/3G/4G, 2 RF, 3 PLC, 4 Ethernet, 5 other. */
  readonly communication_mode: number;
  /** 1 at intervals, 2 always on. */
  readonly communication_type: number;
  /** Minutes; 0 = always on. */
  readonly communication_interval?: number;
  readonly initial_communication_time?: string;
  readonly bidirectional_device?: number;
  readonly sim_number?: string;
  readonly sim_id?: string;
  readonly mdi_reset_date: number;
  readonly mdi_reset_time: string;
  /** 1 single phase, 2 other, 3 three phases. */
  readonly phase: number;
  /** 1 normal, 2 whole current, 3 CTO, 4 CTPT, 5 other. */
  readonly meter_type: number;
}

export const onDemandTypes = ["INST", "BILL", "MBIL", "LPRO", "EVNT", "VISL"] as const;
export type OnDemandType = (typeof onDemandTypes)[number];

/** Functions of an APMS: over and under voltage, over current, over load, voltage unbalance, phase failure, … */
export const apmsTypes = ["OVFC", "UVFC", "OCFC", "OLFC", "VUFC", "PFFC", "CUFC", "HAPF"] as const;

/** Limit of the load, schedule of load shedding, calendar of tariffs, or a function of an APMS. */
export const cancelledParameters = ["SANC", "LSCH", "TIOU", ...apmsTypes] as const;
export type CancelledParameters = (typeof cancelledParameters)[number];

export interface UdilCommands {
  aux_relay_operations: { readonly relay_operate: 0 | 1 };
  time_synchronization: Readonly<Record<string, never>>;
  sanctioned_load_control: {
    /** kW */
    readonly load_limit: number;
    readonly maximum_retries: number;
    /** The three below in seconds. */
    readonly retry_interval: number;
    readonly threshold_duration: number;
    readonly retry_clear_interval: number;
  };
  load_shedding_scheduling: {
    readonly start_datetime: string;
    readonly end_datetime: string;
    readonly load_shedding_slabs: readonly LoadSheddingSlab[];
  };
  update_time_of_use: TimeOfUse;
  device_creation: DeviceCreation;
  update_ip_port: {
    readonly primary_ip_address: string;
    readonly secondary_ip_address: string;
    readonly primary_port: number;
    readonly secondary_port: number;
  };
  meter_data_sampling: {
    readonly activation_datetime: string;
    readonly data_type: "INST" | "BILL" | "LPRO";
    /** Minutes. */
    readonly sampling_interval: number;
    /** Minute of the hour. */
    readonly sampling_initial_time: number;
  };
  activate_meter_optical_port: {
    readonly optical_port_on_datetime: string;
    readonly optical_port_off_datetime: string;
  };
  update_wake_up_sim_number: {
    readonly wakeup_number_1: string;
    readonly wakeup_number_2: string;
    readonly wakeup_number_3: string;
  };
  update_meter_status: { readonly meter_activation_status: number };
  update_mdi_reset_date: { readonly mdi_reset_date: number; readonly mdi_reset_time: string };
  parameterization_cancellation: { readonly type: CancelledParameters };
  on_demand_read: {
    readonly type: OnDemandType;
    readonly start_datetime?: string;
    readonly end_datetime?: string;
  };
}

export type UdilCommandName = keyof UdilCommands;

/** A command with its parameters. */
export type UdilCommand = {
  [Name in UdilCommandName]: { readonly name: Name; readonly parameters: UdilCommands[Name] };
}[UdilCommandName];
