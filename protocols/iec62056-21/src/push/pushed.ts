/** Readouts that meters send without being asked: P1 telegrams, mode D, and framed readouts on ports that were thought to be P1. */
import type { ProtocolError } from "@anymeter/sans-io";
import { control, textFromBytes } from "../characters.ts";
import { type DataSet, decodeDataSets } from "../data/data-set.ts";
import { iec62056Error } from "../errors.ts";
import { decodeBlock } from "../message/block.ts";
import { decodeP1 } from "../p1/telegram.ts";

export interface PushedReadout {
  /**
   * How it came: "p1" and "ciphered-p1" are telegrams of their own; "mode-d" ends with its exclamation mark, "framed" stands
   * between STX and ETX.
   */
  readonly form: "p1" | "ciphered-p1" | "mode-d" | "framed";
  /** Behind the slash; undefined where none came. Its baud character means nothing here. */
  readonly identification: string | undefined;
  readonly dataSets: readonly DataSet[];
  /** What guards it: a CRC-16, a block check character, the tag of its cipher, or nothing. */
  readonly checked: "checksum" | "block check" | "tag" | "nothing";
  readonly problems: readonly ProtocolError[];
}

/** @throws ProtocolError `message_invalid`, `message_checksum_wrong` */
export function decodePushed(bytes: Uint8Array): PushedReadout {
  const framedAt = framedStart(bytes);
  return framedAt === undefined ? decodePushedText(bytes) : decodePushedFrame(bytes, framedAt);
}

function decodePushedText(bytes: Uint8Array): PushedReadout {
  const { identification, dataSets, checksum, problems } = decodeP1(bytes);
  const isChecked = checksum === "right";
  // Who begins to listen in the middle may meet the slash of a unit first; without a checksum only its form tells.
  if (!isChecked && !/^[A-Za-z]{3}[0-9A-Za-z]/.test(identification)) {
    throw iec62056Error("message_invalid", {
      message: "identification",
      reason: `"${identification}" is none`,
      offset: 1,
    });
  }
  const isP1 = isChecked || dataSets.some(({ address }) => isP1Address(address));
  return {
    form: isP1 ? "p1" : "mode-d",
    identification,
    dataSets,
    checked: isChecked ? "checksum" : "nothing",
    problems,
  };
}

/** P1 writes identifiers with medium and channel, mode D in their reduced form. */
function isP1Address(address: string): boolean {
  return /^\d-\d:/.test(address);
}

function decodePushedFrame(bytes: Uint8Array, at: number): PushedReadout {
  const problems: ProtocolError[] = [];
  const { text } = decodeBlock(bytes.subarray(at));
  const identification = at === 0 ? undefined : textFromBytes(bytes, 1, at).trimEnd();
  return { form: "framed", identification, dataSets: decodeDataSets(text, problems), checked: "block check", problems };
}

/** Where the STX is of a readout that has one: at once, or after the line of the identification. */
export function framedStart(bytes: Uint8Array): number | undefined {
  let at = 0;
  if (isCharacter(bytes[0], slash)) {
    while (at < bytes.length && !isCharacter(bytes[at], control.LF)) at++;
    while (isCharacter(bytes[at], control.LF) || isCharacter(bytes[at], control.CR)) at++;
  }
  return isCharacter(bytes[at], control.STX) ? at : undefined;
}

function isCharacter(byte: number | undefined, character: number): boolean {
  return byte !== undefined && (byte & 0x7f) === character;
}

const slash = 0x2f;
