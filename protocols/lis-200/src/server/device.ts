/** What a simulated meter serves. The session frames, unlocks and cuts archives; the device knows values and rows. */
import type { Address } from "../address/address.ts";
import type { LockNumber } from "../locks.ts";

export interface Lis200Device {
  /** What it answers to a sign-on: EK280s send `/Els6EK280` or `/Els6\2EK280`. */
  readonly identification: {
    readonly manufacturer: string;
    readonly baudCharacter: string;
    readonly escapes?: readonly string[];
    readonly model: string;
  };
  /** The address it answers to, beside none. */
  readonly deviceAddress?: string | undefined;
  /** So many NULs wake it, as battery devices want; without it, it is always awake. */
  readonly nulsToWake?: number | undefined;
  /** Operand of the P0 message that follows the option select; it asks for nothing. */
  readonly operand: string;
  /** Codes of the locks it has. */
  readonly lockCodes: ReadonlyMap<LockNumber, string>;
  /** @returns the value as it stands between parentheses, "1234.5678*m3", or the number of a refusal */
  read(address: Address, openLocks: ReadonlySet<LockNumber>): string | number;
  /** @returns undefined when written, or the number of a refusal */
  write(address: Address, value: string, openLocks: ReadonlySet<LockNumber>): number | undefined;
  /** @returns undefined when there is no such archive, or the number of a refusal */
  archive(number: number, openLocks: ReadonlySet<LockNumber>): ServedArchive | number | undefined;
}

export interface ServedArchive {
  readonly columns: readonly ServedColumn[];
  /** Oldest first; one text for each column. */
  readonly rows: readonly (readonly string[])[];
  readonly filler?: RowFiller | undefined;
}

/** What devices put around the values of a row, beside CR LF at its end: FF bytes (as 7F) between, blanks behind. */
export interface RowFiller {
  readonly between?: string;
  readonly behind?: string;
}

export interface ServedColumn {
  readonly header: string;
  readonly unit?: string;
  /** As the device writes it, "02:0302.0". */
  readonly source?: string;
}
