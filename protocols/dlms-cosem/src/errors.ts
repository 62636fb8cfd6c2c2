/**
 * Everything this package throws. `fault` says whose it is, so that a head-end can decide whether to retry, to alarm
 * or to mend its own configuration.
 */
export const dlmsErrors = {
  apdu_truncated: { fault: "peer", message: "The APDU ends before {what}." },
} as const satisfies Record<string, { fault: DlmsFault; message: string }>;

/** Who is at fault: our caller, the meter's bytes, its refusal, its security, or the line. */
export type DlmsFault = "caller" | "peer" | "refused" | "security" | "transport";
export type DlmsErrorCode = keyof typeof dlmsErrors;
