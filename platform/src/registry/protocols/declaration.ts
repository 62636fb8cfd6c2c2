/**
 * What the platform knows of a protocol before any meter is called: the settings a meter needs, and the calls a task may
 * make. One file per protocol in this folder; `index.ts` lists them. Tables of the registry, the checks of tasks, the API's
 * documentation and the drivers all read these.
 */
import Type, { type TObject, type TSchema } from "typebox";

export interface ProtocolDeclaration {
  /** A value of a device's `protocol`. */
  readonly protocol: string;
  /** A value of a task's `meter_execution_type`. */
  readonly executionType: string;
  /** Calls a task can name, and the schema of their keyword arguments. */
  readonly calls: Readonly<Record<string, TSchema>>;
  /**
   * When a call and its arguments are checked for the first time; later they always are. Clients written for the original
   * may keep tasks of the contract's types with calls of their own, which fail when invoked, or in their runs where the
   * contract documents no call.
   */
  readonly checked: "when written" | "when invoked" | "when run";
  readonly settings: SettingsDeclaration;
}

/** How to talk to a meter: a field of device types and of devices, whose own go over those of their type. */
export interface SettingsDeclaration {
  /** Name of the field and of its column: "mbus_settings". */
  readonly name: string;
  readonly title: string;
  /** Every property may be left out; made by `settingsSchema`. */
  readonly schema: TObject;
  readonly defaults: Readonly<Record<string, unknown>>;
  /** What a schema cannot say: a sentence about settings that cannot be, or undefined. */
  readonly check?: (settings: never) => string | undefined;
}

/** An object of optional properties and no others. */
export const settingsSchema = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

/** Settings with nothing missing that has a default. */
export type WithDefaults<Settings, Defaults> = Settings & {
  [Key in keyof Settings & keyof Defaults]-?: NonNullable<Settings[Key]>;
};

/** The settings as the API takes and gives them: an extension of the contract. */
export function settingsOrNull({ schema, title }: SettingsDeclaration): TSchema {
  return Type.Unsafe<Record<string, unknown> | null>({
    ...JSON.parse(JSON.stringify(schema)),
    type: ["object", "null"],
    title,
    description:
      "How to talk to the meter (an extension of the contract). Settings of a device go over those of its type.",
  });
}

// properties of settings

export const choices = <const Value extends string | number>(values: readonly Value[], description: string) =>
  Type.Optional(
    Type.Unsafe<Value>({ type: typeof values[0] === "number" ? "integer" : "string", enum: values, description }),
  );
export const whole = (minimum: number, maximum: number, description: string) =>
  Type.Optional(Type.Integer({ minimum, maximum, description }));
export const yesOrNo = (description: string) => Type.Optional(Type.Boolean({ description }));
export const shortText = (pattern: string, description: string, maxLength = 100) =>
  Type.Optional(Type.String({ pattern, maxLength, description }));
export const timeoutSeconds = Type.Optional(
  Type.Number({ exclusiveMinimum: 0, maximum: 600, description: "Longest wait for an answer." }),
);

// keyword arguments of calls

export const obis = Type.String({
  pattern: "^\\d{1,3}[-.]\\d{1,3}[:.]\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}([*.&]\\d{1,3})?$",
  description: "An OBIS code such as 1-0:1.8.0.",
});
/** ISO 8601; the contract's examples write the offset without a colon. */
export const instant = Type.String({
  pattern: "^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:?\\d{2})?)?$",
  description: "An instant such as 2020-01-15T06:00:00+0100; without an offset it is read in the meter's time zone.",
});
export const offsetSeconds = Type.Integer({
  minimum: 0,
  maximum: 2 ** 31 - 1,
  description: "How far back to read, in seconds.",
});
export const allowedDriftSeconds = Type.Integer({
  minimum: 0,
  maximum: 86_400,
  description: "The clock is set when it is off by more.",
});
/** Left out or null: without limit. */
export const optionalInstant = Type.Optional(Type.Union([instant, Type.Null()]));
/** Both ends inclusive. */
export const dateRange = { start_date: optionalInstant, end_date: optionalInstant };
export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

/** Keyword arguments as the contract's own examples demand: others are ignored. */
export const lenient = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: true });
/** Keyword arguments of ours: a misspelled one would otherwise read something else than meant. */
export const strict = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });
