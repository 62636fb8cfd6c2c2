/** What is written into the objects of a load limit, as the limiter takes it. */
import type { CosemDateTime, EmergencyProfile, LimiterActions, ValueReference } from "@anymeter/dlms-cosem";
import { dayMilliseconds } from "../../../calendar.ts";
import { factoryLimiterActions, unlimitedWatts } from "./factory.ts";
import type { LimiterSettings } from "./limiter.ts";
import { isDisconnectorScript } from "./scripts.ts";
import { limitRegisterKey, limitRegisters, writtenAttributes } from "./written-attributes.ts";
import type { WrittenValues } from "./written-values.ts";

/** A threshold in the type it was written in; only whole numbers up to 32 bits are taken. */
export interface Threshold {
  readonly type: string;
  readonly value: number;
}

export const factoryThreshold: Threshold = { type: "double-long-unsigned", value: unlimitedWatts };
export const factoryMonitored: ValueReference = { classId: 3, logicalName: "1.0.1.7.0.255", attributeIndex: 2 };
/** The class counts no closings; the contacts bear so many in a day. */
export const factoryTries = 100;
export const factoryClearingSeconds = dayMilliseconds / 1000;
export const noEmergency: EmergencyProfile = {
  emergencyProfileId: 0,
  emergencyActivationTime: {},
  emergencyDuration: 0,
};

/** Of the limiter of the standard (class 71). `instantOf` tells when the meter's clock shows a date-time. */
export function standardLimit(
  written: WrittenValues,
  instantOf: (time: CosemDateTime) => number | undefined,
): LimiterSettings {
  const actions = written.read<LimiterActions>(writtenAttributes.limiterActions, factoryLimiterActions);
  const normal = thresholdOf(written.read(writtenAttributes.thresholdNormal, factoryThreshold));
  const span = emergencySpan(written, instantOf);
  const emergency = thresholdOf(written.read(writtenAttributes.thresholdEmergency, factoryThreshold));
  const disconnects = isDisconnectorScript(actions.actionOverThreshold, "open");
  const reconnects = isDisconnectorScript(actions.actionUnderThreshold, "close");
  const pause = reconnects ? milliseconds(written.read(writtenAttributes.minUnderDuration, 0)) : undefined;
  return {
    threshold: (instant) => {
      if (!disconnects) return Number.POSITIVE_INFINITY;
      return span && instant >= span.from && instant < span.to ? emergency : normal;
    },
    nextThreshold: (after) => span && [span.from, span.to].find((edge) => edge > after),
    duration: milliseconds(written.read(writtenAttributes.minOverDuration, 0)),
    pause,
    tries: written.read(writtenAttributes.limitTries, factoryTries),
    clearing: reconnects ? clearingOf(written, factoryClearingSeconds) : Number.POSITIVE_INFINITY,
  };
}

/** Of registers of the maker's own: a threshold for each tariff, and counted retries. */
export function registersLimit(written: WrittenValues, tariffAt: (instant: number) => number): LimiterSettings {
  const isOn = written.read(writtenAttributes.limitEnable, false);
  const thresholds = limitRegisters.thresholds.map((name) => written.read(limitRegisterKey(name), unlimitedWatts));
  const durations = limitRegisters.durations.map((name) => milliseconds(written.read(limitRegisterKey(name), 0)));
  return {
    threshold: (instant) => {
      if (!isOn) return Number.POSITIVE_INFINITY;
      return limitOf(new Set(thresholds).size === 1 ? thresholds[0]! : thresholds[tariffAt(instant) - 1]!);
    },
    nextThreshold: () => undefined,
    duration: Math.max(...durations),
    pause: milliseconds(written.read(writtenAttributes.limitPause, 0)),
    tries: written.read(writtenAttributes.limitTries, 0),
    clearing: clearingOf(written, 0),
  };
}

/** When the emergency profile is in force: its group is the meter's, and its time runs. */
export function emergencySpan(
  written: WrittenValues,
  instantOf: (time: CosemDateTime) => number | undefined,
): { readonly from: number; readonly to: number } | undefined {
  const profile = written.read(writtenAttributes.emergencyProfile, noEmergency);
  const groups = written.read<readonly number[]>(writtenAttributes.emergencyGroups, []);
  if (!groups.includes(profile.emergencyProfileId)) return undefined;
  const from = instantOf(profile.emergencyActivationTime);
  return from === undefined ? undefined : { from, to: from + 1000 * profile.emergencyDuration };
}

/** What of the load a value that can be watched is; undefined for one that cannot. */
export function monitoredBy({
  classId,
  logicalName,
  attributeIndex,
}: ValueReference): ((demand: number) => number) | undefined {
  if (classId !== 3 || attributeIndex !== 2) return undefined;
  return monitored[logicalName];
}

const monitored: Readonly<Record<string, (demand: number) => number>> = {
  "1.0.1.7.0.255": (demand) => Math.max(0, demand),
  "1.0.2.7.0.255": (demand) => Math.max(0, -demand),
  "1.0.15.7.0.255": Math.abs,
};

/** The load is measured every second: what is to take no time takes one. */
function milliseconds(seconds: number): number {
  return 1000 * Math.max(1, seconds);
}

function clearingOf(written: WrittenValues, factory: number): number {
  return Math.max(leastClearing, milliseconds(written.read(writtenAttributes.limitClearing, factory)));
}

function thresholdOf({ value }: Threshold): number {
  return limitOf(value);
}

function limitOf(watts: number): number {
  return watts >= unlimitedWatts ? Number.POSITIVE_INFINITY : watts;
}

/** Milliseconds: counting anew earlier would be trying without end. */
const leastClearing = 600_000;
