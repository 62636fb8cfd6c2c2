/**
 * Explains telegrams byte by byte: one, or a whole exchange one after another. In an exchange each answer is read by the
 * request before it, values by the parameter map the converter named, and pulses by the pulse weight it told.
 */
import {
  commonError,
  Explainer,
  type Explanation,
  hexFromByte,
  type ProtocolError,
  plainView,
} from "@anymeter/sans-io";
import { databaseEntry } from "../databases/databases.ts";
import { iFlagError } from "../errors.ts";
import { ack, breakTelegram, nak, pass, slash, soh } from "../frames/control.ts";
import { frameAt, requestCodes } from "../frames/frame.ts";
import { parameterMapOf } from "../parameters/parameter-maps.ts";
import { type Float3Exponent, usualFloat3Exponent } from "../values/value-types.ts";
import { explainDatabaseFrame, explainDatabaseRequest } from "./database-telegrams.ts";
import {
  explainAcknowledgement,
  explainBreak,
  explainNulls,
  explainOption,
  explainPassword,
  explainSignOn,
} from "./fixed-telegrams.ts";
import { explainReadRequest, explainValues, explainWriteRequest } from "./parameter-telegrams.ts";
import { askedDatabase, type Conversation, type ExplainedTelegram, type FramePlace, frameParts } from "./telegram.ts";

export interface ExplainOptions {
  /** The converter's parameter map, such as "G0003", when the bytes do not tell. */
  readonly map?: string;
  /** The database an answer is of, when its request is not among the bytes. */
  readonly database?: string;
  /** Parameter 1. */
  readonly pulseWeight?: string;
  readonly float3Exponent?: Float3Exponent;
}

/**
 * @throws ProtocolError with the offset, for bytes that are no telegrams of this protocol; `parameter_map_unknown` and
 * `database_unknown` for options
 */
export function explainIFlag(input: Uint8Array, options: ExplainOptions = {}): Explanation {
  const bytes = plainView(input);
  const told: Conversation = {
    map: options.map === undefined ? undefined : parameterMapOf(options.map),
    pulseWeight: options.pulseWeight,
    float3Exponent: options.float3Exponent ?? usualFloat3Exponent,
    asked: options.database === undefined ? undefined : askedDatabase(databaseEntry(options.database).name, false),
  };
  if (bytes.length === 0) throw commonError("bytes_truncated", { what: "a telegram", offset: 0 });
  const telegrams: ExplainedTelegram[] = [];
  for (let at = 0; at < bytes.length; at = telegrams.at(-1)!.end) telegrams.push(explainOne(bytes, at, told));
  const [only] = telegrams;
  const summaries = telegrams.map(({ summary }) => summary);
  if (telegrams.length === 1) {
    const { summary, parts, decoded } = only!;
    return { protocol: "i-flag", summary, length: bytes.length, parts, decoded };
  }
  const explainer = new Explainer();
  for (const { end, summary, parts } of telegrams) explainer.upTo(end, summary, { parts });
  return {
    protocol: "i-flag",
    summary: `${telegrams.length} telegrams: ${summaries.slice(0, summariesShown).join("; ")}${telegrams.length > summariesShown ? " …" : ""}`,
    length: bytes.length,
    parts: explainer.parts,
    decoded: telegrams.map(({ decoded }) => decoded),
  };
}

const summariesShown = 4;

function explainOne(bytes: Uint8Array, start: number, told: Conversation): ExplainedTelegram {
  const first = bytes[start]!;
  switch (first) {
    case 0:
      return explainNulls(bytes, start);
    case slash:
      return explainSignOn(bytes, start);
    case ack:
      return explainOption(bytes, start) ?? explainAcknowledgement(start, true, told);
    case nak:
      return explainAcknowledgement(start, false, told);
    case pass[0]:
      return explainPassword(bytes, start);
    case soh:
      return explainBreak(bytes, start) ?? explainFrame(bytes, start, told);
    default:
      throw iFlagError("telegram_unknown", { found: `0x${hexFromByte(first)}`, offset: start });
  }
}

/** A request or an answer: an answer may begin with the code of a request, but then its checksum is elsewhere. */
function explainFrame(bytes: Uint8Array, start: number, told: Conversation): ExplainedTelegram {
  const code = bytes[start + 1];
  const explainRequest = requests.get(code ?? -1);
  if (explainRequest) {
    const place = placeOf(bytes, start, 3);
    if (!(place instanceof Error)) return explainRequest(bytes, place, told);
    const answer = placeOf(bytes, start, 2);
    if (answer instanceof Error) throw place;
    return explainAnswer(bytes, answer, told);
  }
  const place = placeOf(bytes, start, 2);
  if (place instanceof Error) throw bytes.length - start < breakTelegram.length ? truncated(bytes) : place;
  return explainAnswer(bytes, place, told);
}

const requests: ReadonlyMap<number, typeof explainReadRequest> = new Map([
  [requestCodes.readParameters, explainReadRequest],
  [requestCodes.writeParameters, explainWriteRequest],
  [requestCodes.readDatabase, explainDatabaseRequest],
]);

function explainAnswer(bytes: Uint8Array, place: FramePlace, told: Conversation): ExplainedTelegram {
  const values =
    told.asked?.type === "parameters"
      ? explainValues(bytes, place, told.asked.ids, told)
      : explainDatabaseFrame(bytes, place, told);
  if (values) return values;
  const parts = frameParts(
    bytes,
    place,
    () => {},
    (explainer) =>
      explainer.upTo(
        place.dataStart + place.data.length,
        "values; what they are stands in the request before them: explain both in one go",
      ),
  );
  const summary = `answer with ${place.data.length} bytes of data`;
  return { end: place.end, summary, parts, decoded: { telegram: "answer", length: place.data.length } };
}

function placeOf(bytes: Uint8Array, start: number, headLength: 2 | 3): FramePlace | ProtocolError {
  try {
    const frame = frameAt(bytes, start, headLength);
    if (frame === "incomplete") return truncated(bytes);
    return { start, dataStart: start + headLength, data: frame.data, end: frame.end };
  } catch (error) {
    return error as ProtocolError;
  }
}

function truncated(bytes: Uint8Array): ProtocolError {
  return commonError("bytes_truncated", { what: "the end of the frame", offset: bytes.length });
}
