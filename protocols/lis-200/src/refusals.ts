/**
 * What a LIS-200 meter answers instead of a value, `(#0017)`: its number, what it means and whose fault it is. Numbers and
 * meanings are those the makers' devices share (DL210 to DL240, EK220 to EK280, TC210), also printed in the BSD-licensed
 * `pwitab/iec62056-21`, module `lis200`.
 */
import type { Fault } from "@anymeter/sans-io";

export interface Refusal {
  /** As on the line, without the `#`. */
  readonly number: number;
  /** The code of the error that a request ends in. */
  readonly code: string;
  readonly fault: Fault;
  readonly meaning: string;
  /** What to do about it, as a sentence. */
  readonly advice: string;
}

export const refusals: readonly Refusal[] = [
  {
    ...{ number: 1, code: "address_unknown", fault: "caller" },
    meaning: "it does not know the address",
    advice: "Check the address against the model's list of addresses.",
  },
  {
    ...{ number: 2, code: "object_missing", fault: "caller" },
    meaning: "it has no such object",
    advice: "Check the object number, the part between colon and dot, against the model's list.",
  },
  {
    ...{ number: 3, code: "instance_missing", fault: "caller" },
    meaning: "it has the object, but not in this instance",
    advice: "Check the instance, the number before the colon.",
  },
  {
    ...{ number: 4, code: "attribute_unknown", fault: "caller" },
    meaning: "it does not know the attribute",
    advice: "Attributes are 0 to 9 and A; 0 is the value.",
  },
  {
    ...{ number: 5, code: "attribute_missing", fault: "caller" },
    meaning: "the object has no such attribute",
    advice: "Ask for attribute 0, the value.",
  },
  {
    ...{ number: 6, code: "value_out_of_range", fault: "caller" },
    meaning: "the value is out of range",
    advice: "Write a value within the limits the model's manual gives.",
  },
  {
    ...{ number: 9, code: "value_constant", fault: "caller" },
    meaning: "the value is a constant",
    advice: "It cannot be written.",
  },
  {
    ...{ number: 11, code: "input_not_allowed", fault: "caller" },
    meaning: "it allows no input here",
    advice: "The value cannot be written.",
  },
  {
    ...{ number: 13, code: "input_wrong", fault: "caller" },
    meaning: "the input is wrong",
    advice: "Write the value in the form in which the meter gives it.",
  },
  {
    ...{ number: 14, code: "unit_unknown", fault: "caller" },
    meaning: "it does not know the unit",
    advice: "Write the value without a unit, or with the unit the meter gives.",
  },
  {
    ...{ number: 17, code: "access_code_wrong", fault: "security" },
    meaning: "the code of the lock is wrong",
    advice: "Register the meter's present code, and check that it belongs to this lock.",
  },
  {
    ...{ number: 18, code: "read_not_authorized", fault: "security" },
    meaning: "reading needs an open lock",
    advice: "Open a lock that may read this: name the lock and register its code.",
  },
  {
    ...{ number: 19, code: "write_not_authorized", fault: "security" },
    meaning: "writing needs an open lock",
    advice: "Open a lock that may write this: name the lock and register its code.",
  },
  {
    ...{ number: 20, code: "function_locked", fault: "security" },
    meaning: "the function is locked",
    advice: "Open the supplier's or the manufacturer's lock; some functions need a lock opened at the device.",
  },
  {
    ...{ number: 100, code: "archive_missing", fault: "caller" },
    meaning: "it has no such archive",
    advice: "Check the archive number against the model's list of archives.",
  },
  {
    ...{ number: 101, code: "archive_position_missing", fault: "caller" },
    meaning: "the archive has no such column",
    advice: "Check the position that the limits refer to: 1 is the global number, 3 the time.",
  },
  {
    ...{ number: 103, code: "archive_empty", fault: "refused" },
    meaning: "the archive is empty",
    advice: "There is nothing to read yet.",
  },
  {
    ...{ number: 104, code: "lower_limit_not_found", fault: "refused" },
    meaning: "no row is as new as the lower limit",
    advice: "There is nothing to read in this range.",
  },
  {
    ...{ number: 105, code: "upper_limit_not_found", fault: "refused" },
    meaning: "no row is as old as the upper limit",
    advice: "There is nothing to read in this range.",
  },
  {
    ...{ number: 108, code: "too_many_open_archives", fault: "refused" },
    meaning: "too many archives are being read at once",
    advice: "Wait until other readers of this meter are done.",
  },
  {
    ...{ number: 109, code: "archive_overwritten", fault: "refused" },
    meaning: "rows were overwritten while they were read",
    advice: "Read again; ask for newer rows if it happens again.",
  },
  {
    ...{ number: 110, code: "record_damaged", fault: "damaged" },
    meaning: "the checksum of a record in its memory is wrong",
    advice: "Read around this record; the meter's memory wants service if it happens more than once.",
  },
  {
    ...{ number: 180, code: "source_not_allowed", fault: "caller" },
    meaning: "the source is not allowed",
    advice: "Choose a source that the model allows for this archive.",
  },
  {
    ...{ number: 200, code: "telegram_syntax_wrong", fault: "refused" },
    meaning: "the telegram's syntax is wrong",
    advice: "The model may not know this command; read with plain commands (R1) instead of partial blocks (R3).",
  },
  {
    ...{ number: 201, code: "telegram_password_wrong", fault: "security" },
    meaning: "the telegram's password is wrong",
    advice: "Register the meter's present code.",
  },
  {
    ...{ number: 222, code: "memory_read_failed", fault: "refused" },
    meaning: "it could not read its own memory (EEPROM)",
    advice: "Try again; the meter wants service if it happens again.",
  },
  {
    ...{ number: 223, code: "memory_write_failed", fault: "refused" },
    meaning: "it could not write its own memory (EEPROM)",
    advice: "Try again; the meter wants service if it happens again.",
  },
  {
    ...{ number: 249, code: "encoder_mode_impossible", fault: "caller" },
    meaning: "the encoder's mode is not possible, or its counter cannot be set",
    advice: "Check the connected encoder; an encoder's index is set at the gas meter.",
  },
];

const refusalsByNumber: ReadonlyMap<number, Refusal> = new Map(refusals.map((refusal) => [refusal.number, refusal]));

/** @returns undefined for a number that no known device uses */
export function refusalOf(number: number): Refusal | undefined {
  return refusalsByNumber.get(number);
}

/** The number of a `#0017` answer; undefined when the text is a value. */
export function refusalNumber(text: string): number | undefined {
  const [, digits] = /^#(\d{1,4})$/.exec(text.trim()) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** The archive holds nothing of what was asked for: no failure of a read. */
export function meansNoRows(number: number): boolean {
  return number === 103 || number === 104 || number === 105;
}
