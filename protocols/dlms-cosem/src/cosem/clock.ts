/** The time of a clock object (class 8, attribute 2), which meters send as octet-string or as date-time. */
import type { Data } from "../data/data.ts";
import { type CosemDateTime, decodeDateTime, encodeDateTime } from "../data/date-time.ts";
import { dlmsError } from "../errors.ts";

/** Throws `clock_invalid` when the value is neither. */
export function dateTimeFromData(data: Data): CosemDateTime {
  if (data.type === "date-time") return data.value;
  if (data.type === "octet-string" && data.value.length === 12) return decodeDateTime(data.value);
  const found = data.type === "octet-string" ? `an octet-string of ${data.value.length} bytes` : data.type;
  throw dlmsError("clock_invalid", { found });
}

/** An octet-string, the type class 8 declares. Without `deviation` for meters that refuse one. */
export function dateTimeToData(dateTime: CosemDateTime): Data {
  return { type: "octet-string", value: encodeDateTime(dateTime) };
}
