import Type from "typebox";
import { invalidFields } from "../../errors/platform-error.ts";
import { parseTimestamp, TimestampError } from "../timestamp.ts";

/** Query parameters of every list of things that happened. */
export const timeParameters = {
  start_time: Type.Optional(
    Type.String({ description: "The first instant, included. ISO 8601; without an offset it is UTC." }),
  ),
  end_time: Type.Optional(
    Type.String({ description: "The last instant, included. ISO 8601; without an offset it is UTC." }),
  ),
};

interface TimeQuery {
  readonly start_time?: string | undefined;
  readonly end_time?: string | undefined;
}

/** @throws PlatformError `invalid` naming the parameter that is no timestamp */
export function timeRange(query: TimeQuery): { from: number | undefined; to: number | undefined } {
  return { from: instantOf("start_time", query.start_time), to: instantOf("end_time", query.end_time) };
}

function instantOf(name: keyof TimeQuery, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    const timestamp = parseTimestamp(withPlus(text));
    return "instant" in timestamp ? timestamp.instant : timestamp.clock.asUtc;
  } catch (error) {
    if (error instanceof TimestampError) throw invalidFields({ [name]: error.message });
    throw error;
  }
}

/** A `+` that was not escaped arrives as a blank; a bare date means its midnight. */
function withPlus(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return `${text}T00:00:00`;
  return text.replace(/^(.*T.*) (\d{2}:?\d{2})$/, "$1+$2");
}
