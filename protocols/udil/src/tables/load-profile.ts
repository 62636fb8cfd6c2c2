/** LOAD_PROFILE_DATA (section 3.1.4). Registers are cumulative, not energy of the interval. */
import { identity } from "./billing.ts";
import {
  consumption,
  decimal,
  int,
  phases,
  recording,
  since32,
  tariffRegisters,
  type UdilField,
  undirectedRegisters,
} from "./field.ts";

const directions = (prefix: string, unit: "kWh" | "kVARh" | "kW") =>
  ["pos", "neg", "abs"].flatMap((direction) => tariffRegisters(`${prefix}_${direction}`, unit, since32));

export const loadProfileFields: readonly UdilField[] = [
  ...identity,
  decimal("frequency", "Hz", since32),
  // Not printed as part of the key, but two channels of one meter have rows of the same time.
  int("channel_id", { key: true }),
  int("interval", { unit: "min" }),
  ...undirectedRegisters("active_energy", "kWh"),
  ...undirectedRegisters("reactive_energy", "kVARh"),
  ...undirectedRegisters("active_mdi", "kW"),
  ...undirectedRegisters("cumulative_mdi", "kW"),
  ...directions("active_energy", "kWh"),
  ...directions("reactive_energy", "kVARh"),
  ...directions("active_mdi", "kW"),
  ...directions("cumulative_mdi", "kW"),
  ...phases("current", "A"),
  ...phases("voltage", "V"),
  ...phases("active_pwr_pos", "kW"),
  decimal("aggregate_active_pwr_pos", "kW"),
  ...phases("active_pwr_neg", "kW"),
  decimal("aggregate_active_pwr_neg", "kW"),
  decimal("aggregate_active_pwr_abs", "kW", since32),
  ...phases("reactive_pwr_pos", "kVAR"),
  decimal("aggregate_reactive_pwr_pos", "kVAR"),
  ...phases("reactive_pwr_neg", "kVAR"),
  decimal("aggregate_reactive_pwr_neg", "kVAR"),
  decimal("aggregate_reactive_pwr_abs", "kVAR", since32),
  decimal("average_pf"),
  ...recording,
  ...consumption,
];
