/**
 * Removes what an optical head sends back of our own messages. A head that echoes the sign-on echoes everything, and no
 * meter answers a sign-on with the sign-on; so it is found out, not set.
 */
import { joinBytes } from "@anymeter/sans-io";

export class Echo {
  #found = false;
  /** Our message of which `#held` characters came back so far; none when no echo is due. */
  #message: Uint8Array = none;
  #held = 0;

  /** A message of ours goes out. */
  expect(message: Uint8Array): void {
    const isSignOn = message[0] === slash;
    this.#message = this.#found || isSignOn ? message : none;
    this.#held = 0;
  }

  /** What is no echo of the bytes that came. */
  remove(bytes: Uint8Array): Uint8Array {
    const message = this.#message;
    const before = this.#held;
    let index = 0;
    while (this.#held < message.length && index < bytes.length) {
      if ((bytes[index]! & 0x7f) !== message[this.#held]) {
        // It only began like one, as every identification does.
        this.#message = none;
        return before === 0 ? bytes : joinBytes([message.subarray(0, before), bytes]);
      }
      index++;
      this.#held++;
    }
    if (message.length > 0 && this.#held === message.length) {
      this.#found = true;
      this.#message = none;
    }
    return bytes.subarray(index);
  }
}

const none = new Uint8Array(0);
const slash = 0x2f;
