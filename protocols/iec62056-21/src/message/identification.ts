/** The identification message, `/XXXZ[\W]ident` CR LF (clause 6.3.2): who the meter is, how fast it can go, which modes it knows. */
import { bytesFromText, textFromBytes } from "../characters.ts";
import { iec62056Error } from "../errors.ts";

export interface Identification {
  readonly type: "identification";
  /** Three letters registered to the maker. */
  readonly manufacturer: string;
  /** Proposes a speed and tells the protocol mode: see `protocolMode`. */
  readonly baudCharacter: string;
  /** Characters after a backslash; "2" offers binary mode E. */
  readonly escapes: readonly string[];
  /** The maker's own words, usually the type. */
  readonly model: string;
}

export type ProtocolMode = "A" | "B" | "C" | "E";

/** Speeds by baud character: clause 6.3.14 (table of Z). */
export const baudRates: Readonly<Record<string, number>> = {
  ...{ "0": 300, "1": 600, "2": 1200, "3": 2400, "4": 4800, "5": 9600, "6": 19200 },
  ...{ A: 600, B: 1200, C: 2400, D: 4800, E: 9600, F: 19200 },
};

export function encodeIdentification({
  manufacturer,
  baudCharacter,
  escapes = [],
  model,
}: Omit<Identification, "type" | "escapes"> & { readonly escapes?: readonly string[] }): Uint8Array {
  return bytesFromText(`/${manufacturer}${baudCharacter}${escapes.map((each) => `\\${each}`).join("")}${model}\r\n`);
}

/** @throws ProtocolError `message_invalid` */
export function decodeIdentification(bytes: Uint8Array): Identification {
  const match = /^\/([^/!?\r\n]..)(.)((?:\\.)*)(.*)\r?\n$/.exec(textFromBytes(bytes));
  if (!match) {
    throw iec62056Error("message_invalid", {
      message: "identification",
      reason: "it is not a slash, three letters, a baud character and a model, ended by CR LF",
    });
  }
  const [, manufacturer = "", baudCharacter = "", escapes = "", model = ""] = match;
  return {
    type: "identification",
    manufacturer,
    baudCharacter,
    escapes: escapes.split("\\").slice(1),
    model,
  };
}

/** The protocol mode that an identification offers: E before C, B by letter, A for every other baud character (clause 6.4). */
export function protocolMode({
  baudCharacter,
  escapes,
}: Pick<Identification, "baudCharacter" | "escapes">): ProtocolMode {
  if (baudRates[baudCharacter] === undefined) return "A";
  if (baudCharacter >= "A") return "B";
  return escapes.includes("2") ? "E" : "C";
}

/** A lower-case third letter says that 20 ms between message and answer are enough instead of 200 ms (clause 6.3.2). */
export function reactionTime({ manufacturer }: Pick<Identification, "manufacturer">): 20 | 200 {
  return /[a-z]$/.test(manufacturer) ? 20 : 200;
}
