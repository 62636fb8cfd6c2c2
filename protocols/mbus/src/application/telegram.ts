/** One application-layer telegram: its header and the records in it. */
import type { ProtocolError } from "@anymeter/sans-io";
import type { DataRecord } from "../records/record.ts";
import type { TelegramHeader } from "./header.ts";

export interface Telegram {
  /** The CI field, see `controlInformationOf`; that of the innermost layer. */
  readonly controlInformation: number;
  /** Absent for telegrams without one (CI 78). */
  readonly header: TelegramHeader | undefined;
  readonly records: readonly DataRecord[];
  /** What follows DIF 0F or 1F: for the maker alone. */
  readonly manufacturerData: Uint8Array | undefined;
  /** DIF 1F: the meter has more records in its next telegram. */
  readonly moreFollows: boolean;
  /** CI 70: the meter refuses, see `applicationErrorReason`. */
  readonly applicationError: number | undefined;
  /** CI 71: bits that the maker defines. */
  readonly alarm: number | undefined;
  /** The data behind the header as the records have it: deciphered, and compact frames expanded. */
  readonly content: Uint8Array;
  /** What could not be understood, a missing or wrong key among it; everything else of the telegram is there. */
  readonly problems: readonly ProtocolError[];
}
