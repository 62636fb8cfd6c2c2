import type { Scope } from "../registry/scope.ts";
import { DecimalError, parseDecimal } from "./decimal.ts";
import type { ReadingWriter } from "./reading-writer.ts";
import type { ReadingName, Resolution, Resolver } from "./resolver.ts";
import type { StagedReading, Staging } from "./staging.ts";
import { instantIn, parseTimestamp, type Timestamp, TimestampError } from "./timestamp.ts";

/** A reading as senders know it: by names. Any field may be wrong; `take` says so. */
export interface NamedReading {
  readonly meter_device_name: string;
  readonly series_name: string;
  /** ISO 8601; without an offset it is read in the zone of the meter's config. */
  readonly timestamp: string;
  /** Exact decimal. */
  readonly value: string;
  /** uuid; only needed when several organizations have a meter of that name. */
  readonly organization?: string | undefined;
}

/** Messages by field. */
export type RowErrors = Readonly<Record<string, readonly string[]>>;

/** What became of one row: on disk as a reading, on disk until its meter is known, or refused for the reasons given. */
export type Verdict =
  | { readonly status: "stored" }
  | { readonly status: "staged" }
  | { readonly status: "refused"; readonly errors: RowErrors };

/** Takes readings by name from any source. */
export interface ReadingIntake {
  /**
   * Checks each row, finds its meter and series, and stores it, or stages it when the meter is not known. Resolves when
   * all that was taken is durable; one row's fault never touches another.
   */
  take(rows: readonly NamedReading[], scope: Scope): Promise<Verdict[]>;
}

export const nameLimit = 50;

export function createReadingIntake(resolver: Resolver, writer: ReadingWriter, staging: Staging): ReadingIntake {
  return {
    take: async (rows, scope) => {
      const checked = rows.map((row) => check(row, scope));
      const good = checked.filter((row) => row.errors === undefined);
      const resolutions = await resolver.resolve(good.map(({ name }) => name));
      const readings: Parameters<ReadingWriter["write"]>[0][number][] = [];
      const staged: StagedReading[] = [];
      const verdicts = new Map<CheckedRow, Verdict>();
      for (const [index, row] of good.entries()) {
        const { name, timestamp, value } = row;
        const resolution: Resolution = resolutions[index]!;
        if (resolution.kind === "place") {
          const { place } = resolution;
          const instant = "instant" in timestamp ? timestamp.instant : instantIn(place.timezone, timestamp.clock);
          readings.push({ ...place, timestamp: instant, value });
          verdicts.set(row, { status: "stored" });
        } else if (resolution.kind === "unknown-device") {
          staged.push({ ...name, timestamp, value });
          verdicts.set(row, { status: "staged" });
        } else {
          verdicts.set(row, { status: "refused", errors: { [resolution.field]: [resolution.message] } });
        }
      }
      await Promise.all([readings.length > 0 && writer.write(readings), staging.stage(staged)]);
      return checked.map((row) => (row.errors ? { status: "refused", errors: row.errors } : verdicts.get(row)!));
    },
  };
}

type CheckedRow =
  | { readonly errors: RowErrors }
  | {
      readonly errors?: undefined;
      readonly name: ReadingName & { organization: string | undefined };
      readonly timestamp: Timestamp;
      readonly value: string;
    };

const fields = new Set(["meter_device_name", "series_name", "timestamp", "value", "organization"]);
const required = ["meter_device_name", "series_name", "timestamp", "value"] as const;
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

function check(row: NamedReading, scope: Scope): CheckedRow {
  if (row === null || typeof row !== "object" || Array.isArray(row)) {
    return { errors: { non_field_errors: ["Invalid data. Expected an object."] } };
  }
  // Without a prototype, as the names of fields are the sender's.
  const errors: Record<string, string[]> = Object.create(null);
  for (const field of Object.keys(row)) if (!fields.has(field)) errors[field] = ["Unknown field."];
  for (const field of required) if (row[field] === undefined) errors[field] = ["This field is required."];
  const organization = scope.staff ? row.organization : scope.organization;
  const text = <Result>(field: keyof NamedReading, given: unknown, read: (value: string) => Result) => {
    if (given === undefined) return undefined;
    try {
      return read(stringOf(given));
    } catch (error) {
      if (!(error instanceof FieldError || error instanceof DecimalError || error instanceof TimestampError))
        throw error;
      errors[field] = [error.message];
      return undefined;
    }
  };
  const device = text("meter_device_name", row.meter_device_name, readName);
  const series = text("series_name", row.series_name, readName);
  const timestamp = text("timestamp", row.timestamp, parseTimestamp);
  const value = text("value", row.value, parseDecimal);
  const owner = text("organization", organization ?? undefined, readUuid);
  if (Object.keys(errors).length > 0) return { errors };
  return { name: { organization: owner, device: device!, series: series! }, timestamp: timestamp!, value: value! };
}

class FieldError extends Error {}

function stringOf(value: unknown): string {
  if (value === null) throw new FieldError("This field may not be null.");
  if (typeof value !== "string") throw new FieldError("Not a valid string.");
  return value;
}

/** Blanks around a name are dropped, as the registry does. */
function readName(text: string): string {
  const name = text.trim();
  if (name === "") throw new FieldError("This field may not be blank.");
  if (name.length > nameLimit) throw new FieldError(`Ensure this field has no more than ${nameLimit} characters.`);
  if (name.includes("\0") || !name.isWellFormed()) throw new FieldError("Not a valid string.");
  return name;
}

function readUuid(text: string): string {
  if (!uuid.test(text)) throw new FieldError("Must be a valid UUID.");
  return text.toLowerCase();
}
