/** The state of an alarm: 22 bytes of a parameter. */
import type { ByteReader, ByteWriter } from "@anymeter/sans-io";
import { decimalFromFloat32 } from "@anymeter/sans-io";
import { bitsOfMeterTime, meterTimeOf } from "./meter-time.ts";

export interface Alarm {
  /** 0 when it is not raised. */
  readonly active: number;
  /** 0 when none was raised since the memory was cleared. */
  readonly memorised: number;
  /** Decimal text of what was measured; none when the device has none. */
  readonly value?: string | undefined;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly memorisedStart?: string | undefined;
  readonly memorisedEnd?: string | undefined;
}

export const alarmLength = 22;

export function readAlarm(reader: ByteReader): Alarm {
  const time = (what: string) => meterTimeOf(reader.unsigned32LE(what));
  return {
    active: reader.unsigned8("the alarm's active flag"),
    memorised: reader.unsigned8("the alarm's memorised flag"),
    value: decimalFromFloat32(reader.float32LE("the alarm's value")),
    start: time("the alarm's start"),
    end: time("the alarm's end"),
    memorisedStart: time("the memorised alarm's start"),
    memorisedEnd: time("the memorised alarm's end"),
  };
}

export function writeAlarm(writer: ByteWriter, alarm: Alarm): void {
  writer.unsigned8(alarm.active);
  writer.unsigned8(alarm.memorised);
  if (alarm.value === undefined) writer.unsigned32LE(0xffff_ffff);
  else writer.float32LE(Number(alarm.value));
  for (const time of [alarm.start, alarm.end, alarm.memorisedStart, alarm.memorisedEnd]) {
    writer.unsigned32LE(time === undefined ? 0 : bitsOfMeterTime(time));
  }
}
