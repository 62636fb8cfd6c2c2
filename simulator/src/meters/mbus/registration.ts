/** What a utility is told about an M-Bus meter: where it is on the bus, its key, what it measures. */
import type { MeterRegistration, ReadingPlan, SeriesDescription } from "../simulated-meter.ts";
import type { FieldName } from "./fields.ts";
import type { MbusModel } from "./models.ts";

/** The `mbus_settings` of the platform's meter device types and devices. */
export type MbusSettings = {
  readonly primary_address?: number;
  readonly secondary_address?: string;
  readonly stored_values_at?: "end-of-day";
};

export function registrationOf(
  model: MbusModel,
  address: { readonly primary: number; readonly identification: string; readonly predecessor: string },
  key: string,
): MeterRegistration {
  const settings: MbusSettings = model.storedDate.value === "last day" ? { stored_values_at: "end-of-day" } : {};
  return {
    settings,
    ownSettings: addressOf(model, address),
    ...(model.isEnciphered.value && { secrets: { mbus_key: key } }),
    series: seriesOf(model),
    description: model.description,
    reading,
  };
}

function addressOf(
  { addressing, flag, version, medium }: MbusModel,
  address: { readonly primary: number; readonly identification: string; readonly predecessor: string },
): MbusSettings {
  const bytes = [version, medium].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join("-");
  switch (addressing.value) {
    case "primary":
      return { primary_address: address.primary };
    case "secondary":
      return { secondary_address: `${address.identification}-${flag}-${bytes}` };
    case "secondary, number alone":
      return { secondary_address: address.identification };
    case "secondary of its predecessor":
      return { secondary_address: `${address.predecessor}-${flag}-${bytes}` };
  }
}

function seriesOf(model: MbusModel): readonly SeriesDescription[] {
  const told = new Set(model.telegrams.value.flat());
  const table = model.measures === "heat" ? heatSeries : waterSeries(model);
  return table.filter(({ field }) => told.has(field)).map(({ field: _, ...series }) => series);
}

type FieldSeries = SeriesDescription & { readonly field: FieldName };

const dueVolume: FieldSeries = {
  field: "dueVolume",
  name: "volume/storage 1",
  unit: "m³",
  description: "Volume at the set date",
};

const heatSeries: readonly FieldSeries[] = [
  { field: "energy", name: "6-0:1.0.0", unit: "kWh", description: "Heat energy" },
  { field: "volume", name: "6-0:2.0.0", unit: "m³", description: "Volume" },
  { field: "power", name: "6-0:8.0.0", unit: "kW", description: "Power" },
  { field: "flow", name: "6-0:9.0.0", unit: "m³/h", description: "Volume flow" },
  { field: "flowTemperature", name: "6-0:10.0.0", unit: "°C", description: "Flow temperature" },
  { field: "returnTemperature", name: "6-0:11.0.0", unit: "°C", description: "Return temperature" },
  { field: "difference", name: "6-0:12.0.0", unit: "K", description: "Temperature difference" },
  { field: "greatestPower", name: "6-0:8.5.0", unit: "kW", description: "Greatest power" },
  { field: "dueEnergy", name: "energy/storage 1", unit: "kWh", description: "Heat energy at the set date" },
  dueVolume,
  { field: "month2Energy", name: "energy/storage 2", unit: "kWh", description: "Heat energy one month before" },
];

/** Cold and hot water are group A 8 and 9 of OBIS. */
function waterSeries({ medium }: MbusModel): readonly FieldSeries[] {
  const a = medium === 0x06 ? 9 : 8;
  return [
    { field: "volume", name: `${a}-0:1.0.0`, unit: "m³", description: "Volume" },
    { field: "flow", name: `${a}-0:2.0.0`, unit: "m³/h", description: "Volume flow" },
    { field: "flowTemperature", name: `${a}-0:3.0.0`, unit: "°C", description: "Water temperature" },
    dueVolume,
  ];
}

const reading: ReadingPlan = {
  group: "M-Bus meters",
  tasks: [
    {
      name: "All values (M-Bus)",
      description: "Every quarter of an hour all telegrams of the meter.",
      schedule: "quarterly",
      run_offset_seconds: 20,
      task_call: "read_meter",
      task_kwargs: {},
    },
  ],
};
