/**
 * The bytes of a session as hexadecimal lines, kept to explain a failure. What is sent with a concealed secret in it is shown
 * by its length alone; so is whatever holds an AARQ, where passwords and dedicated keys travel (Green Book 9.4.2.2:
 * `AC … 80 len <value>`; the dedicated key in the InitiateRequest).
 */
export class ProtocolTrace {
  readonly #limit: number;
  readonly #lines: string[] = [];
  readonly #secrets: Uint8Array[] = [];
  #bytes = 0;

  /** @param limit bytes kept; the rest is counted only */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** From now on, what is sent with this in it is not shown. */
  conceal(secret: Uint8Array): void {
    if (secret.length > 0) this.#secrets.push(withoutParity(secret));
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
    const hidden = direction === "->" ? this.#hiddenAs(bytes) : undefined;
    this.#lines.push(`${direction} ${hidden ? `${hidden}, ${bytes.length} bytes` : Buffer.from(kept).toString("hex")}`);
  }

  #hiddenAs(bytes: Uint8Array): string | undefined {
    if (holdsAssociationRequest(bytes)) return "association request";
    const plain = Buffer.from(withoutParity(bytes));
    return this.#secrets.some((secret) => plain.includes(Buffer.from(secret))) ? "a secret" : undefined;
  }
}

/** Object identifier of every DLMS application context, 2.16.756.5.8.1: no AARQ is without it. */
const applicationContext = Buffer.from("608574050801", "hex");

function holdsAssociationRequest(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(applicationContext);
}

/** Text lines may carry a parity bit (7E1 over 8 bits): it must not keep a password from being recognized. */
function withoutParity(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte & 0x7f);
}
