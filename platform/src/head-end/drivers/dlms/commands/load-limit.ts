/** `sanctioned_load_control`: a limiter (class 71), or the registers in which a maker keeps what the limiter lacks. */

import {
  type Data,
  decimalFromData,
  disconnectControlValues,
  limiterValues,
  scale,
  scalerUnitFromData,
  units,
  type ValueCodec,
  type ValueReference,
} from "@anymeter/dlms-cosem";
import type { CommandParameters } from "../../../../registry/commands/index.ts";
import type { LimiterHome } from "../../../../registry/protocols/dlms-commands.ts";
import { commandHomes } from "../../../../registry/protocols/dlms-profiles.ts";
import { RunFailure } from "../../../causes.ts";
import type { CallContext } from "../call.ts";
import { scalerUnitAttributes } from "../profile-layout.ts";
import { type Preparation, type Preparing, verified } from "./carry-out.ts";
import { controlModeOf } from "./control-modes.ts";
import { isNumber, numberLike, wholeOf } from "./exact-numbers.ts";
import { limitByRegisters } from "./load-limit-registers.ts";
import { asData, type MeterObjects, objectName } from "./meter-objects.ts";
import { relaySelectors } from "./relay-scripts.ts";
import { numberIn, type ShowSetting } from "./shown-settings.ts";
import { differencesOf, findRegisters, type RegisterWish, shownValue } from "./single-values.ts";

export type Limiting<Home> = Preparing<"sanctioned_load_control", Home>;

export const limitLoad = verified("sanctioned_load_control", async (preparing) =>
  preparing.home.by === "limiter"
    ? await byLimiter(preparing as Limiting<LimiterHome>)
    : await limitByRegisters({ ...preparing, home: preparing.home }),
);

/**
 * The limit is the threshold, its duration that of the limiter. Tried again is by the action under the threshold: with the
 * supply cut the load is below it, so the interval is the duration under it. What the limiter cannot count goes into the
 * maker's objects beside it; without them the command is refused, or the remark says so, as the settings of the model have it.
 */
async function byLimiter({ context, objects, parameters, home }: Limiting<LimiterHome>): Promise<Preparation> {
  const limiter = { classId: 71, logicalName: home.object };
  const triesAgain = parameters.maximum_retries > 0;
  if (triesAgain && !home.retries && context.dlms.load_limit_retries !== "left_to_meter") {
    throw new RunFailure("command_unsupported", withoutRetries);
  }
  const { watched, shown } = await objects.values<{ watched: ValueReference; shown: Data }>(limiter, {
    watched: [2, limiterValues.monitoredValue],
    shown: [4, asData],
  });
  const { whole, exact } = wholeOf(parameters.load_limit, 3 - (await scalerOf(objects, watched)));
  assertNotZero(parameters, whole);
  // A threshold that was never set has no type yet: it is that of what is watched.
  const like = shown.type === "null-data" ? await objects.value(watched, watched.attributeIndex, asData) : shown;
  const threshold = numberLike(like, whole);
  if (!threshold) {
    throw new RunFailure(
      "command_refused",
      `A limit of ${parameters.load_limit} kW does not fit the threshold of the ${objectName(limiter)} (${like.type}).`,
    );
  }
  const relay = await relayMode(context, objects);
  const { table, disconnect, reconnect } = await relaySelectors(objects, home.scripts);
  const retries = await findRegisters(context, objects, retryWishes(home, parameters));
  const actions = {
    actionOverThreshold: { scriptLogicalName: table, scriptSelector: disconnect },
    actionUnderThreshold: { scriptLogicalName: table, scriptSelector: triesAgain ? reconnect : noScript },
  };
  const values: readonly Setting[] = [
    setting(6, "min_over_threshold_duration", limiterValues.minOverThresholdDuration, parameters.threshold_duration),
    ...(triesAgain
      ? [setting(7, "min_under_threshold_duration", limiterValues.minUnderThresholdDuration, parameters.retry_interval)]
      : []),
    setting(11, "actions", limiterValues.actions, actions),
    { attribute: 4, name: "threshold_normal", data: threshold, isShown: (data) => isNumber(data, whole) },
  ];
  return {
    async differences() {
      const wanted = values.map(({ attribute, name }) => [name, [attribute, asData] as const] as const);
      const found = await objects.values<Record<string, Data>>(limiter, Object.fromEntries(wanted));
      const others = values.flatMap(({ name, isShown }) =>
        isShown(found[name]!) ? [] : `The ${objectName(limiter)} shows another ${name}.`,
      );
      return [...others, ...(await differencesOf(retries))];
    },
    /** The threshold last: until then the former limit holds. */
    async send() {
      for (const register of retries) await register.write();
      for (const { attribute, data } of values) await objects.write(limiter, attribute, data);
    },
    account: async () => ({
      remarks: remarksOf(parameters, exact, relay, home),
      result: { not_kept: notKept(parameters, home) },
    }),
  };
}

/** Nothing where the maker has no objects for them. */
function retryWishes({ retries }: LimiterHome, parameters: SanctionedLoad): readonly RegisterWish[] {
  if (!retries) return [];
  return [
    { logicalName: retries.maximum, value: parameters.maximum_retries, exponent: 0 },
    { logicalName: retries.clearInterval, value: parameters.retry_clear_interval, exponent: 0 },
  ];
}

/** Parameters that were commanded and that nothing in the meter holds. */
function notKept({ maximum_retries }: SanctionedLoad, { retries }: LimiterHome): readonly (keyof SanctionedLoad)[] {
  if (maximum_retries === 0) return retries ? ["retry_interval"] : ["retry_interval", "retry_clear_interval"];
  return retries ? [] : ["maximum_retries", "retry_clear_interval"];
}

/** Its actions are taken away: the threshold stays, and nothing comes of it. */
export async function disableLimiter(objects: MeterObjects, home: LimiterHome): Promise<Preparation> {
  const limiter = { classId: 71, logicalName: home.object };
  const read = () => objects.value(limiter, 11, limiterValues.actions);
  const { actionOverThreshold, actionUnderThreshold } = await read();
  const without = (action: typeof actionOverThreshold) => ({ ...action, scriptSelector: noScript });
  const none = {
    actionOverThreshold: without(actionOverThreshold),
    actionUnderThreshold: without(actionUnderThreshold),
  };
  return {
    async differences() {
      const { actionOverThreshold: over, actionUnderThreshold: under } = await read();
      const isOff = over.scriptSelector === noScript && under.scriptSelector === noScript;
      return isOff ? [] : [`The ${objectName(limiter)} still shows actions.`];
    },
    send: () => objects.write(limiter, 11, limiterValues.actions.toData(none)),
  };
}

/** No power at all is another command. @throws RunFailure `command_refused` when the limit is rounded to nothing */
export function assertNotZero({ load_limit }: CommandParameters<"sanctioned_load_control">, whole: bigint): void {
  if (whole > 0n) return;
  throw new RunFailure("command_refused", `The meter keeps no fractions of its unit: ${load_limit} kW would be none.`);
}

interface Setting {
  readonly attribute: number;
  readonly name: string;
  readonly data: Data;
  readonly isShown: (data: Data) => boolean;
}

function setting<Value>(attribute: number, name: string, codec: ValueCodec<Value>, value: Value): Setting {
  const wanted = JSON.stringify(value);
  return {
    attribute,
    name,
    data: codec.toData(value),
    isShown: (data) => JSON.stringify(codec.fromData(data)) === wanted,
  };
}

/** The power of ten of the threshold's unit, which is that of the value it watches. @throws RunFailure when it watches no power */
async function scalerOf(objects: MeterObjects, watched: ValueReference): Promise<number> {
  const attribute = scalerUnitAttributes[watched.classId];
  const name = objectName(watched);
  if (attribute === undefined)
    throw new RunFailure("command_unsupported", `The limiter watches ${name}, which has no unit.`);
  const { scaler, unit } = await objects.value(watched, attribute, { fromData: scalerUnitFromData });
  if (unit === watt) return scaler;
  throw new RunFailure(
    "command_unsupported",
    `The limiter watches ${name} in ${units.get(unit)?.symbol ?? `unit ${unit}`}: a limit in kW is none of it.`,
  );
}

/** undefined when the relay does not show it. @throws RunFailure when the relay can never be opened */
async function relayMode({ dlms }: CallContext, objects: MeterObjects): Promise<number | undefined> {
  const home = commandHomes(dlms.profile).aux_relay_operations;
  if (home.by !== "disconnect control") return undefined;
  const relay = { classId: 70, logicalName: home.object };
  const mode = await objects.valueIfThere(relay, 4, disconnectControlValues.controlMode);
  if (mode === undefined || controlModeOf(mode)?.remote !== "nothing") return mode;
  throw new RunFailure(
    "command_unsupported",
    `The ${objectName(relay)} is in control mode ${mode}: always connected. No limit could cut the supply.`,
  );
}

function remarksOf(
  { load_limit, maximum_retries, retry_interval }: SanctionedLoad,
  exact: boolean,
  mode: number | undefined,
  { retries }: LimiterHome,
): readonly string[] {
  return [
    ...(exact ? [] : [`The meter keeps no fractions of its unit: ${load_limit} kW is rounded.`]),
    ...(maximum_retries > 0 && !retries ? [withoutRetries] : []),
    ...(maximum_retries > 0 ? reconnection(mode, retry_interval, retries !== undefined) : []),
  ];
}

/** What brings the supply back after the limiter cut it; nothing to say where it is as commanded. */
function reconnection(mode: number | undefined, seconds: number, isCounted: boolean): readonly string[] {
  const rules = mode === undefined ? undefined : controlModeOf(mode);
  if (rules?.remote === "connects" && isCounted) return [];
  return [bringsBack(mode, rules, seconds, isCounted ? "" : ", every time")];
}

function bringsBack(
  mode: number | undefined,
  rules: ReturnType<typeof controlModeOf>,
  seconds: number,
  everyTime: string,
): string {
  if (rules?.remote === "connects") return `It reconnects ${seconds} s after it disconnected${everyTime}.`;
  if (rules === undefined) {
    return `It asks for reconnection ${seconds} s after it disconnected${everyTime}; whether the relay then connects is not known.`;
  }
  return rules.local
    ? `Control mode ${mode} of the relay lets the limiter reconnect ${seconds} s after it disconnected where the meter takes that for its own doing; else somebody at the meter must press its button.`
    : `It does not reconnect: in control mode ${mode} of the relay somebody at the meter must press its button, at the latest ${seconds} s after it disconnected the relay is ready for that.`;
}

type SanctionedLoad = CommandParameters<"sanctioned_load_control">;

const withoutRetries =
  "The meter's limiter counts no retries: maximum_retries and retry_clear_interval have no place in it.";
/** Selector 0: nothing is done. */
const noScript = 0;
/** Code of the watt (Blue Book, table of units). */
const watt = 27;

/** `sanc`: the limit in force. */
export const showLoadLimit: ShowSetting = async ({ objects, homes: { sanctioned_load_control: home } }) => {
  if (home.by === "registers") {
    const seconds = async (logicalName: string) => numberIn(await shownValue(objects, logicalName));
    const threshold = await shownValue(objects, home.thresholds[0]!);
    if (!threshold || isUnlimited(threshold) || isZero(await shownValue(objects, home.enable))) return undefined;
    return {
      sanc_load_limit: kilowatts(threshold, (await shownScaler(objects, home.thresholds[0]!)) ?? 0),
      sanc_maximum_retries: await seconds(home.maximumRetries),
      sanc_retry_interval: await seconds(home.retryInterval),
      sanc_threshold_duration: await seconds(home.durations[0]!),
      sanc_retry_clear_interval: await seconds(home.retryClearInterval),
    };
  }
  if (home.by !== "limiter") return undefined;
  const limiter = { classId: 71, logicalName: home.object };
  const watched = await objects.valueIfThere(limiter, 2, limiterValues.monitoredValue);
  const threshold = await objects.valueIfThere(limiter, 4, limiterValues.threshold);
  if (!watched || !threshold || isUnlimited(threshold)) return undefined;
  const scaler = await shownScaler(objects, watched.logicalName, watched.classId);
  if (scaler === undefined) return undefined;
  const actions = await objects.valueIfThere(limiter, 11, limiterValues.actions);
  if (actions?.actionOverThreshold.scriptSelector === noScript) return undefined;
  const triesAgain = actions !== undefined && actions.actionUnderThreshold.scriptSelector !== 0;
  const counted = async (logicalName: string | undefined) =>
    logicalName === undefined ? undefined : numberIn(await shownValue(objects, logicalName));
  return {
    sanc_load_limit: kilowatts(threshold, scaler),
    sanc_threshold_duration: await objects.valueIfThere(limiter, 6, limiterValues.minOverThresholdDuration),
    sanc_maximum_retries: triesAgain ? await counted(home.retries?.maximum) : 0,
    ...(triesAgain && {
      sanc_retry_interval: await objects.valueIfThere(limiter, 7, limiterValues.minUnderThresholdDuration),
      sanc_retry_clear_interval: await counted(home.retries?.clearInterval),
    }),
  };
};

/** No load is above the greatest number of the threshold's type: meters come with it, and it is no limit. */
function isUnlimited(threshold: Data): boolean {
  const greatest = greatestOfType[threshold.type];
  return greatest !== undefined && isNumber(threshold, greatest);
}

const greatestOfType: Readonly<Partial<Record<Data["type"], bigint>>> = {
  integer: 2n ** 7n - 1n,
  unsigned: 2n ** 8n - 1n,
  enum: 2n ** 8n - 1n,
  long: 2n ** 15n - 1n,
  "long-unsigned": 2n ** 16n - 1n,
  "double-long": 2n ** 31n - 1n,
  "double-long-unsigned": 2n ** 32n - 1n,
  long64: 2n ** 63n - 1n,
  "long64-unsigned": 2n ** 64n - 1n,
};

/** Not in force. */
function isZero(enable: Data | undefined): boolean {
  return enable !== undefined && (enable.value === false || isNumber(enable, 0n));
}

async function shownScaler(objects: MeterObjects, logicalName: string, classId = 3): Promise<number | undefined> {
  const attribute = scalerUnitAttributes[classId];
  if (attribute === undefined) return undefined;
  const scalerUnit = await objects.valueIfThere({ classId, logicalName }, attribute, { fromData: scalerUnitFromData });
  return scalerUnit?.scaler;
}

function kilowatts(threshold: Data, scaler: number): string | undefined {
  const watts = decimalFromData(threshold, scaler);
  return watts === undefined ? undefined : scale(watts, -3);
}
