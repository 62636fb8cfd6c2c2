/** What `anymeter decode` can explain: a line for each protocol, with the option words it understands. */
import type { Explanation } from "@anymeter/sans-io";
import type { ExplainOptions } from "./options.ts";

export interface DecodedProtocol {
  readonly name: string;
  /** What one telegram is, for the list in the usage. */
  readonly summary: string;
  /** Its telegrams are text, so `--text` makes sense. */
  readonly isText?: boolean;
  readonly options: readonly (keyof ExplainOptions)[];
  /** Loaded when asked for: whoever explains one telegram need not wait for all libraries. */
  readonly load: () => Promise<Explain>;
}

/** @throws ProtocolError with the offset for bytes that are no telegram */
export type Explain = (bytes: Uint8Array, options: ExplainOptions) => Explanation;

const dlmsOptions = ["key", "authenticationKey", "systemTitle"] as const;

export const decodedProtocols: readonly DecodedProtocol[] = [
  {
    name: "dlms",
    summary: "a DLMS/COSEM APDU, plain or ciphered",
    options: dlmsOptions,
    load: async () => (await import("@anymeter/dlms-cosem")).explainDlmsApdu,
  },
  {
    name: "dlms-wrapper",
    summary: "TCP or UDP wrapper frames with their APDUs",
    options: dlmsOptions,
    load: async () => (await import("@anymeter/dlms-cosem")).explainDlmsWrapper,
  },
  {
    name: "hdlc",
    summary: "HDLC frames with the APDUs of their segments",
    options: dlmsOptions,
    load: async () => (await import("@anymeter/dlms-cosem")).explainHdlc,
  },
  {
    name: "iec62056-21",
    summary: "IEC 62056-21 messages: sign-on, readout, programming; P1 telegrams",
    isText: true,
    options: [],
    load: async () => (await import("@anymeter/iec62056-21")).explainIec62056,
  },
  {
    name: "lis-200",
    summary: "LIS-200 messages: values, locks and archives of gas devices",
    isText: true,
    options: [],
    load: async () => (await import("@anymeter/lis-200")).explainLis200,
  },
  {
    name: "i-flag",
    summary: "i-flag (Corus) telegrams: sign-on, parameters, databases",
    options: ["map", "database"],
    load: async () => (await import("@anymeter/i-flag")).explainIFlag as Explain,
  },
  {
    name: "mbus",
    summary: "M-Bus telegrams, wired or wireless: heat, water, gas",
    options: ["key", "link"],
    load: async () => (await import("@anymeter/mbus")).explainMbus,
  },
  {
    name: "modbus",
    summary: "Modbus frames, TCP or RTU",
    options: ["direction", "framing"],
    load: async () => (await import("@anymeter/modbus")).explainModbus as Explain,
  },
];

export function decodedProtocolOf(name: string): DecodedProtocol | undefined {
  return decodedProtocols.find((protocol) => protocol.name === name);
}
