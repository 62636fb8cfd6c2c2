/** Parameters of `update_device_metadata`, which only v3 has: out of the texts of a form. */
import type { DeviceMetadata } from "./orders.ts";

/** @returns a sentence about what is wrong */
export function deviceMetadata(fields: Readonly<Record<string, string>>): DeviceMetadata | string {
  for (const [name, [least, most]] of Object.entries(ranges)) {
    const text = fields[name] ?? "";
    if (!/^\d+$/.test(text) || Number(text) < least || Number(text) > most)
      return `${name} is "${text}"; it must be a whole number from ${least} to ${most}.`;
  }
  const time = fields.initial_communication_time ?? "";
  if (!timeOfDay.test(time)) return `initial_communication_time is "${time}"; it must be a time such as 13:00:00.`;
  const number = (name: keyof typeof ranges) => Number(fields[name]);
  if (number("communication_type") === 1 && number("communication_interval") === 0)
    return "communication_interval is 0; a meter of communication_type 1 needs one.";
  return {
    communication_mode: number("communication_mode"),
    bidirectional_device: number("bidirectional_device"),
    communication_type: number("communication_type"),
    communication_interval: number("communication_interval"),
    initial_communication_time: time,
  };
}

/** Intervals in minutes: a month at most. */
const ranges = {
  communication_mode: [1, 5],
  bidirectional_device: [0, 1],
  communication_type: [1, 2],
  communication_interval: [0, 44_640],
  phase: [1, 3],
  meter_type: [1, 5],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;
