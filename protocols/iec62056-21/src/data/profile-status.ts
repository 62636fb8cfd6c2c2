/**
 * The status word of a load profile header, hexadecimal with two or eight digits: VDEW's byte and its extension, as printed
 * in table 4.5 of the LEM EM4TII+ manual (05 November 2020), the same as protocols of other makers (EMH, Metcom) show.
 */

export interface StatusBit {
  readonly mask: number;
  readonly name: string;
  readonly meaning: string;
}

export const profileStatusBits: readonly StatusBit[] = [
  { mask: 0x8000, name: "before_clock_set", meaning: "recorded before the last setting of the clock" },
  { mask: 0x4000, name: "profile_cleared", meaning: "load profile memory was cleared" },
  { mask: 0x2000, name: "log_cleared", meaning: "log book was cleared" },
  { mask: 0x0100, name: "parameters_changed", meaning: "parameters were changed" },
  { mask: 0x0080, name: "power_failure", meaning: "power failed" },
  { mask: 0x0040, name: "power_return", meaning: "power returned" },
  { mask: 0x0020, name: "clock_set", meaning: "clock was set" },
  { mask: 0x0010, name: "reset", meaning: "billing reset" },
  { mask: 0x0008, name: "season_change", meaning: "change between normal and daylight saving time" },
  { mask: 0x0004, name: "value_disturbed", meaning: "measured value is disturbed or the period was not whole" },
  { mask: 0x0002, name: "clock_reserve_exhausted", meaning: "power reserve of the clock was exhausted" },
  { mask: 0x0001, name: "fatal_error", meaning: "fatal device error" },
];

/** The bits of a status word that are set and known. */
export function statusBitsOf(status: number): StatusBit[] {
  return profileStatusBits.filter(({ mask }) => (status & mask) !== 0);
}
