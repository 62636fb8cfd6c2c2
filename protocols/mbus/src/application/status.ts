/** The status byte of the header (EN 13757-7:2018, 7.5.6). */

/** What it says in words; none for a meter without complaint. Bits 5 to 7 mean what the maker says. */
export function describeStatus(status: number): string[] {
  const words: string[] = [applicationStates[status & 3]!];
  if (status & 0x04) words.push("power low");
  if (status & 0x08) words.push("permanent error");
  if (status & 0x10) words.push("temporary error");
  if (status & 0xe0) words.push(`manufacturer bits ${(status & 0xe0).toString(16).toUpperCase()}`);
  return words.filter((word) => word !== "");
}

const applicationStates = ["", "application busy", "application error", "abnormal condition or alarm"] as const;
