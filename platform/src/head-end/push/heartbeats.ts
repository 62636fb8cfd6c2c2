/**
 * How meters say who they are when they have dialled in, and keep the connection alive. One entry for each form seen; the
 * name in it is looked up as logical device name, serial number or name of a registered meter. What a meter expects as an
 * answer is its setting `heartbeat_answer`, for the forms are used by several makers who do not agree on it.
 */

export interface Heartbeat {
  readonly form: string;
  /** As sent, without blanks around it. */
  readonly name: string;
  /** It may be no name at all: when nobody is known by it, it is passed over. */
  readonly optional: boolean;
  /** Bytes of an alarm register that came with it. */
  readonly alarms?: number;
  /** Bytes it takes. */
  readonly length: number;
}

interface HeartbeatForm {
  readonly form: string;
  /** Where it stands: the APDU of a wrapper frame, or bare bytes between frames. */
  readonly place: "wrapper" | "bare";
  readonly pattern: RegExp;
  readonly optional?: boolean;
  readonly reason: string;
  readonly source: string;
}

/** Patterns are tried in this order on the bytes as Latin-1 text. */
export const heartbeatForms: readonly HeartbeatForm[] = [
  {
    form: "name in a wrapper frame",
    place: "wrapper",
    pattern: /^\s*([\x21-\x7e]{4,32})\s*$/,
    reason:
      "The wrapper's ports and length are kept, and its APDU is the logical device name or serial number in ASCII.",
    source:
      "Green Book 7.3 for the frame; Blue Book 4.1.8.2 for the logical device name: three letters of the maker, then its number",
  },
  {
    form: "name and alarm register",
    place: "bare",
    pattern: /^([\x21-\x2b\x2d-\x7e]{4,32}),([\s\S]{4})$/,
    reason:
      "DSMR meters report alarms over TCP and UDP without any APDU: device id in ASCII, a comma, 4 bytes of alarm register.",
    source: "OSGP/Documentation issue 180, OSGP/Platform issue 241, OSGP/open-smart-grid-platform PR 1095",
  },
  {
    form: "line of text",
    place: "bare",
    pattern: /^\/?([\x21-\x7e]{4,32})\r?\n/,
    optional: true,
    reason: "A plain line comes before the frames: an Elgama GAMA 350 sends /EGM5G35 first.",
    source: "UtilitechAS/amsreader-firmware issue 1198",
  },
];

/** The heartbeat at the beginning of the bytes; undefined when there is none, or not all of it yet. */
export function heartbeatIn(bytes: Uint8Array, place: HeartbeatForm["place"]): Heartbeat | undefined {
  const text = Buffer.from(bytes.subarray(0, longestHeartbeat)).toString("latin1");
  for (const { form, pattern, optional = false } of heartbeatForms.filter((candidate) => candidate.place === place)) {
    const match = pattern.exec(text);
    if (!match) continue;
    const [whole, name, alarms] = match;
    return {
      form,
      name: name!,
      optional,
      length: whole.length,
      ...(alarms !== undefined && { alarms: Buffer.from(alarms, "latin1").readUInt32BE() }),
    };
  }
  return undefined;
}

export const longestHeartbeat = 64;
