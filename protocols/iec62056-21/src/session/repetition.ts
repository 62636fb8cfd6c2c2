/**
 * Leaves out what a radio link delivers twice. A link that repeats the identification repeats everything, so it is found
 * out at the sign-on, not set: that of a sign-on sent once comes twice for no other reason. From then on one repetition of
 * each message is dropped; what a meter really says twice comes four times.
 */
import { equalBytes } from "@anymeter/sans-io";
import { isLine } from "../message/message-end.ts";

export class Repetition {
  #found = false;
  #signOns = 0;
  /** The message whose repetition may still come. */
  #last: Uint8Array | undefined;

  beginDialogue(): void {
    this.#signOns = 0;
    this.#last = undefined;
  }

  /**
   * A message of ours goes out.
   * @param unread what came and is forgotten now: maybe the beginning of a repetition
   */
  sent(message: Uint8Array, unread: Uint8Array): void {
    const last = this.#last;
    if (last && unread.length > 0 && this.#isExpected(last) && equalBytes(last.subarray(0, unread.length), unread))
      this.#end();
    if (message.length > 1 && isLine(message[0]!)) this.#signOns++;
  }

  /** True for a message that came as the repetition of the one before. */
  drops(message: Uint8Array): boolean {
    if (this.#last && this.#isExpected(message) && equalBytes(this.#last, message)) {
      this.#end();
      return true;
    }
    this.#last = message;
    return false;
  }

  #isExpected(message: Uint8Array): boolean {
    return this.#found || (this.#signOns === 1 && isLine(message[0]!));
  }

  #end(): void {
    this.#found = true;
    this.#last = undefined;
  }
}
