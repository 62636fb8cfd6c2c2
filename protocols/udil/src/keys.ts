/** How long a private key holds: "30 minutes minimum" in one place and "valid for 30 minutes" in another (register, 48). */
export const keyMinutes = {
  /** An MDC honours a key for so long, beside newer ones: several workers of an MDM hold keys at once. */
  honored: 30,
  /** An MDM takes a new one after so long, and on any 401; the message is never parsed. */
  used: 25,
} as const;
