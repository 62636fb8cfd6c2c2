/**
 * Optical heads and two-wire converters return every byte that was sent. This drops such copies at the head of what is
 * received; the first byte that differs shows that the line did not echo, and nothing is lost then.
 */
export class EchoFilter {
  /** What was sent and has not come back yet. */
  private awaited: Uint8Array[] = [];
  /** How much of the first of them has come back. */
  private matched = 0;

  /** Bytes that go onto the line now. */
  sent(bytes: Uint8Array): void {
    if (this.awaited.length === maximumAwaited) this.awaited.shift();
    this.awaited.push(bytes);
  }

  /** The received bytes without the echo. */
  filter(received: Uint8Array): Uint8Array {
    let at = 0;
    while (at < received.length) {
      const [head] = this.awaited;
      if (head === undefined) return received.subarray(at);
      if (received[at] !== head[this.matched]) return this.giveUp(head, received.subarray(at));
      at++;
      this.matched++;
      if (this.matched === head.length) {
        this.awaited.shift();
        this.matched = 0;
      }
    }
    return none;
  }

  /** Puts back what looked like an echo and was not. */
  private giveUp(head: Uint8Array, rest: Uint8Array): Uint8Array {
    const restored = new Uint8Array(this.matched + rest.length);
    restored.set(head.subarray(0, this.matched));
    restored.set(rest, this.matched);
    this.awaited = [];
    this.matched = 0;
    return restored;
  }
}

/** On a line without echo nothing is ever matched; what was sent need not be kept for long. */
const maximumAwaited = 16;
const none = new Uint8Array(0);
