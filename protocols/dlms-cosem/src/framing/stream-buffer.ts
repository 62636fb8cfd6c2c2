/**
 * The bytes of a stream that are not parsed yet. A chunk that comes when nothing is left over is used where it lies; only
 * a frame cut by chunk borders is copied. Views handed out before stay valid: bytes are appended, never moved in place.
 */
import { plainView } from "@anymeter/sans-io";

export class StreamBuffer {
  bytes: Uint8Array = empty;
  /** Index of the first byte not parsed yet. */
  start = 0;
  /** Index after the last byte. */
  end = 0;

  get length(): number {
    return this.end - this.start;
  }

  push(chunk: Uint8Array): void {
    if (this.start === this.end) {
      this.bytes = plainView(chunk);
      this.start = 0;
      this.end = chunk.length;
      return;
    }
    // A chunk that was used where it lies is full to its end, so that nothing is ever written into it.
    if (this.end + chunk.length > this.bytes.length) this.makeRoom(chunk.length);
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
  }

  private makeRoom(count: number): void {
    const grown = new Uint8Array(Math.max(minimumCapacity, (this.length + count) * 2));
    grown.set(this.bytes.subarray(this.start, this.end));
    this.bytes = grown;
    this.end -= this.start;
    this.start = 0;
  }
}

/** Room for two of the longest HDLC frames. */
const minimumCapacity = 4096;
const empty = new Uint8Array(0);
