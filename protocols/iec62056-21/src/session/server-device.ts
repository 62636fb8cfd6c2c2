/** What a meter is, as its session sees it: hand in one of these to be a meter. */
import type { Command } from "../message/command.ts";

export interface ServerDevice {
  readonly identification: {
    readonly manufacturer: string;
    /** Also tells the mode: digits C, letters B, anything else A. */
    readonly baudCharacter: string;
    /** `["2"]` offers the hand-over to HDLC (mode E). */
    readonly escapes?: readonly string[];
    readonly model: string;
  };
  /** A sign-on for another address is left unanswered; zeros in front do not count. */
  readonly address?: string;
  /** "even" where 7E1 characters travel in an 8-bit stream: characters that come with wrong parity are ignored. */
  readonly parity?: "none" | "even";
  /** V characters that an option select is answered for. Default: every one. */
  readonly protocolCharacters?: readonly string[];
  /** A battery meter: so many NULs wake it; after a minute of silence it sleeps again. */
  readonly nulsToWake?: number;
  /** The interface is locked: whoever selects programming mode is sent a break. */
  readonly locked?: boolean;
  /** The text of the readout, without the exclamation mark that ends it. */
  readout(): string;
  /** Data of the P0 message that opens programming mode, such as "(00000000)". Without this, there is no programming mode. */
  operand?(): string;
  /** Answers a command of programming mode; `dialogue` lasts from sign-on to break. */
  command?(command: Command, dialogue: ServerDialogue): ServerAnswer;
}

export interface ServerDialogue {
  /** What P0 told: the operand of a secure algorithm. */
  readonly operand: string;
  /** For the device to keep: whether a password was given. */
  unlocked: boolean;
}

export type ServerAnswer =
  | { readonly type: "acknowledge" }
  | { readonly type: "refuse" }
  | { readonly type: "break" }
  | { readonly type: "silence" }
  /** More than one text: partial blocks, each acknowledged before the next. */
  | { readonly type: "data"; readonly texts: readonly string[] };
