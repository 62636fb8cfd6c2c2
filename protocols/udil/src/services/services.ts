/** The services of UDIL: names and fields in each version, and which command each means (sections 3.2 to 3.5). */
import type { UdilTable } from "../tables/tables.ts";
import { type UdilVersion, udilVersions } from "../versions.ts";
import { apmsTypes, cancelledParameters, onDemandTypes, type UdilCommandName } from "./commands.ts";
import {
  array,
  choice,
  code,
  datetime,
  decimal,
  integer,
  ip,
  optional,
  phone,
  type ServiceField,
  text,
  time,
} from "./fields.ts";

/** What is done with a service; `status` and `cancel` are of transactions. */
export type ServiceKind = "authorization" | "command" | "on-demand" | "read" | "status" | "cancel";

export interface ServiceDeclaration {
  readonly kind: ServiceKind;
  readonly title: string;
  /** The last part of the address, in the versions that have the service. */
  readonly paths: Partial<Readonly<Record<UdilVersion, string>>>;
  /** Names other implementations use. */
  readonly aliases?: readonly string[];
  /** How devices are named. */
  readonly devices: "none" | "set" | "one" | "identities";
  /** Parameters beside the devices and request_datetime. */
  readonly fields: readonly ServiceField[];
  /** Fields that only v3 sends. */
  readonly laterFields?: readonly ServiceField[];
  readonly requestDatetime: boolean;
  readonly command?: UdilCommandName;
  /** Whose rows it answers with. */
  readonly table?: UdilTable;
}

const every = (path: string) => Object.fromEntries(udilVersions.map((version) => [version, path]));
const later = (path: string) => ({ "v3.2": path, "v3.3": path });

const communicationModes = { 1: "GPRS/3G/4G,GPRS,3G,4G", 2: "RF", 3: "PLC", 4: "Ethernet", 5: "other" };
const yesNo = { 0: "no,false,disable", 1: "yes,true,enable" };
const phases = { 1: "single,single phase", 2: "other", 3: "three phase,three" };
const meterTypes = { 1: "normal", 2: "whole current", 3: "CTO", 4: "CTPT", 5: "other" };
/** What numbers mean depends on the version; `device-numbers.ts` brings them together. */
const deviceTypes = { 1: "meter", 2: "DCU", 3: "other,APMS", 4: "grid meter", 5: "other" };
const communicationTypes = {
  0: "always on",
  1: "periodic,periodic on,mode i,non keepalive",
  2: "on demand,mode ii,keepalive",
};

const mdiReset = [integer("mdi_reset_date", 1, 28, "as day of the month"), time("mdi_reset_time")];
const period = [optional(datetime("start_datetime")), optional(datetime("end_datetime"))];

/** What people call the six kinds of rows, without blanks. */
const typeWords = {
  instantaneous: "INST",
  instantaneousdata: "INST",
  billing: "BILL",
  billingdata: "BILL",
  billingprofiles: "BILL",
  monthlybilling: "MBIL",
  monthlybillingdata: "MBIL",
  monthlybillingprofile: "MBIL",
  loadprofile: "LPRO",
  loadprofiledata: "LPRO",
  event: "EVNT",
  events: "EVNT",
  visuals: "VISL",
  metervisuals: "VISL",
} as const;

type Partly = Omit<ServiceDeclaration, "requestDatetime" | "devices" | "kind" | "fields"> & Partial<ServiceDeclaration>;

const command = (declared: Partly): ServiceDeclaration => ({
  kind: "command",
  devices: "set",
  requestDatetime: true,
  fields: [],
  ...declared,
});

const read = (table: UdilTable, title: string, path: string): ServiceDeclaration => ({
  kind: "read",
  title,
  paths: table === "DCH" ? later(path) : every(path),
  devices: "set",
  requestDatetime: false,
  fields: table === "VISL" ? [] : period,
  table,
});

const declared = {
  authorization_service: {
    kind: "authorization",
    title: "Authorization",
    paths: every("authorization_service"),
    aliases: ["authorization"],
    devices: "none",
    requestDatetime: false,
    fields: [],
  },

  aux_relay_operations: command({
    title: "Relay on and off",
    paths: every("aux_relay_operations"),
    aliases: ["aux_relay_operation"],
    fields: [choice("relay_operate", { 0: "disconnect,off", 1: "connect,on" })],
    command: "aux_relay_operations",
  }),
  time_synchronization: command({
    title: "Time synchronization",
    paths: every("time_synchronization"),
    command: "time_synchronization",
  }),
  sanctioned_load_control: command({
    title: "Sanctioned load",
    paths: every("sanctioned_load_control"),
    fields: [
      decimal("load_limit", "kW"),
      integer("maximum_retries", 0, 255),
      integer("retry_interval", 0, 86_400, "seconds"),
      integer("threshold_duration", 0, 86_400, "seconds"),
      integer("retry_clear_interval", 0, 604_800, "seconds"),
    ],
    command: "sanctioned_load_control",
  }),
  load_shedding_scheduling: command({
    title: "Load shedding schedule",
    paths: every("load_shedding_scheduling"),
    fields: [datetime("start_datetime"), datetime("end_datetime"), array("load_shedding_slabs")],
    command: "load_shedding_scheduling",
  }),
  time_of_use_change: command({
    title: "Time of use, as v1 has it",
    paths: { v1: "time_of_use_change" },
    fields: [
      text("season"),
      text("days"),
      array("time_slab"),
      text("tariff_identification"),
      datetime("activation_datetime"),
    ],
    command: "update_time_of_use",
  }),
  update_time_of_use: command({
    title: "Time of use",
    paths: later("update_time_of_use"),
    fields: [
      array("day_profile"),
      array("week_profile"),
      array("season_profile"),
      optional(array("holiday_profile")),
      datetime("activation_datetime"),
    ],
    command: "update_time_of_use",
  }),
  device_creation: command({
    title: "Device creation",
    paths: every("device_creation"),
    devices: "identities",
    fields: [
      choice("device_type", deviceTypes),
      choice("communication_mode", communicationModes),
      optional(choice("communication_type", communicationTypes)),
      optional(integer("communication_interval", 0, 44_640, "minutes")),
      optional(phone("sim_number")),
      optional(text("sim_id")),
      ...mdiReset,
      choice("phase", phases),
      choice("meter_type", meterTypes),
    ],
    laterFields: [optional(choice("bidirectional_device", yesNo)), optional(time("initial_communication_time"))],
    command: "device_creation",
  }),
  update_device_metadata: command({
    title: "Device metadata",
    paths: later("update_device_metadata"),
    fields: [
      choice("communication_mode", communicationModes),
      choice("bidirectional_device", yesNo),
      choice("communication_type", communicationTypes),
      integer("communication_interval", 0, 44_640, "minutes"),
      time("initial_communication_time"),
      choice("phase", phases),
      choice("meter_type", meterTypes),
    ],
  }),
  update_ip_port: command({
    title: "IP addresses and ports",
    paths: every("update_ip_port"),
    fields: [
      ip("primary_ip_address"),
      ip("secondary_ip_address"),
      integer("primary_port", 1, 65_535),
      integer("secondary_port", 1, 65_535),
    ],
    command: "update_ip_port",
  }),
  meter_data_sampling: command({
    title: "Data sampling",
    paths: every("meter_data_sampling"),
    fields: [
      datetime("activation_datetime"),
      code("data_type", ["INST", "BILL", "LPRO"], typeWords),
      integer("sampling_interval", 1, 1_440, "minutes"),
      integer("sampling_initial_time", 0, 59, "minutes"),
    ],
    command: "meter_data_sampling",
  }),
  activate_meter_optical_port: command({
    title: "Optical port",
    paths: every("activate_meter_optical_port"),
    fields: [datetime("optical_port_on_datetime"), datetime("optical_port_off_datetime")],
    command: "activate_meter_optical_port",
  }),
  update_wake_up_sim_number: command({
    title: "Wake-up numbers",
    paths: { v1: "wake_up_sim_number_update", ...later("update_wake_up_sim_number") },
    fields: [phone("wakeup_number_1"), phone("wakeup_number_2"), phone("wakeup_number_3")],
    command: "update_wake_up_sim_number",
  }),
  update_meter_status: command({
    title: "Meter status",
    paths: { v1: "meter_status_update", ...later("update_meter_status") },
    fields: [choice("meter_activation_status", { 0: "inactive", 1: "active" })],
    command: "update_meter_status",
  }),
  update_mdi_reset_date: command({
    title: "MDI reset date",
    paths: later("update_mdi_reset_date"),
    fields: mdiReset,
    command: "update_mdi_reset_date",
  }),
  apms_tripping_events: command({
    title: "APMS tripping",
    paths: later("apms_tripping_events"),
    fields: [
      code("type", apmsTypes),
      decimal("critical_event_threshold_limit", "V, A, kW, kVA or %"),
      integer("critical_event_log_time", 0, 86_400, "seconds"),
      decimal("tripping_event_threshold_limit", "V, A, kW, kVA or %"),
      integer("tripping_event_log_time", 0, 86_400, "seconds"),
      choice("enable_tripping", yesNo),
    ],
  }),
  parameterization_cancellation: command({
    title: "Cancellation of parameters",
    paths: later("parameterization_cancellation"),
    requestDatetime: false,
    fields: [code("type", cancelledParameters)],
    command: "parameterization_cancellation",
  }),
  update_major_alarms: command({
    title: "Major alarms",
    paths: { "v3.3": "update_major_alarms" },
    fields: [array("major_alarms_list")],
  }),

  on_demand_request: {
    kind: "on-demand",
    title: "On-demand read, answered by transaction_status",
    paths: { v1: "on_demand_request" },
    devices: "set",
    requestDatetime: true,
    fields: [code("type", onDemandTypes, typeWords), ...period],
    command: "on_demand_read",
  },
  on_demand_data_read: {
    kind: "on-demand",
    title: "On-demand read, answered with rows",
    paths: later("on_demand_data_read"),
    devices: "one",
    requestDatetime: false,
    fields: [code("type", ["INST", "BILL", "MBIL", "LPRO", "EVNT"], typeWords), ...period],
    command: "on_demand_read",
  },
  on_demand_parameter_read: {
    kind: "on-demand",
    title: "On-demand read of parameters",
    paths: later("on_demand_parameter_read"),
    devices: "one",
    requestDatetime: false,
    fields: [
      code("type", [
        ...["AUXR", "DVTM", "SANC", "LSCH", "TIOU", "IPPO", "MDSM", "OPPO", "WSIM", "MSIM", "MTST", "DMDT", "MDI"],
        ...apmsTypes,
        "PMAL",
      ]),
    ],
    table: "VISL",
  },

  transaction_status: {
    kind: "status",
    title: "Transaction status",
    paths: every("transaction_status"),
    aliases: ["transaction_status_request"],
    devices: "none",
    requestDatetime: false,
    fields: [],
  },
  transaction_cancel: {
    kind: "cancel",
    title: "Transaction cancel",
    paths: every("transaction_cancel"),
    devices: "set",
    requestDatetime: true,
    fields: [],
  },

  instantaneous_data: read("INST", "Instantaneous data", "instantaneous_data"),
  billing_data: read("BILL", "Billing data", "billing_data"),
  monthly_billing_data: read("MBIL", "Monthly billing data", "monthly_billing_data"),
  load_profile_data: read("LPRO", "Load profile", "load_profile_data"),
  events: read("EVNT", "Events", "events"),
  meter_visuals: read("VISL", "Meter visuals", "meter_visuals"),
  device_communication_history: read("DCH", "Device communication history", "device_communication_history"),
} as const satisfies Readonly<Record<string, ServiceDeclaration>>;

export type ServiceName = keyof typeof declared;

/** Every service, by its newest name. */
export const services: Readonly<Record<ServiceName, ServiceDeclaration>> = declared;
export const serviceNames = Object.keys(declared) as readonly ServiceName[];

const byPath = new Map<string, ServiceName>();
for (const name of serviceNames) {
  const { paths, aliases = [] } = services[name];
  for (const path of [name, ...Object.values(paths), ...aliases]) byPath.set(path, name);
}

/** Last parts of addresses at which services are found: names of every version, and those other implementations use. */
export const servicePaths: readonly string[] = [...byPath.keys()];

/** The service at an address, whatever stands in front of it and in whatever case; undefined: it is none. */
export function serviceOfPath(path: string): ServiceName | undefined {
  const [address = ""] = path.split(/[?#]/, 1);
  const last = address.replace(/\/+$/, "").split("/").at(-1) ?? "";
  return byPath.get(last.trim().toLowerCase());
}

/** The service that answers with rows of a table. */
export function readServiceOf(table: UdilTable): ServiceName {
  return serviceNames.find((name) => services[name].kind === "read" && services[name].table === table)!;
}
