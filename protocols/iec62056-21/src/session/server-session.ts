/** A meter's session with one reader. */
import type { Session } from "@anymeter/sans-io";
import { control } from "../characters.ts";
import { encodeBlock } from "../message/block.ts";
import { type Command, encodeCommand } from "../message/command.ts";
import { baudRates, encodeIdentification, protocolMode } from "../message/identification.ts";
import { MessageParser, type Received } from "../message/message-parser.ts";
import { type OptionSelect, optionModes } from "../message/option-select.ts";
import type { RequestMessage } from "../message/request.ts";
import { hasEvenParity, withEvenParity } from "../parity.ts";
import type { ServerAnswer, ServerDevice, ServerDialogue } from "./server-device.ts";

type State = "idle" | "identified" | "programming" | "handed over";

/** Milliseconds of silence that each state takes before it ends: clause 6.4.3.2, and what meters do. */
const patienceOf: Readonly<Record<State, number | undefined>> = {
  idle: undefined,
  identified: 1500,
  programming: 60_000,
  "handed over": undefined,
};

export class ServerSession implements Session {
  readonly #device: ServerDevice;
  readonly #parser = new MessageParser({ messageLimit: 64 * 1024 });
  readonly #output: Uint8Array[] = [];
  readonly #initialBaudRate: number;
  #state: State = "idle";
  #awake: boolean;
  #nuls = 0;
  #dialogue: ServerDialogue = { operand: "", unlocked: false };
  /** Sent last, for a NAK; and the blocks that follow it, from the next one on. */
  #last: Uint8Array | undefined;
  #blocks: readonly string[] = [];
  #nextBlock = 0;
  #finished = false;
  /** The speed of this end; nobody need care over TCP. */
  baudRate: number;

  constructor(device: ServerDevice, options: { readonly initialBaudRate?: number } = {}) {
    this.#device = device;
    this.#initialBaudRate = options.initialBaudRate ?? 300;
    this.baudRate = this.#initialBaudRate;
    this.#awake = device.nulsToWake === undefined;
  }

  get patience(): number | undefined {
    if (this.#state === "idle" && this.#device.nulsToWake !== undefined && this.#awake) return patienceOf.programming;
    return patienceOf[this.#state];
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** After a hand-over to binary mode: what came after the option select, as it came. The line is the caller's now. */
  get handedOver(): Uint8Array | undefined {
    return this.#state === "handed over" ? this.#parser.takeRest() : undefined;
  }

  takeOutput(): Uint8Array | undefined {
    return this.#output.shift();
  }

  receive(bytes: Uint8Array): void {
    if (!this.#awake) this.#wake(bytes);
    if (!this.#awake) return;
    this.#parser.push(
      this.#device.parity === "even" && this.#state !== "handed over" ? bytes.filter(hasEvenParity) : bytes,
    );
    this.#takeMessages();
  }

  timedOut(): void {
    if (this.#state === "identified") this.#sendReadout();
    else if (this.#state === "programming") this.#endDialogue();
    else if (this.#device.nulsToWake !== undefined) this.#awake = false;
  }

  connectionLost(): void {
    this.#finished = true;
  }

  #takeMessages(): void {
    while (this.#state !== "handed over") {
      this.#parser.expectsOptionSelect = this.#state === "identified";
      const received = this.#parser.next();
      if (!received) return;
      this.#take(received);
    }
  }

  /** Who asks on and on without taking answers is not heard. */
  #take(received: Received): void {
    if (this.#output.length >= waitingLimit) return;
    if (received.type === "request") this.#identify(received);
    else if (this.#state === "identified") {
      if (received.type === "option-select") this.#select(received);
    } else if (received.type === "refuse") {
      if (this.#last) this.#transmit(this.#last);
    } else if (received.type === "acknowledge") this.#sendNextBlock();
    else if (this.#state === "programming") {
      if (received.type === "damaged") this.#transmit(negativeAcknowledge);
      else if (received.type === "command") this.#obey(received);
    }
  }

  #identify({ address }: RequestMessage): void {
    if (address !== undefined && !sameAddress(address, this.#device.address)) return;
    this.#endDialogue();
    const { identification } = this.#device;
    const escapes = identification.escapes ?? [];
    this.#transmit(encodeIdentification(identification));
    const mode = protocolMode({ ...identification, escapes });
    if (mode === "A") this.#sendReadout();
    else if (mode === "B") {
      this.baudRate = baudRates[identification.baudCharacter]!;
      this.#sendReadout();
    } else this.#state = "identified";
  }

  #select({ protocol, baudCharacter, mode }: OptionSelect): void {
    const { protocolCharacters, identification } = this.#device;
    if (protocolCharacters && !protocolCharacters.includes(protocol)) return;
    this.baudRate = baudRates[baudCharacter] ?? this.baudRate;
    if (mode === optionModes.binary && identification.escapes?.includes("2")) this.#state = "handed over";
    else if (mode === optionModes.programming && this.#device.locked) this.#answer({ type: "break" });
    else if (mode === optionModes.programming && this.#device.operand) this.#openProgramming(this.#device.operand());
    else this.#sendReadout();
  }

  #openProgramming(operand: string): void {
    this.#state = "programming";
    this.#dialogue = { operand, unlocked: false };
    this.#transmitRepeatable(encodeCommand("P0", operand));
  }

  #sendReadout(): void {
    this.#state = "idle";
    this.#transmitRepeatable(encodeBlock(`${this.#device.readout()}!\r\n`));
  }

  #obey(command: Command): void {
    if (command.command === "B0") this.#endDialogue();
    else this.#answer(this.#device.command?.(command, this.#dialogue) ?? { type: "refuse" });
  }

  #answer(answer: ServerAnswer): void {
    this.#last = undefined;
    this.#blocks = [];
    switch (answer.type) {
      case "acknowledge":
        return this.#transmitRepeatable(acknowledge);
      case "refuse":
        return this.#transmit(negativeAcknowledge);
      case "break":
        this.#transmit(encodeCommand("B0"));
        return this.#endDialogue();
      case "silence":
        return;
      case "data":
        this.#blocks = answer.texts;
        this.#nextBlock = 0;
        return this.#sendNextBlock();
    }
  }

  #sendNextBlock(): void {
    const text = this.#blocks[this.#nextBlock];
    if (text === undefined) return;
    this.#nextBlock++;
    this.#transmitRepeatable(encodeBlock(text, { more: this.#nextBlock < this.#blocks.length }));
  }

  #endDialogue(): void {
    this.#state = "idle";
    this.#last = undefined;
    this.#blocks = [];
    this.baudRate = this.#initialBaudRate;
  }

  #transmitRepeatable(message: Uint8Array): void {
    this.#last = message;
    this.#transmit(message);
  }

  #transmit(message: Uint8Array): void {
    this.#output.push(this.#device.parity === "even" ? withEvenParity(message) : message);
  }

  /** NULs in a row wake a battery meter, however the stream is cut. */
  #wake(bytes: Uint8Array): void {
    for (const byte of bytes) this.#nuls = (byte & 0x7f) === control.NUL ? this.#nuls + 1 : 0;
    if (this.#nuls < this.#device.nulsToWake!) return;
    this.#nuls = 0;
    this.#awake = true;
  }
}

function sameAddress(asked: string, own: string | undefined): boolean {
  return own !== undefined && asked.replace(/^0+/, "") === own.replace(/^0+/, "");
}

/** Messages that wait to be taken, before what is asked more is dropped. */
const waitingLimit = 64;
const acknowledge = Uint8Array.of(control.ACK);
const negativeAcknowledge = Uint8Array.of(control.NAK);
