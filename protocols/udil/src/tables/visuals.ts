/** METER_VISUALS (section 3.1.6): the newest of everything, one row for each meter. v3 was built anew. */
import {
  bigint,
  datetime,
  decimal,
  int,
  key,
  onlyV1,
  phases,
  since32,
  since33,
  text,
  type UdilField,
  varchar,
} from "./field.ts";

const lastCommand = [
  varchar("last_command"),
  datetime("last_command_datetime"),
  varchar("last_command_resp"),
  datetime("last_command_resp_datetime"),
];

/** Each followed by when it was; v1 puts `last_` in front of energies. */
const dated = (name: string, unit: string, model = name, versions = onlyV1) => [
  decimal(name, unit, { ...versions, model, rounding: unit.endsWith("h") ? "truncate" : "half-up" }),
  datetime(`${name}_datetime`, { ...versions, model: `${model}_datetime` }),
];

const energies = [
  ["active_energy_pos_tl", "kWh"],
  ["active_energy_neg_tl", "kWh"],
  ["reactive_energy_pos_tl", "kVARh"],
  ["reactive_energy_neg_tl", "kVARh"],
] as const;
const powers = [
  ["aggregate_active_pwr_pos", "kW"],
  ["aggregate_active_pwr_neg", "kW"],
  ["aggregate_reactive_pwr_pos", "kVAR"],
  ["aggregate_reactive_pwr_neg", "kVAR"],
] as const;

const contact = (versions: Partial<Pick<UdilField, "versions">>) => [
  datetime("last_contactor_on_datetime", versions),
  datetime("last_contactor_off_datetime", versions),
  datetime("last_communication_datetime", versions),
  decimal("last_signal_strength", "dBm", versions),
];

const first: readonly UdilField[] = [
  ...energies.flatMap(([name, unit]) => dated(`last_${name}`, unit, name)),
  ...powers.flatMap(([name, unit]) => dated(name, unit)),
  ...contact(onlyV1),
  decimal("meter_load_limit_set", "kW", { ...onlyV1, model: "sanc_load_limit" }),
  datetime("meter_ls_schedule_startdatetime", { ...onlyV1, model: "lsch_start_datetime" }),
  datetime("meter_ls_schedule_enddatetime", { ...onlyV1, model: "lsch_end_datetime" }),
  varchar("meter_ls_schedule_slabs", { ...onlyV1, model: "lsch_load_shedding_slabs" }),
  // The meter's clock at the last contact; last_communication_datetime is the MDC's (register, 39).
  datetime("meter_last_comm_datetime", { ...onlyV1, model: "meter_datetime" }),
  varchar("meter_tariff_identification", onlyV1),
  int("meter_activation_status", { ...onlyV1, model: "mtst_meter_activation_status" }),
];

const parameter = (name: string) => varchar(name, since32);
const whole = (name: string, unit?: string) =>
  varchar(name, { ...since32, kind: "integer", ...(unit === undefined ? {} : { unit }) });
const when = (name: string) => datetime(name, since32);

const later: readonly UdilField[] = [
  when("meter_datetime"),
  when("mdc_read_datetime"),
  when("db_datetime"),
  ...energies.flatMap(([name, unit]) => dated(name, unit, name, since32)),
  ...dated("aggregate_active_energy_abs_tl", "kWh", undefined, since32),
  ...powers.flatMap(([name, unit]) => dated(name, unit, name, since32)),
  ...dated("aggregate_reactive_energy_abs_tl", "kVARh", undefined, since32),
  ...phases("current", "A", since32),
  ...phases("voltage", "V", since32),
  ...phases("pf", undefined, since33),
  decimal("frequency", "Hz", since32),
  decimal("average_pf", undefined, since32),
  ...contact(since32),
  int("power_status", since32),
  when("power_status_datetime"),
  // one group for each code that on_demand_parameter_read knows
  when("auxr_datetime"),
  int("auxr_status", since32),
  when("dvtm_datetime"),
  when("dvtm_meter_clock"),
  when("sanc_datetime"),
  varchar("sanc_load_limit", { ...since32, kind: "decimal", unit: "kW", rounding: "half-up" }),
  whole("sanc_maximum_retries"),
  whole("sanc_retry_interval", "s"),
  whole("sanc_threshold_duration", "s"),
  whole("sanc_retry_clear_interval", "s"),
  when("lsch_datetime"),
  when("lsch_start_datetime"),
  when("lsch_end_datetime"),
  text("lsch_load_shedding_slabs", since32),
  when("tiou_datetime"),
  text("tiou_day_profile", since32),
  text("tiou_week_profile", since32),
  text("tiou_season_profile", since32),
  text("tiou_holiday_profile", since32),
  when("tiou_activation_datetime"),
  when("ippo_datetime"),
  parameter("ippo_primary_ip_address"),
  parameter("ippo_secondary_ip_address"),
  whole("ippo_primary_port"),
  whole("ippo_secondary_port"),
  when("mdsm_datetime"),
  when("mdsm_activation_datetime"),
  parameter("mdsm_data_type"),
  whole("mdsm_sampling_interval", "min"),
  whole("mdsm_sampling_initial_time", "min"),
  when("oppo_datetime"),
  when("oppo_optical_port_on_datetime"),
  when("oppo_optical_port_off_datetime"),
  when("wsim_datetime"),
  parameter("wsim_wakeup_number_1"),
  parameter("wsim_wakeup_number_2"),
  parameter("wsim_wakeup_number_3"),
  when("mtst_datetime"),
  whole("mtst_meter_activation_status"),
  when("dmdt_datetime"),
  whole("dmdt_communication_mode"),
  whole("dmdt_bidirectional_device"),
  whole("dmdt_communication_type"),
  whole("dmdt_communication_interval", "min"),
  parameter("dmdt_initial_communication_time"),
  whole("dmdt_phase"),
  whole("dmdt_meter_type"),
  int("mdi_reset_date", since32),
  parameter("mdi_reset_time"),
  parameter("msim_id"),
];

export const visualsFields: readonly UdilField[] = [
  bigint("msn"),
  varchar("global_device_id", key),
  ...lastCommand,
  ...first,
  ...later,
];
