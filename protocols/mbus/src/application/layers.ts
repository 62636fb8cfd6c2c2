/**
 * Opens the layers before the data of a telegram, one behind the other: extended link layer, authentication layer, header.
 * Decoder and explanation both read what it gives, so that they cannot disagree.
 */
import { ByteReader, hexFromByte, type ProtocolError } from "@anymeter/sans-io";
import { mbusError } from "../errors.ts";
import {
  type AuthenticationLayer,
  authenticationProblem,
  readAuthenticationLayer,
} from "../security/authentication-layer.ts";
import { blockLength } from "../security/ciphers.ts";
import { configurationOf } from "../security/configuration.ts";
import {
  type ExtendedLinkLayer,
  type OpenedSession,
  openSession,
  readExtendedLinkLayer,
  sessionCheckLength,
} from "../security/extended-link-layer.ts";
import { type Deciphered, decipher } from "../security/transport-security.ts";
import { type ControlInformation, controlInformationOf } from "./control-information.ts";
import { fixedStructureLength } from "./fixed-structure.ts";
import { readHeader, type TelegramHeader } from "./header.ts";

export interface OpenOptions {
  /** The meter's AES key, 16 bytes. */
  readonly key?: Uint8Array | undefined;
  /** The address in the link layer of a wireless frame, eight bytes in its order: for ciphers behind a short header. */
  readonly linkAddress?: Uint8Array | undefined;
}

/** Offsets count in `bytes`, which are those given or what a layer before deciphered. */
export type Layer = ExtendedLayer | AuthenticatedLayer | TransportLayer;

interface LayerPlace {
  readonly bytes: Uint8Array;
  /** Of the CI field. */
  readonly start: number;
  /** Behind the last byte of the layer. */
  readonly end: number;
  readonly controlInformation: number;
  readonly information: ControlInformation;
}

export interface ExtendedLayer extends LayerPlace {
  readonly type: "extended link layer";
  readonly layer: ExtendedLinkLayer;
  /** What follows a session number; its bytes begin with their check sequence. */
  readonly session: OpenedSession | undefined;
}

export interface AuthenticatedLayer extends LayerPlace {
  readonly type: "authentication";
  readonly layer: AuthenticationLayer;
}

/** The innermost one: `end` is where the data begins. */
export interface TransportLayer extends LayerPlace {
  readonly type: "transport";
  readonly header: TelegramHeader | undefined;
  /** The fixed structure of old meters: its header is no part of this layer. */
  readonly isFixed: boolean;
  readonly data: Deciphered;
}

export interface OpenedLayers {
  readonly layers: readonly Layer[];
  /** The last of the layers, when the walk came to it. */
  readonly transport: TransportLayer | undefined;
  readonly problems: readonly ProtocolError[];
}

/** More cannot follow each other in a telegram of any standard. */
const mostLayers = 4;

/** @throws ProtocolError `bytes_truncated`, `control_information_unknown`, `authentication_layer_invalid`, `key_invalid` */
export function openLayers(application: Uint8Array, { key, linkAddress }: OpenOptions): OpenedLayers {
  if (key && key.length !== blockLength) throw mbusError("key_invalid", { length: key.length });
  const layers: Layer[] = [];
  const problems: ProtocolError[] = [];
  let bytes = application;
  let start = 0;
  let address = linkAddress;
  let authenticated: AuthenticatedLayer | undefined;
  while (layers.length < mostLayers) {
    const reader = new ByteReader(bytes, start);
    const controlInformation = reader.unsigned8("the CI field");
    const information = controlInformationOf(controlInformation);
    if (!information) throw unknown(controlInformation, start, "the standard reserves it");
    const place = { bytes, start, controlInformation, information };
    if (information.content === "extended link layer") {
      const layer = readExtendedLinkLayer(reader, controlInformation);
      address = layer.address ?? address;
      const end = reader.offset;
      const session = layer.session && openSession(layer, bytes.subarray(end), key, address);
      layers.push({ type: "extended link layer", ...place, end, layer, session });
      if (session?.problem) problems.push(session.problem);
      if (session && !session.bytes) return { layers, transport: undefined, problems };
      if (session?.enciphered) bytes = session.bytes!;
      start = session ? (session.enciphered ? 0 : end) + sessionCheckLength : end;
    } else if (information.content === "authentication") {
      const layer = readAuthenticationLayer(reader);
      authenticated = { type: "authentication", ...place, end: reader.offset, layer };
      layers.push(authenticated);
      if (layer.moreFragments || layer.fragment > 1) {
        problems.push(mbusError("fragment_unsupported", { fragment: layer.fragment }));
        return { layers, transport: undefined, problems };
      }
      start = reader.offset;
    } else {
      const transport = openTransport(place, reader, key, address, authenticated);
      layers.push(transport.layer);
      return { layers, transport: transport.layer, problems: [...problems, ...transport.problems] };
    }
  }
  throw unknown(bytes[start] ?? 0, start, `more than ${mostLayers} layers lie around the data`);
}

function openTransport(
  place: Omit<LayerPlace, "end">,
  reader: ByteReader,
  key: Uint8Array | undefined,
  linkAddress: Uint8Array | undefined,
  authenticated: AuthenticatedLayer | undefined,
): { readonly layer: TransportLayer; readonly problems: readonly ProtocolError[] } {
  const isFixed = place.controlInformation === 0x73 && reader.remaining === fixedStructureLength;
  const headerAt = reader.offset;
  const header = isFixed ? undefined : readHeader(reader, place.information.header);
  const end = reader.offset;
  const rest = reader.rest();
  if (!header) {
    const data = { content: rest };
    const information = isFixed ? fixedInformation : place.information;
    return { layer: { type: "transport", ...place, information, end, header, isFixed, data }, problems: [] };
  }
  const long = header.identification !== undefined;
  const address = long ? inLinkOrder(place.bytes, headerAt) : linkAddress;
  const authentication = authenticated?.layer;
  const configuration = configurationOf(header.configuration);
  const { accessNumber } = header;
  const forged =
    authentication && key && authenticationProblem(authentication, place.bytes.subarray(place.start), key, address);
  // Of a telegram whose MAC is wrong nothing is believed.
  const data = forged
    ? { content: undefined }
    : decipher({ data: rest, configuration, key, address, accessNumber, authentication });
  const problems = [forged, "problem" in data ? data.problem : undefined].filter((problem) => problem !== undefined);
  return { layer: { type: "transport", ...place, end, header, isFixed, data }, problems };
}

/** What CI 73 means when it is not a compact frame. */
const fixedInformation: ControlInformation = {
  name: "data of the meter, fixed structure",
  direction: "from meter",
  header: "none",
  content: "other",
};

/** The address of a long header in the order of wireless frames. */
function inLinkOrder(bytes: Uint8Array, at: number): Uint8Array {
  const address = new Uint8Array(8);
  address.set(bytes.subarray(at + 4, at + 6));
  address.set(bytes.subarray(at, at + 4), 2);
  address.set(bytes.subarray(at + 6, at + 8), 6);
  return address;
}

function unknown(field: number, offset: number, reason: string): ProtocolError {
  return mbusError("control_information_unknown", { field: hexFromByte(field), reason, offset });
}
