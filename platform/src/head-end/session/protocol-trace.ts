/**
 * The bytes of a session as hexadecimal lines, kept to explain a failure. Passwords and dedicated keys travel inside
 * association requests (Green Book 9.4.2.2: `AC … 80 len <value>`; the dedicated key in the InitiateRequest), so whatever
 * holds an AARQ is shown by its length alone.
 */
export class ProtocolTrace {
  readonly #limit: number;
  readonly #lines: string[] = [];
  #bytes = 0;

  /** @param limit bytes kept; the rest is counted only */
  constructor(limit: number) {
    this.#limit = limit;
  }

  sent(bytes: Uint8Array): void {
    this.#add("->", bytes);
  }

  received(bytes: Uint8Array): void {
    this.#add("<-", bytes);
  }

  /** One line per piece, oldest first. */
  lines(): readonly string[] {
    return this.#bytes > this.#limit ? [...this.#lines, `… ${this.#bytes - this.#limit} more bytes`] : this.#lines;
  }

  #add(direction: string, bytes: Uint8Array): void {
    const kept = bytes.subarray(0, Math.max(0, this.#limit - this.#bytes));
    this.#bytes += bytes.length;
    if (kept.length === 0) return;
    const hidden = direction === "->" && holdsAssociationRequest(bytes);
    this.#lines.push(
      `${direction} ${hidden ? `association request, ${bytes.length} bytes` : Buffer.from(kept).toString("hex")}`,
    );
  }
}

/** Object identifier of every DLMS application context, 2.16.756.5.8.1: no AARQ is without it. */
const applicationContext = Buffer.from("608574050801", "hex");

function holdsAssociationRequest(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(applicationContext);
}
