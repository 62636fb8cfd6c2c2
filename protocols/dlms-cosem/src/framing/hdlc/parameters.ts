/**
 * What SNRM and UA negotiate (IEC 62056-46 clause 6.4.4.4.3.2). Both carry the same information field, or none:
 *
 *   ┌────┬────┬─────┬─────────────┬─────────────┬───────────────────┬───────────────────┐
 *   │ 81 │ 80 │ len │ 05 len max  │ 06 len max  │ 07 04 window      │ 08 04 window      │
 *   │    │    │     │ info, send  │ info, recv. │ send              │ receive           │
 *   └────┴────┴─────┴─────────────┴─────────────┴───────────────────┴───────────────────┘
 *
 * "Send" and "receive" are the sender's view: the meter's "send" is what the client receives.
 */
import { dlmsError } from "../../errors.ts";

export interface HdlcParameters {
  /** Longest information field this side sends, in bytes. */
  readonly maximumInformationSend: number;
  readonly maximumInformationReceive: number;
  /** I-frames this side sends before it waits for an acknowledgement, 1 to 7. */
  readonly windowSend: number;
  readonly windowReceive: number;
}

/** The longest information field the standard lets a side offer (class 23, attributes 5 and 6). */
export const maximumInformationLength = 2030;

/** What holds when a parameter, or the whole field, is left out. */
export const defaultHdlcParameters: HdlcParameters = {
  maximumInformationSend: 128,
  maximumInformationReceive: 128,
  windowSend: 1,
  windowReceive: 1,
};

const formatIdentifier = 0x81;
const groupIdentifier = 0x80;

/** `bytes` is how many the standard writes; lengths above 255 take two. Any number of bytes is read. */
const parameterTable = [
  { identifier: 0x05, name: "maximumInformationSend", least: 1, most: maximumInformationLength, bytes: 1 },
  { identifier: 0x06, name: "maximumInformationReceive", least: 1, most: maximumInformationLength, bytes: 1 },
  { identifier: 0x07, name: "windowSend", least: 1, most: 7, bytes: 4 },
  { identifier: 0x08, name: "windowReceive", least: 1, most: 7, bytes: 4 },
] as const satisfies readonly { name: keyof HdlcParameters; [more: string]: unknown }[];

/** Fills what is left out with the defaults. Throws `link_setting_invalid` for a value out of range. */
export function completeHdlcParameters(parameters: Partial<HdlcParameters> = {}): HdlcParameters {
  const complete = { ...defaultHdlcParameters, ...parameters };
  for (const { name, least, most } of parameterTable) {
    const value = complete[name];
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    const reason = `${value} is not a whole number from ${least} to ${most}`;
    throw dlmsError("link_setting_invalid", { setting: name, reason });
  }
  return complete;
}

/** The information field of SNRM or UA. */
export function encodeHdlcParameters(parameters: HdlcParameters): Uint8Array {
  const field = [formatIdentifier, groupIdentifier, 0];
  for (const { identifier, name, bytes } of parameterTable) {
    const value = parameters[name];
    const size = bytes === 1 && value > 0xff ? 2 : bytes;
    field.push(identifier, size);
    for (let index = size - 1; index >= 0; index--) field.push((value >> (8 * index)) & 0xff);
  }
  field[2] = field.length - 3;
  return Uint8Array.from(field);
}

/**
 * Reads the information field of SNRM or UA as the sender wrote it. An empty field means the defaults, unknown
 * parameters are skipped, and values above what the standard allows are lowered to it. Throws `hdlc_parameter_invalid`.
 */
export function decodeHdlcParameters(information: Uint8Array): HdlcParameters {
  const parameters: { -readonly [Name in keyof HdlcParameters]: number } = { ...defaultHdlcParameters };
  for (const { identifier, value } of hdlcParametersIn(information)) {
    const entry = parameterTable.find((candidate) => candidate.identifier === identifier);
    if (entry === undefined || value === undefined) continue;
    if (value < entry.least) throw invalidParameter(entry.name, `${value} is less than ${entry.least}`);
    parameters[entry.name] = Math.min(value, entry.most);
  }
  return parameters;
}

/** A parameter as it stands in the information field, known or not; from `at` to `end` with its identifier and size. */
export interface HdlcParameterField {
  readonly identifier: number;
  readonly name: keyof HdlcParameters | undefined;
  /** undefined when it has no bytes. */
  readonly value: number | undefined;
  readonly at: number;
  readonly end: number;
}

/** Steps through the parameters of SNRM or UA. Throws `hdlc_parameter_invalid`. */
export function* hdlcParametersIn(information: Uint8Array): Generator<HdlcParameterField, void> {
  if (information.length === 0) return;
  if (information.length < 3 || information[0] !== formatIdentifier || information[1] !== groupIdentifier) {
    throw invalidParameter("parameter list", "it does not begin with 81 80 and a length");
  }
  const end = 3 + information[2]!;
  if (end > information.length) throw invalidParameter("parameter list", "it ends before its length");
  for (let at = 3; at < end; ) {
    const identifier = information[at]!;
    const size = information[at + 1];
    if (size === undefined || at + 2 + size > end) throw invalidParameter(`parameter ${identifier}`, "it is cut off");
    const next = at + 2 + size;
    const value = size === 0 ? undefined : bigEndian(information.subarray(at + 2, next));
    const name = parameterTable.find((candidate) => candidate.identifier === identifier)?.name;
    yield { identifier, name, value, at, end: next };
    at = next;
  }
}

/** What holds for this side, given what it offers and what the peer says from the peer's view. */
export function negotiateHdlcParameters(own: HdlcParameters, peer: HdlcParameters): HdlcParameters {
  return {
    maximumInformationSend: Math.min(own.maximumInformationSend, peer.maximumInformationReceive),
    maximumInformationReceive: Math.min(own.maximumInformationReceive, peer.maximumInformationSend),
    windowSend: Math.min(own.windowSend, peer.windowReceive),
    windowReceive: Math.min(own.windowReceive, peer.windowSend),
  };
}

function bigEndian(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value;
}

function invalidParameter(parameter: string, reason: string): Error {
  return dlmsError("hdlc_parameter_invalid", { parameter, reason });
}
