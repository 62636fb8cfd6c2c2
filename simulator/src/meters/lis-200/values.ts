/** Single values of a device by address: who it is, what it counts, what it measures now. */
import { scale } from "@anymeter/sans-io";
import type { GasSupply } from "../../supply/gas-supply.ts";
import type { Lis200Model } from "./models.ts";

export interface ValueSources {
  readonly model: Lis200Model;
  readonly serial: string;
  readonly supply: GasSupply;
  /** True time, milliseconds UTC. */
  readonly now: number;
  /** As the clock shows it. */
  readonly clock: string;
  readonly summerTime: boolean;
  /** Seconds. */
  readonly measuringPeriod: number;
}

type ValueTable = Readonly<Record<string, (sources: ValueSources) => string>>;

const common: ValueTable = {
  "1:100.0": ({ summerTime }) => (summerTime ? "16" : "0"),
  "1:180.0": ({ serial }) => serial.replace(/\D/g, ""),
  "1:181.0": ({ model }) => model.model,
  "1:400.0": ({ clock }) => clock,
  "2:181.0": ({ model }) => model.make,
  "2:190.0": ({ model }) => model.firmware,
  "1:222.0": ({ serial }) => `G${serial.replace(/\D/g, "")}`,
};

const converter: ValueTable = {
  ...common,
  "2:141.0": () => "06:00",
  "2:300.0": ({ supply, now }) => `${scale(supply.volumes(now).converted, -3)}*m3`,
  "2:302.0": ({ supply, now }) => `${scale(supply.volumes(now).converted, -3)}*m3`,
  "4:300.0": ({ supply, now }) => `${scale(supply.volumes(now).unconverted, -3)}*m3`,
  "4:302.0": ({ supply, now }) => `${scale(supply.volumes(now).unconverted, -3)}*m3`,
  "2:310.0": ({ supply, now }) => `${scale(supply.now(now).convertedFlow, -3)}*m3/h`,
  "4:310.0": ({ supply, now }) => `${scale(supply.now(now).unconvertedFlow, -3)}*m3/h`,
  "5:310.0": ({ supply, now }) => scale(supply.now(now).conversionFactor, -5),
  "6:310_1.0": ({ supply, now }) => `${scale(supply.now(now).temperature, -2)}*{C`,
  "7:310.0": ({ supply, now }) => `${scale(supply.now(now).pressure, -5)}*bar`,
  "8:310.0": ({ supply, now }) => scale(supply.now(now).compressibilityRatio, -5),
  "4:150.0": ({ measuringPeriod }) => `${measuringPeriod / 60}*m`,
};

const logger: ValueTable = {
  ...common,
  "1:200.0": ({ supply, now }) => `${scale(supply.volumes(now).unconverted, -3)}*m3`,
  "1:203.0": ({ supply, now }) => `${scale(supply.volumes(now).unconverted, -3)}*m3`,
  "1:210.0": ({ supply, now }) => `${scale(supply.now(now).unconvertedFlow, -3)}*m3/h`,
  "5:141.0": () => "06:00",
  "5:150.0": ({ measuringPeriod }) => `${measuringPeriod / 60}*m`,
};

/** The value between the parentheses; undefined for an address the model does not have. */
export function valueAt(address: string, sources: ValueSources): string | undefined {
  return { converter, logger }[sources.model.kind][address]?.(sources);
}
