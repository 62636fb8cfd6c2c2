/** Bytes of an answer as they are written: a row of a load profile is 1.6 kB in fifty pieces, too many for texts. */
export class TextBuffer {
  #bytes: Uint8Array = none;
  #length = 0;

  /** Bytes that were made before. */
  bytes(piece: Uint8Array): void {
    const length = piece.length;
    const at = this.#reserve(length);
    const bytes = this.#bytes;
    // Pieces are names of columns: shorter than a call of set() is worth.
    for (let index = 0; index < length; index++) bytes[at + index] = piece[index]!;
  }

  text(text: string): void {
    const at = this.#reserve(text.length * 3);
    const bytes = this.#bytes;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) {
        this.#length = at + encoder.encodeInto(text, bytes.subarray(at)).written;
        return;
      }
      bytes[at + index] = code;
    }
    this.#length = at + text.length;
  }

  /** What was written since the last time. */
  taken(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = none;
    this.#length = 0;
    return taken;
  }

  /** Room for so many bytes, which count as written; the position of the first. */
  #reserve(count: number): number {
    const at = this.#length;
    if (at + count > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, at + count, firstCapacity));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    this.#length = at + count;
    return at;
  }
}

/** Bytes of text, to be written many times. */
export const bytesOf = (text: string) => encoder.encode(text);

const encoder = new TextEncoder();
const firstCapacity = 16 * 1024;
const none = new Uint8Array(0);
