/** The load limit of makers who keep it in registers of their own, with the retries that the standard's limiter lacks. */
import { formatObis } from "@anymeter/dlms-cosem";
import type { LoadRegistersHome } from "../../../../registry/protocols/dlms-commands.ts";
import type { CallContext } from "../call.ts";
import type { Preparation } from "./carry-out.ts";
import { assertNotZero, type Limiting } from "./load-limit.ts";
import type { MeterObjects } from "./meter-objects.ts";
import { differencesOf, findRegisters, type RegisterWish } from "./single-values.ts";

/** The same limit and duration for every tariff: which one is in force changes by the calendar, the sanctioned load does not. */
export async function limitByRegisters({
  context,
  objects,
  parameters,
  home,
}: Limiting<LoadRegistersHome>): Promise<Preparation> {
  const watts = (logicalName: string): RegisterWish => ({ logicalName, value: parameters.load_limit, exponent: 3 });
  const plain = (logicalName: string, value: number): RegisterWish => ({ logicalName, value, exponent: 0 });
  const registers = await findRegisters(context, objects, [
    ...home.durations.map((name) => plain(name, parameters.threshold_duration)),
    plain(home.maximumRetries, parameters.maximum_retries),
    plain(home.retryInterval, parameters.retry_interval),
    plain(home.retryClearInterval, parameters.retry_clear_interval),
    ...home.thresholds.map(watts),
    plain(home.enable, 1),
  ]);
  for (const { object, whole } of registers) {
    if (home.thresholds.includes(object.logicalName)) assertNotZero(parameters, whole);
  }
  const rounded = registers.filter(({ exact }) => !exact).map(({ object }) => formatObis(object.logicalName));
  return {
    differences: () => differencesOf(registers),
    async send() {
      for (const register of registers) await register.write();
    },
    account: async () => ({
      remarks:
        rounded.length > 0 ? [`The meter keeps no fractions in ${rounded.join(", ")}: the value is rounded.`] : [],
    }),
  };
}

/** The limit stays written, and is in force no more. */
export async function disableRegisters(
  context: CallContext,
  objects: MeterObjects,
  { enable }: LoadRegistersHome,
): Promise<Preparation> {
  const registers = await findRegisters(context, objects, [{ logicalName: enable, value: 0, exponent: 0 }]);
  return {
    differences: () => differencesOf(registers),
    async send() {
      for (const register of registers) await register.write();
    },
  };
}
