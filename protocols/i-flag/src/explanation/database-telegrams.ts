/** Requests to read databases, and the frames that answer them. */
import { type ExplainedPart, Explainer, hexFromBytes, type Json, joinBytes, jsonOf } from "@anymeter/sans-io";
import { type DatabaseFrame, decodeDatabaseFrame } from "../databases/database-frame.ts";
import { allColumns, type DatabaseName, databaseEntry } from "../databases/databases.ts";
import { clockSetStatus, type RecordLayout, recordLayouts } from "../databases/layouts.ts";
import { columnReader, weightOf } from "../databases/records.ts";
import { decodeDatabaseRequest } from "../requests/database-request.ts";
import { isNoValue, type Value, valueTypes } from "../values/value-types.ts";
import {
  type AnsweredFrames,
  askedDatabase,
  type Conversation,
  dataReader,
  type ExplainedTelegram,
  type FramePlace,
  frameParts,
  noFrames,
  withUnit,
} from "./telegram.ts";

export function explainDatabaseRequest(bytes: Uint8Array, place: FramePlace, told: Conversation): ExplainedTelegram {
  const request = decodeDatabaseRequest(dataReader(bytes, place));
  told.asked = askedDatabase(request.database, request.count);
  const { meaning } = databaseEntry(request.database);
  const { newest, oldest, mask } = request;
  const options = [request.count ? "count the records" : "", request.persistence ? "go on where it stopped" : ""];
  const wishes = options.filter((option) => option !== "").join(", ");
  const parts = frameParts(
    bytes,
    place,
    (explainer) => explainer.upTo(place.start + 2, "request: read a database"),
    (explainer) => {
      const at = place.dataStart;
      explainer.upTo(at + 1, `${meaning}${wishes && `; ${wishes}`}`, { value: place.data[0]! });
      const columns = mask === allColumns ? "columns: all" : "columns, one bit each";
      explainer.upTo(at + 5, columns, { value: `0x${mask.toString(16).padStart(8, "0")}` });
      explainer.upTo(at + 9, "up to (the newest)", { value: newest ?? "the newest record" });
      explainer.upTo(at + 13, "from (the oldest)", { value: oldest ?? "the oldest record" });
    },
  );
  const summary = `request to read the ${meaning}, ${oldest ? `from ${oldest}` : "from the oldest record"} ${newest ? `to ${newest}` : "to the newest"}`;
  return { end: place.end, summary, parts, decoded: { telegram: "read-database", ...(jsonOf(request) as object) } };
}

/** @returns undefined when nothing tells that the frame answers a request for a database */
export function explainDatabaseFrame(
  bytes: Uint8Array,
  place: FramePlace,
  told: Conversation,
): ExplainedTelegram | undefined {
  if (told.asked?.type !== "database") told.asked = guessedDatabase(place.data);
  if (told.asked?.type !== "database") return undefined;
  const { request, frames } = told.asked;
  const frame = decodeDatabaseFrame(dataReader(bytes, place), request.count);
  if (frame.number === 0) Object.assign(frames, noFrames(), { recordLength: frame.recordLength ?? 0 });
  const before = frames.pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (frame.number === frames.next) {
    frames.pieces.push(frame.records);
    frames.next++;
  }
  const layout = layoutFor(request.database, frames.recordLength);
  const shown = explainRecords(frame, frames, layout, told);
  const recordsStart = place.dataStart + place.data.length - frame.records.length;
  const parts = frameParts(
    bytes,
    place,
    () => {},
    (explainer) => {
      explainHead(explainer, place, frame);
      const end = before + frame.records.length;
      explainer.upTo(
        recordsStart + frame.records.length,
        `records, bytes ${before} to ${end - 1} of all`,
        shown(recordsStart),
      );
    },
  );
  const { meaning } = databaseEntry(request.database);
  const kind = frame.last ? (frame.number === 0 ? "the only frame" : "the last frame") : `frame ${frame.number}`;
  const empty = frame.recordLength === 0 ? ": it has no records" : "";
  return {
    end: place.end,
    summary: `${kind} of the ${meaning}${empty}`,
    parts,
    decoded: {
      telegram: "database-frame",
      ...(jsonOf(frame) as object),
      ...(frame.last && layout && { layout: `${layout.database} ${layout.length}` }),
    },
  };
}

function explainHead(explainer: Explainer, { dataStart }: FramePlace, frame: DatabaseFrame): void {
  const last = frame.last ? "; bit 15: the last" : "";
  explainer.upTo(dataStart + 2, `number of the frame${last}`, { value: frame.number });
  if (frame.recordLength === undefined) return;
  const none = frame.recordLength === 0 ? ": no records" : "";
  explainer.upTo(dataStart + 3, `length of a record${none}`, { value: frame.recordLength });
  if (frame.count !== undefined) explainer.upTo(dataStart + 5, "number of records", { value: frame.count });
}

/** What can be shown of the records once all of them are there: as parts of the one frame, or joined from several. */
function explainRecords(
  frame: DatabaseFrame,
  frames: AnsweredFrames,
  layout: RecordLayout | undefined,
  told: Conversation,
): (start: number) => Parameters<Explainer["upTo"]>[2] {
  const whole = frame.last && frame.number === frames.next - 1;
  if (!whole || frames.recordLength === 0) return () => ({});
  if (frames.pieces.length === 1) {
    return (start) => ({ parts: recordParts(frame.records, start, frames.recordLength, layout, told) });
  }
  const joined = joinBytes(frames.pieces);
  return () => ({
    content: {
      origin: `joined from ${frames.pieces.length} frames`,
      hex: hexFromBytes(joined),
      parts: recordParts(joined, 0, frames.recordLength, layout, told),
    },
  });
}

function recordParts(
  records: Uint8Array,
  start: number,
  length: number,
  layout: RecordLayout | undefined,
  told: Conversation,
): readonly ExplainedPart[] {
  const explainer = new Explainer(start);
  let at = 0;
  for (; at + length <= records.length; at += length) {
    const record = records.subarray(at, at + length);
    const known = layout && columnParts(record, start + at, layout, told);
    const what = layout ? `record ${at / length + 1}` : `record ${at / length + 1}, of no known layout`;
    explainer.upTo(start + at + length, what, { parts: known });
  }
  explainer.upTo(start + records.length, "the beginning of a record whose rest is missing");
  return explainer.parts;
}

function columnParts(
  record: Uint8Array,
  start: number,
  layout: RecordLayout,
  { pulseWeight, float3Exponent }: Conversation,
): readonly ExplainedPart[] {
  const explainer = new Explainer(start);
  const weight = weightOf(pulseWeight ?? "1");
  for (const column of layout.columns) {
    const { name, type, offset, length, pulses } = column;
    const end = start + offset + length;
    if (name === "") {
      explainer.upTo(end, "unused");
      continue;
    }
    const value = isNoValue(record, offset, length) ? undefined : columnReader(column, weight, float3Exponent)(record);
    const unit = pulses && pulseWeight === undefined ? pulsesOf(column.unit) : column.unit;
    explainer.upTo(end, `${name}, ${valueTypes[type].meaning}`, { value: shownValue(name, value, unit) });
  }
  return explainer.parts;
}

function shownValue(name: string, value: Value | undefined, unit: string): Json {
  if (value === undefined) return "no value";
  if (name === "status" && typeof value === "number" && value & clockSetStatus) return `${value} (the clock was set)`;
  return withUnit(jsonOf(value), unit);
}

/** What is not weighted stays pulses. */
function pulsesOf(unit: string): string {
  return unit === "m³/h" ? "pulses/h" : "pulses";
}

function layoutFor(database: DatabaseName, length: number): RecordLayout | undefined {
  return recordLayouts.find((layout) => layout.database === database && layout.length === length);
}

/** The first frame of a database whose record length is known, taken for what it looks like. */
function guessedDatabase(data: Uint8Array): Conversation["asked"] {
  if (data.length < 3 || data[0] !== 0 || (data[1]! & 0x7f) !== 0) return undefined;
  const layout = recordLayouts.find(({ length }) => length === data[2]);
  if (!layout) return undefined;
  const last = data[1] === 0x80;
  const counted = last && (data.length - 5) % layout.length === 0 && (data.length - 3) % layout.length !== 0;
  return askedDatabase(layout.database, counted);
}
