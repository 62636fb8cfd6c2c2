/**
 * Cuts a stream into messages by their first character and their end, never by pauses. What cannot begin a message (the
 * NULs of a wake-up, noise) is skipped. Exactly one check character is taken after ETX or EOT; what follows is the next.
 */
import { ProtocolError } from "@anymeter/sans-io";
import { control } from "../characters.ts";
import { iec62056Error } from "../errors.ts";
import { type Block, decodeBlock } from "./block.ts";
import { type Command, decodeCommand } from "./command.ts";
import { decodeIdentification, type Identification } from "./identification.ts";
import { beginsMessage, endOfMessage, isLine } from "./message-end.ts";
import { decodeOptionSelect, type OptionSelect } from "./option-select.ts";
import { decodeRequest, type RequestMessage } from "./request.ts";

export type Message =
  | RequestMessage
  | Identification
  | OptionSelect
  | Command
  | Block
  | { readonly type: "acknowledge" }
  | { readonly type: "refuse" };

/** What the stream held: a message, or one that came whole but damaged. */
export type Received = Message | { readonly type: "damaged"; readonly error: ProtocolError };

export interface MessageParserOptions {
  /** Bytes of the longest message. Default 4 MiB: readouts with load profiles exceed 1 MB. */
  readonly messageLimit?: number;
}

/** Bytes of a request or identification: the standard's longest have 37 and 23. */
const lineLimit = 256;

/** Bytes of room that a parser keeps between messages: thousands of sessions are open at once. */
const keptRoom = 64 * 1024;

export class MessageParser {
  /** True where an ACK is the first character of an option select: a meter that has identified itself. */
  expectsOptionSelect = false;
  readonly #limit: number;
  #bytes = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** Where to go on looking for the end of the message at #start. */
  #scanned = 0;

  constructor(options: MessageParserOptions = {}) {
    this.#limit = options.messageLimit ?? 4 * 1024 * 1024;
  }

  /** Bytes since the last `clear` that could begin no message. */
  skipped = 0;

  /** Bytes that came and are no whole message yet. */
  get pending(): number {
    return this.#end - this.#start;
  }

  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The next whole message; undefined when more bytes are needed. */
  next(): Received | undefined {
    const bytes = this.nextBytes();
    return bytes && receivedFrom(bytes);
  }

  /** The bytes of the next message as a copy, unchecked; an error instead of a message without end. */
  nextBytes(): Uint8Array | ProtocolError | undefined {
    this.#skip();
    const start = this.#start;
    if (start === this.#end) return undefined;
    const { expectsOptionSelect } = this;
    const bounds = { start, end: this.#end, scanned: this.#scanned, expectsOptionSelect };
    const end = endOfMessage(this.#bytes, bounds);
    if (end !== undefined) {
      this.#start = end;
      this.#scanned = end;
      return this.#bytes.slice(start, end);
    }
    // The last byte may be the ETX whose check character is still to come.
    this.#scanned = this.#end - 1;
    const limit = isLine(this.#bytes[start]!) ? lineLimit : this.#limit;
    if (this.pending <= limit) return undefined;
    this.clear();
    return iec62056Error("message_too_long", { message: "message", limit });
  }

  /** Forgets what came: it belongs to nothing that is asked now. */
  clear(): void {
    if (this.#bytes.length > keptRoom) this.#bytes = new Uint8Array(0);
    this.skipped = 0;
    this.#start = 0;
    this.#end = 0;
    this.#scanned = 0;
  }

  /** A copy of the bytes not parsed, as they came. */
  peekRest(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(this.#start, this.#end);
  }

  /** The bytes not parsed, as they came: where a hand-over to another protocol begins. */
  takeRest(): Uint8Array {
    const rest = this.peekRest();
    this.clear();
    return rest;
  }

  #skip(): void {
    const from = this.#start;
    while (this.#start < this.#end && !beginsMessage(this.#bytes[this.#start]!)) this.#start++;
    this.skipped += this.#start - from;
  }

  #makeRoom(count: number): void {
    const needed = this.pending + count;
    const room = needed * 2 <= this.#bytes.length ? this.#bytes : new Uint8Array(Math.max(256, needed * 2));
    room.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = room;
    this.#scanned = Math.max(0, this.#scanned - this.#start);
    this.#end -= this.#start;
    this.#start = 0;
  }
}

/** What a stream's next bytes are: a message, or what is wrong with it. */
export function receivedFrom(bytes: Uint8Array | ProtocolError): Received {
  if (bytes instanceof ProtocolError) return { type: "damaged", error: bytes };
  try {
    return decodeMessage(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return { type: "damaged", error };
    throw error;
  }
}

/**
 * One whole message.
 * @throws ProtocolError `message_invalid`, `message_checksum_wrong`
 */
export function decodeMessage(bytes: Uint8Array): Message {
  const first = (bytes[0] ?? 0) & 0x7f;
  switch (first) {
    case slash:
      return (bytes[1]! & 0x7f) === questionMark ? decodeRequest(bytes) : decodeIdentification(bytes);
    case control.SOH:
      return decodeCommand(bytes);
    case control.STX:
      return decodeBlock(bytes);
    case control.ACK:
      return bytes.length === 1 ? { type: "acknowledge" } : decodeOptionSelect(bytes);
    case control.NAK:
      if (bytes.length === 1) return { type: "refuse" };
  }
  throw iec62056Error("message_invalid", {
    message: "message",
    reason: "its first character begins no message",
    offset: 0,
  });
}

/** "a data message", "NAK", "the command P0" …: a message for people. */
export function nameOf(received: Received): string {
  return received.type === "command" ? `the command ${received.command}` : messageNames[received.type];
}

const messageNames = {
  request: "a sign-on",
  identification: "an identification",
  "option-select": "an option select",
  block: "a data message",
  acknowledge: "ACK",
  refuse: "NAK",
  damaged: "a damaged message",
} as const;

const slash = 0x2f;
const questionMark = 0x3f;
