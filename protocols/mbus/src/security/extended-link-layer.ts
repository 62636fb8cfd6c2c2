/** Extended link layer (CI 8C to 8F; EN 13757-4:2019, clause 13): access number, second address, session and its cipher. */
import type { ByteReader, ProtocolError } from "@anymeter/sans-io";
import { mbusError } from "../errors.ts";
import { checkSequenceOf } from "../frames/check-sequence.ts";
import { applyCounterMode } from "./ciphers.ts";

export interface ExtendedLinkLayer {
  /** The communication control field. */
  readonly communicationControl: number;
  readonly accessNumber: number;
  /** The meter's, when it is not that of the link; in the order of wireless frames. */
  readonly address: Uint8Array | undefined;
  /** Session number, four bytes least significant first; its three high bits are the cipher. */
  readonly session: Uint8Array | undefined;
}

/**
 * @param reader behind the CI field; afterwards before the check sequence of a session, or at the next CI field
 * @throws ProtocolError `bytes_truncated`
 */
export function readExtendedLinkLayer(reader: ByteReader, controlInformation: number): ExtendedLinkLayer {
  const communicationControl = reader.unsigned8("the communication control field");
  const accessNumber = reader.unsigned8("the access number of the extended link layer");
  const hasAddress = (controlInformation & 0x02) !== 0;
  const address = hasAddress ? reader.take(8, "the second address") : undefined;
  const hasSession = (controlInformation & 0x01) !== 0;
  const session = hasSession ? reader.take(4, "the session number") : undefined;
  return { communicationControl, accessNumber, address, session };
}

export interface OpenedSession {
  /** Check sequence and data, plain; undefined when they cannot be had. */
  readonly bytes: Uint8Array | undefined;
  readonly enciphered: boolean;
  readonly problem?: ProtocolError;
}

/** Deciphers what follows a session number, and checks its check sequence. */
export function openSession(
  layer: ExtendedLinkLayer,
  bytes: Uint8Array,
  key: Uint8Array | undefined,
  linkAddress: Uint8Array | undefined,
): OpenedSession {
  const cipher = layer.session![3]! >> 5;
  if (checkSequenceRight(bytes)) return { bytes, enciphered: false };
  if (cipher === 0) return { bytes, enciphered: false, problem: mbusError("session_check_wrong", {}) };
  const problem = (error: ProtocolError): OpenedSession => ({ bytes: undefined, enciphered: true, problem: error });
  if (cipher !== aesCounterMode)
    return problem(mbusError("security_mode_unsupported", { mode: `session cipher ${cipher}` }));
  if (!key) return problem(mbusError("key_missing", { mode: "AES-128-CTR of the extended link layer" }));
  const address = layer.address ?? linkAddress;
  if (!address) return problem(mbusError("meter_address_missing", {}));
  const plain = applyCounterMode(key, counterBlock(layer, address), bytes);
  if (!checkSequenceRight(plain)) return problem(mbusError("key_wrong", { check: "check sequence" }));
  return { bytes: plain, enciphered: true };
}

/** Address, communication control, session number, frame number 0, block counter 0. */
function counterBlock(layer: ExtendedLinkLayer, address: Uint8Array): Uint8Array {
  const block = new Uint8Array(16);
  block.set(address);
  block[8] = layer.communicationControl;
  block.set(layer.session!, 9);
  return block;
}

/** The check sequence of a session stands before what it covers, least significant byte first. */
function checkSequenceRight(bytes: Uint8Array): boolean {
  if (bytes.length < sessionCheckLength) return false;
  return checkSequenceOf(bytes, sessionCheckLength, bytes.length) === (bytes[0]! | (bytes[1]! << 8));
}

export const sessionCheckLength = 2;
const aesCounterMode = 1;
