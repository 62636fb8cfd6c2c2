import type {
  DeviceStatus,
  LatestReading,
  MeterDevice,
  MeterDeviceConfig,
  MeterDeviceType,
  MeterReadingSeries,
  NetworkInterface,
  Organization,
  ProtocolSettings,
  Run,
  StoredReading,
} from "../src/api/contract.ts";

/** The moment the tests live in: a Tuesday after the clocks went forward in Stockholm. */
export const now = Date.parse("2026-03-31T10:07:00Z");

const quarter = 900_000;
/** Since when there are readings, and the hole in them: 2026-03-28 from 06:00 to 09:00 UTC. */
const readFrom = Date.parse("2025-01-01T00:00:00Z");
const hole = { from: Date.parse("2026-03-28T06:00:00Z"), to: Date.parse("2026-03-28T09:00:00Z") };

export const organizations: Organization[] = [
  { id: id("0a", 1), name: "Nordhavn Energi" },
  { id: id("0a", 2), name: "Stadtwerke Lindau" },
];

export const series: MeterReadingSeries[] = [
  oneSeries(1, "1-0:1.8.0", "Active energy import", "kWh"),
  oneSeries(2, "1-0:2.8.0", "Active energy export", "kWh"),
  oneSeries(3, "1-0:32.7.0", "Voltage L1", "V"),
  oneSeries(4, "1-0:31.7.0", "Current L1", "A"),
];

export const configs: MeterDeviceConfig[] = [
  { id: id("0c", 1), name: "Household", series: series.map((one) => one.id), timezone: "Etc/GMT-1" },
];

const usualSettings: ProtocolSettings = {
  ...{ dlms_settings: null, iec62056_21_settings: null, lis200_settings: null },
  ...{ corus_settings: null, mbus_settings: null, modbus_settings: null },
};

export const types: MeterDeviceType[] = [
  {
    ...usualSettings,
    dlms_settings: { framing: "wrapper", client_sap: 1, dedicated_key: false, ip_phases: ["L1", "L2", "L3"] },
    id: id("0d", 1),
    name: "Household three-phase",
    manufacturer: "Elmatic",
    manufacturer_model: "E450",
    config: configs[0]!.id,
  },
  {
    ...usualSettings,
    id: id("0d", 2),
    name: "Single-phase",
    manufacturer: "Nordmeter",
    manufacturer_model: "N1",
    config: null,
  },
];

export const networkInterfaces: NetworkInterface[] = [{ id: id("0e", 1), host: "10.20.0.17", port: 4059 }];

export const devices: (MeterDevice & { organization: string })[] = [
  ...Array.from({ length: 64 }, (_, index) => device(index + 1, organizations[0]!.id)),
  ...Array.from({ length: 3 }, (_, index) => device(index + 101, organizations[1]!.id)),
];

export function statusOf({ id, name }: MeterDevice): DeviceStatus {
  const number = Number(name.slice(-3));
  const contact = new Date(now - number * 4 * 60_000 - 20_000).toISOString();
  const good = {
    ...{ last_attempt: contact, last_contact: contact, last_success: contact, clock_drift_seconds: 0.4 },
    ...{ last_cause: null, last_cause_sentence: null, last_cause_advice: null },
  };
  const status = { meter_device: id, name, success_percent: 100 - (number % 4) };
  if (number === 3)
    return {
      ...{ ...status, ...good, success_percent: 82.5, clock_drift_seconds: 421, last_success: earlier(contact) },
      last_cause: "connection_reset",
      last_cause_sentence: "The connection was reset by the meter's side.",
      last_cause_advice: "A modem that restarts or a second client does this. Look at the meter when it stays so.",
    };
  if (number === 5)
    return {
      ...status,
      ...good,
      success_percent: 0,
      last_success: null,
      last_cause: "wrong_key",
      last_cause_sentence: "The registered keys are not the meter's.",
      last_cause_advice: "Check the encryption and authentication key.",
      clock_drift_seconds: null,
    };
  if (number === 8)
    return {
      ...status,
      ...good,
      last_cause: "object_missing",
      last_cause_sentence: "The meter does not have an object or register that was asked for.",
      last_cause_advice: "The detail names it.",
    };
  if (number === 7)
    return {
      ...status,
      ...good,
      last_attempt: null,
      last_contact: null,
      last_success: null,
      last_cause: null,
      success_percent: null,
      clock_drift_seconds: null,
    };
  return { ...status, ...good };
}

/** The newest failed run of the devices whose last contact failed; that of meter-005 is kept no longer. */
export function runsOf(query: URLSearchParams): Run[] {
  const found = devices.find(({ id }) => id === query.get("meter_device"));
  const status = found && statusOf(found);
  if (!found || !status?.last_cause || status.last_cause !== query.get("cause") || found.name === "meter-005")
    return [];
  const detail = found.name === "meter-008" ? "The meter has no 1-0:16.7.0." : "The socket was reset after 12 bytes.";
  return [{ id: 1, task_call: "read_registers", started_at: status.last_attempt, rows_read: 0, cause_detail: detail }];
}

/** What a device has last: meter-004 fifty series, those without a configuration none, the rest their own. */
export function latestReadingsOf(device: MeterDevice): LatestReading[] {
  if (device.type !== types[0]!.id) return [];
  const timestamp = new Date(now - (now % quarter)).toISOString();
  const one = ({ id, name, description, unit }: MeterReadingSeries, value: string) => ({
    ...{ series: id, series_name: name, series_description: description ?? "", unit, timestamp, value },
  });
  if (device.name !== "meter-004")
    return [one(series[2]!, voltage(now)), one(series[1]!, "0.000000"), one(series[0]!, energy(now - (now % quarter)))];
  return Array.from({ length: 50 }, (_, index) =>
    one(oneSeries(100 + index, `1-0:${index + 1}.8.1`, `Total of register ${index + 1}`, "kWh"), `${index}.500000`),
  );
}

/** Readings of any device, made from the time alone. Includes both bounds and is ordered. */
export function readingsOf(query: URLSearchParams): StoredReading[] {
  const from = Math.max(readFrom, Date.parse(query.get("start_time")!));
  const to = Math.min(now, Date.parse(query.get("end_time")!));
  const value = { [series[0]!.id]: energy, [series[2]!.id]: voltage }[query.get("series")!];
  const rows: StoredReading[] = [];
  for (let time = Math.ceil(from / quarter) * quarter; value && time <= to; time += quarter) {
    if (time < hole.from || time >= hole.to) rows.push({ timestamp: new Date(time).toISOString(), value: value(time) });
  }
  return rows;
}

/** A register that grows by 0.05 to 0.6 kWh a quarter, more in the evening; six places, as the platform stores. */
export function energy(time: number): string {
  const quarters = (time - readFrom) / quarter;
  const days = quarters / 96;
  const growth =
    0.24 * quarters - 2.4 * Math.sin(2 * Math.PI * (days - 0.05)) - 0.6 * Math.sin(4 * Math.PI * (days - 0.1));
  return `${(14_567 + growth + 0.006 * Math.sin(quarters * 1.7)).toFixed(3)}000`;
}

function voltage(time: number): string {
  return `${(230 + 4 * Math.sin(time / 1.3e7) + 1.5 * Math.sin(time / 7.1e5)).toFixed(1)}00000`;
}

function earlier(instant: string): string {
  return new Date(Date.parse(instant) - quarter).toISOString();
}

function device(number: number, organization: string) {
  const type = number % 3 === 0 && number !== 3 ? types[1]! : types[0]!;
  return {
    ...usualSettings,
    dlms_settings: number === 1 ? { client_sap: 16 } : null,
    id: id("0b", number),
    organization,
    name: `meter-${String(number).padStart(3, "0")}`,
    external_system_reference: `SP-${7000 + number}`,
    manufacturer_serial: number % 10 === 0 ? null : String(48_120_000 + number * 37),
    protocol: number % 9 === 0 ? "iec62056-21" : "dlms-cosem",
    iec62056_21_address: null,
    dlms_logical_device_name: "454c4d30303030303030303030303031",
    dlms_system_title: "454c4d4100bc614e",
    type: type.id,
    network_interface: networkInterfaces[0]!.id,
    has_current_transformer: number === 1,
    current_transformer_ratio: number === 1 ? 40 : 1,
    has_voltage_transformer: false,
    voltage_transformer_ratio: 1,
    has_disconnector: true,
    disconnector_status: 1 as const,
    created_at: "2026-01-12T08:30:00Z",
  };
}

function oneSeries(number: number, name: string, description: string, unit: string): MeterReadingSeries {
  return {
    id: id("0f", number),
    name,
    description,
    unit,
    affected_by_ct_ratio: unit === "kWh",
    affected_by_vt_ratio: false,
  };
}

function id(kind: string, number: number): string {
  return `0000${kind}00-0000-4000-8000-${String(number).padStart(12, "0")}`;
}
