/** What a meter says instead of data (CI 70; EN 13757-3:2018, clause 10). */

/** The reason in words, for the byte behind the CI field. */
export function applicationErrorReason(code: number): string {
  return reasons[code] ?? `reason ${code}, which the standard does not name`;
}

const reasons: Readonly<Record<number, string>> = {
  0: "unspecified error",
  1: "the CI field is not implemented",
  2: "the buffer is too long for the meter",
  3: "too many records",
  4: "premature end of a record",
  5: "more than 10 DIFE",
  6: "more than 10 VIFE",
  7: "reserved error 7",
  8: "the application is busy with a readout; ask again later",
  9: "too many readouts: the meter limits them; ask less often",
};
