/** What the explanations of telegrams have in common. */
import type { ExplainedPart, Json } from "@anymeter/sans-io";
import { ByteReader, Explainer } from "@anymeter/sans-io";
import type { DatabaseName } from "../databases/databases.ts";
import { hex16 } from "../frames/frame.ts";
import type { ParameterMap } from "../parameters/parameter-maps.ts";
import type { DatabaseRequest } from "../requests/database-request.ts";
import type { Float3Exponent } from "../values/value-types.ts";

/** One telegram among the bytes. */
export interface ExplainedTelegram {
  /** Exclusive. */
  readonly end: number;
  readonly summary: string;
  readonly parts: readonly ExplainedPart[];
  readonly decoded: Json;
}

/** What earlier telegrams tell of the following ones: an answer does not say what it answers. */
export interface Conversation {
  map: ParameterMap | undefined;
  pulseWeight: string | undefined;
  readonly float3Exponent: Float3Exponent;
  /** What the next answer answers. */
  asked:
    | { readonly type: "parameters"; readonly ids: readonly number[] }
    | {
        readonly type: "database";
        readonly request: Pick<DatabaseRequest, "database" | "count">;
        frames: AnsweredFrames;
      }
    | undefined;
}

/** The frames of a database so far. */
export interface AnsweredFrames {
  next: number;
  recordLength: number;
  readonly pieces: Uint8Array[];
}

export const noFrames = (): AnsweredFrames => ({ next: 0, recordLength: 0, pieces: [] });

export function askedDatabase(database: DatabaseName, count: boolean): Conversation["asked"] {
  return { type: "database", request: { database, count }, frames: noFrames() };
}

/** Where the parts of a frame are. */
export interface FramePlace {
  readonly start: number;
  readonly dataStart: number;
  readonly data: Uint8Array;
  readonly end: number;
}

/** Reads the data with offsets in all the bytes. */
export function dataReader(bytes: Uint8Array, { dataStart, data }: FramePlace): ByteReader {
  return new ByteReader(bytes, dataStart, dataStart + data.length);
}

/** The parts of a frame around those of its data. */
export function frameParts(
  bytes: Uint8Array,
  { start, dataStart, data, end }: FramePlace,
  head: (explainer: Explainer) => void,
  explainData: (explainer: Explainer) => void,
): readonly ExplainedPart[] {
  const explainer = new Explainer(start);
  explainer.upTo(start + 1, "SOH: a frame begins");
  head(explainer);
  explainer.upTo(dataStart, "length of the data", { value: data.length });
  explainData(explainer);
  explainer.upTo(dataStart + data.length, "more data");
  explainer.upTo(end - 2, "ETX: the data ends");
  const checksum = bytes[end - 2]! | (bytes[end - 1]! << 8);
  explainer.upTo(end, "checksum (CRC-16, low byte first): right", { value: hex16(checksum) });
  return explainer.parts;
}

/** "12.5 °C". */
export function withUnit(value: Json, unit: string): Json {
  return unit === "" || typeof value === "object" ? value : `${value} ${unit}`;
}
