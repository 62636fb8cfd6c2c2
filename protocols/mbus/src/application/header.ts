/** What stands before the records of a telegram (EN 13757-7, 7). */

/** Names one meter among all of all makers; the secondary address of the wired bus. */
export interface MeterAddress {
  /** The identification number: eight digits, "A" to "F" where a maker breaks the rule of decimal digits. */
  readonly identification: string;
  /** Three letters, "KAM". */
  readonly manufacturer: string;
  readonly version: number;
  /** The device type, see `mediumName`. */
  readonly medium: number;
}

/** The long header has every field, the short one no address, the fixed structure neither manufacturer nor version. */
export interface TelegramHeader extends Partial<MeterAddress> {
  readonly accessNumber: number;
  /** See `describeStatus`. */
  readonly status: number;
  /** Configuration field, which says how the data is enciphered; 0 is plain. */
  readonly configuration: number;
}
