import type {
  DeviceStatus,
  MeterDevice,
  MeterDeviceConfig,
  MeterDeviceType,
  MeterReadingSeries,
  NetworkInterface,
  Organization,
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

export const types: MeterDeviceType[] = [
  {
    id: id("0d", 1),
    name: "Household three-phase",
    manufacturer: "Elmatic",
    manufacturer_model: "E450",
    config: configs[0]!.id,
  },
  { id: id("0d", 2), name: "Single-phase", manufacturer: "Nordmeter", manufacturer_model: "N1", config: null },
];

export const networkInterfaces: NetworkInterface[] = [{ id: id("0e", 1), host: "10.20.0.17", port: 4059 }];

export const devices: (MeterDevice & { organization: string })[] = [
  ...Array.from({ length: 64 }, (_, index) => device(index + 1, organizations[0]!.id)),
  ...Array.from({ length: 3 }, (_, index) => device(index + 101, organizations[1]!.id)),
];

export function statusOf({ id, name }: MeterDevice): DeviceStatus {
  const number = Number(name.slice(-3));
  const contact = new Date(now - number * 4 * 60_000 - 20_000).toISOString();
  const good = { last_contact: contact, last_success: contact, last_cause: null, clock_drift_seconds: 0.4 };
  const status = { meter_device: id, name, success_percent: 100 - (number % 4) };
  if (number === 3)
    return { ...status, ...good, success_percent: 82.5, last_cause: "connection_reset", clock_drift_seconds: 421 };
  if (number === 5)
    return {
      ...status,
      ...good,
      success_percent: 0,
      last_success: null,
      last_cause: "wrong_key",
      clock_drift_seconds: null,
    };
  if (number === 7)
    return {
      ...status,
      last_contact: null,
      last_success: null,
      last_cause: null,
      success_percent: null,
      clock_drift_seconds: null,
    };
  return { ...status, ...good };
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

function device(number: number, organization: string) {
  const type = number % 3 === 0 && number !== 3 ? types[1]! : types[0]!;
  return {
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
