/** Dates and times as people read them; what is unspecified is a star. */
import type { CosemDate, CosemDateTime, CosemTime } from "./date-time.ts";

/** "2018-01-25 03:35:40 UTC+01:00", "2018-*-last"; without a deviation no zone is written. */
export function describeDateTime(value: CosemDateTime): string {
  const zone = value.deviation === undefined ? "" : ` UTC${offsetText(-value.deviation)}`;
  return `${describeDate(value)} ${describeTime(value)}${zone}`;
}

export function describeDate({ year, month, day }: CosemDate): string {
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

export function describeTime({ hour, minute, second, hundredths }: CosemTime): string {
  const fraction = hundredths === undefined || hundredths === 0 ? "" : `.${padded(hundredths, 2)}`;
  return `${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}${fraction}`;
}

function padded(field: number | string | undefined, digits: number): string {
  if (field === undefined) return "*";
  return typeof field === "number" ? String(field).padStart(digits, "0") : field;
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${padded(Math.floor(size / 60), 2)}:${padded(size % 60, 2)}`;
}
