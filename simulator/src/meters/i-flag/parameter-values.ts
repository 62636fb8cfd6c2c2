/** The present values of a converter's parameters. */
import type { ParameterName, Value } from "@anymeter/i-flag";
import { scale } from "@anymeter/sans-io";
import { basePressure, baseTemperature, type GasSupply } from "../../supply/gas-supply.ts";
import { secondSensorOffset } from "./measurements.ts";
import type { IFlagModel } from "./models.ts";

export interface ValueSources {
  readonly model: IFlagModel;
  readonly supply: GasSupply;
  /** True time, milliseconds UTC. */
  readonly now: number;
  /** As the clock shows it. */
  readonly clock: string;
}

export function parameterValue(name: ParameterName, sources: ValueSources): Value {
  return values[name](sources);
}

const values: Readonly<Record<ParameterName, (sources: ValueSources) => Value>> = {
  firmware_version: ({ model }) => model.firmware,
  kernel_version: () => "K1.00",
  parameter_mapping_version: ({ model }) => model.map.value.told,
  input_pulse_weight: ({ model }) => model.pulseWeight.value,
  compressibility_formula: () => 1, // S-GERG 88
  pressure_base: () => scale(basePressure, -5),
  temperature_base: () => String(baseTemperature),
  pressure_limit_low: () => "0.9",
  pressure_limit_high: () => "10",
  temperature_limit_low: () => "-10",
  temperature_limit_high: () => "60",
  datetime: ({ clock }) => clock,
  battery_days: ({ now }) => 2_000 - (Math.floor(now / 86_400_000) % 1_500),
  index_unconverted: ({ supply, now }) => scale(supply.volumes(now).unconverted, -3),
  index_converted: ({ supply, now }) => scale(supply.volumes(now).converted, -3),
  flowrate_unconverted: ({ supply, now }) => scale(supply.now(now).unconvertedFlow, -3),
  flowrate_converted: ({ supply, now }) => scale(supply.now(now).convertedFlow, -3),
  temperature: ({ supply, now }) => scale(supply.now(now).temperature, -2),
  pressure: ({ supply, now }) => scale(supply.now(now).pressure, -5),
  pressure_2: ({ supply, now }) => scale(supply.now(now).pressure + secondSensorOffset, -5),
};
