/** Keys of the attributes that decide what the meter does: the objects write them, its parts read them. */
import { attributeKey } from "./written-values.ts";

export const scheduleName = "0.0.12.0.0.255";
export const calendarName = "0.0.13.0.0.255";
export const endOfBillingName = "0.0.15.0.0.255";
export const limiterName = "0.0.17.0.0.255";

/** The maker's own registers of a load limit: enabling, watts and seconds by tariff, and the retries. */
export const limitRegisters = {
  enable: "0.0.96.60.10.255",
  thresholds: ["1.0.15.35.0.0", "1.0.15.35.0.1", "1.0.15.35.0.2", "1.0.15.35.0.3"],
  durations: ["1.0.15.44.0.0", "1.0.15.44.0.1", "1.0.15.44.0.2", "1.0.15.44.0.3"],
  tries: "1.0.147.45.0.255",
  pause: "1.0.147.44.0.255",
  clearing: "1.0.147.46.0.255",
} as const;

const limiter = (attribute: number) => attributeKey(71, limiterName, attribute);
const calendar = (attribute: number) => attributeKey(20, calendarName, attribute);

export const writtenAttributes = {
  scheduleEntries: attributeKey(10, scheduleName, 2),
  passiveName: calendar(6),
  passiveSeasons: calendar(7),
  passiveWeeks: calendar(8),
  passiveDays: calendar(9),
  activation: calendar(10),
  executedScript: attributeKey(22, endOfBillingName, 2),
  executionTimes: attributeKey(22, endOfBillingName, 4),
  monitoredValue: limiter(2),
  thresholdNormal: limiter(4),
  thresholdEmergency: limiter(5),
  minOverDuration: limiter(6),
  minUnderDuration: limiter(7),
  emergencyProfile: limiter(8),
  emergencyGroups: limiter(9),
  limiterActions: limiter(11),
  limitEnable: attributeKey(1, limitRegisters.enable, 2),
  limitTries: attributeKey(1, limitRegisters.tries, 2),
  limitPause: attributeKey(3, limitRegisters.pause, 2),
  limitClearing: attributeKey(3, limitRegisters.clearing, 2),
} as const;

/** Of one of the registers by tariff. */
export function limitRegisterKey(logicalName: string): string {
  return attributeKey(3, logicalName, 2);
}
