/**
 * A client's end of the line: what routines share while they talk to one meter. It cuts what comes into messages, drops the
 * echo of optical heads and the repetitions of radio links, and gives what is sent its parity bit.
 */
import { MessageParser, type Received, receivedFrom } from "../message/message-parser.ts";
import { withEvenParity } from "../parity.ts";
import { Echo } from "./echo.ts";
import { Repetition } from "./repetition.ts";

export interface LineSettings {
  /** "even" where 7E1 characters travel in an 8-bit stream and the meter checks them. Default "none". */
  readonly parity?: "none" | "even";
  /** Milliseconds of silence after which an answer is missed. Default 5000; by GSM up to 20000. */
  readonly answerTimeout?: number;
  /** How often a message is sent before its request fails. Default 3. */
  readonly attempts?: number;
  /** Bytes of the longest message, and of partial blocks joined. Default 4 MiB. */
  readonly messageLimit?: number;
  /** Speed of the sign-on. Default 300. */
  readonly initialBaudRate?: number;
  /**
   * Milliseconds between the option select and the change of speed, on a line whose speed really changes: the select still
   * goes out at the old one. Default 0, over TCP.
   */
  readonly speedChangePause?: number;
  /** Milliseconds of silence that end a damaged message, before it is asked for again. Default 200. */
  readonly quietTime?: number;
}

export class ClientLine {
  readonly settings: Required<LineSettings>;
  readonly parser: MessageParser;
  /** The speed this end has now; nobody need care over TCP. */
  baudRate: number;
  readonly #echo = new Echo();
  readonly #repetition = new Repetition();

  constructor(settings: LineSettings = {}) {
    this.settings = { ...defaults, ...settings };
    this.parser = new MessageParser({ messageLimit: this.settings.messageLimit });
    this.baudRate = this.settings.initialBaudRate;
  }

  /** A sign-on follows, and maybe its repetitions. */
  beginDialogue(): void {
    this.#repetition.beginDialogue();
    this.baudRate = this.settings.initialBaudRate;
  }

  /** The bytes to send for a message. What came before it was asked is forgotten. */
  outgoing(message: Uint8Array): Uint8Array {
    this.#repetition.sent(message, this.parser.peekRest());
    this.parser.clear();
    this.#echo.expect(message);
    return this.settings.parity === "even" ? withEvenParity(message) : message;
  }

  /** Takes bytes that came. */
  incoming(bytes: Uint8Array): void {
    this.parser.push(this.#echo.remove(bytes));
  }

  /** The next whole message; undefined when more bytes are needed. */
  next(): Received | undefined {
    let bytes = this.parser.nextBytes();
    while (bytes instanceof Uint8Array && this.#repetition.drops(bytes)) bytes = this.parser.nextBytes();
    return bytes && receivedFrom(bytes);
  }
}

const defaults: Required<LineSettings> = {
  parity: "none",
  answerTimeout: 5000,
  attempts: 3,
  messageLimit: 4 * 1024 * 1024,
  initialBaudRate: 300,
  speedChangePause: 0,
  quietTime: 200,
};
