/** BILLING_DATA and MONTHLY_BILLING_DATA (sections 3.1.2 and 3.1.3). */
import {
  bigint,
  blob,
  consumption,
  datetime,
  decimal,
  int,
  key,
  recording,
  since32,
  tariffRegisters,
  type UdilField,
  varchar,
} from "./field.ts";

export const identity: readonly UdilField[] = [
  bigint("msn"),
  varchar("global_device_id", key),
  datetime("meter_datetime", key),
];

/** Pos and neg of every version, abs of v3. */
const directions = (prefix: string, unit: "kWh" | "kVARh" | "kW") => [
  ...tariffRegisters(`${prefix}_pos`, unit),
  ...tariffRegisters(`${prefix}_neg`, unit),
  ...tariffRegisters(`${prefix}_abs`, unit, since32),
];

const registers: readonly UdilField[] = [
  ...directions("active_energy", "kWh"),
  ...directions("reactive_energy", "kVARh"),
  ...directions("active_mdi", "kW"),
  ...directions("cumulative_mdi", "kW"),
];

export const billingFields: readonly UdilField[] = [...identity, ...registers, ...recording, ...consumption];

export const monthlyBillingFields: readonly UdilField[] = [
  ...identity,
  ...registers,
  decimal("longitude", "degrees", since32),
  decimal("latitude", "degrees", since32),
  blob("picture_1", since32),
  blob("picture_2", since32),
  int("reading_mode", since32),
  datetime("mdi_reset_datetime"),
  int("reset_count"),
  ...recording,
  ...consumption,
];
