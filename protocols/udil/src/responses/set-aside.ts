/** What was not taken of an answer. */
export interface SetAside {
  /** For a person to read. */
  readonly reason: string;
  /** The element as JSON; a row's is to be read again by `readRow` when the cause is gone. */
  readonly raw: string;
}

export function setAside(raw: unknown, reason: string): { readonly setAside: SetAside } {
  return { setAside: { reason, raw: JSON.stringify(raw) ?? "null" } };
}
