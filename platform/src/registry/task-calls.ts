/**
 * What a task can ask for: execution type → call → schema of its keyword arguments (Utilitarian API, "execution
 * environments"). The contract's three types are checked as leniently as its own examples demand; `generic_dlms` is ours
 * and strict, because a misspelled argument would otherwise read something else than meant.
 */
import Type, { type Static, type TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { messagesOf } from "../http/validation-messages.ts";

const obis = Type.String({
  pattern: "^\\d{1,3}[-.]\\d{1,3}[:.]\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}([*.&]\\d{1,3})?$",
  description: "An OBIS code such as 1-0:1.8.0.",
});
/** ISO 8601; the contract's examples write the offset without a colon. */
const instant = Type.String({
  pattern: "^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:?\\d{2})?)?$",
  description: "An instant such as 2020-01-15T06:00:00+0100; without an offset it is read in the meter's time zone.",
});
const offsetSeconds = Type.Integer({
  minimum: 0,
  maximum: 2 ** 31 - 1,
  description: "How far back to read, in seconds.",
});
const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
const archive = {
  archive_number: Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: "^\\d+$" })]),
  control_position: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: "^\\d+$" })])),
};
const database = Type.Enum(["interval", "hourly", "daily", "monthly"]);

const lenient = (properties: Record<string, TSchema>) => Type.Object(properties, { additionalProperties: true });
const strict = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

/** Keyword arguments of `generic_dlms`. */
export const dlmsCalls = {
  read_registers: strict({ obis: Type.Array(obis, { minItems: 1, maxItems: 256 }) }),
  read_profile: strict({
    obis,
    start_date: Type.Optional(nullable(instant)),
    end_date: Type.Optional(nullable(instant)),
  }),
  read_profile_by_offset_seconds: strict({ obis, offset_seconds: offsetSeconds }),
  read_events: strict({
    obis: Type.Optional(Type.Union([obis, Type.Array(obis, { minItems: 1, maxItems: 32 })])),
    start_date: Type.Optional(nullable(instant)),
    end_date: Type.Optional(nullable(instant)),
  }),
  read_object_list: strict({}),
  set_time: strict({
    allowed_drift_seconds: Type.Integer({
      minimum: 0,
      maximum: 86_400,
      description: "The clock is set when it is off by more.",
    }),
  }),
} as const;
export type DlmsCall = keyof typeof dlmsCalls;
export type DlmsArguments<Call extends DlmsCall> = Static<(typeof dlmsCalls)[Call]>;

const lis200Calls = {
  read_single_value: lenient({ address: Type.String({ minLength: 1, maxLength: 50 }) }),
  // One table of the documentation misspells start_date as start_dat.
  read_archive_by_date: Type.Union([
    lenient({ start_date: instant, end_date: Type.Optional(nullable(instant)), ...archive }),
    lenient({ start_dat: instant, end_date: Type.Optional(nullable(instant)), ...archive }),
  ]),
  read_archive_by_offset_seconds: lenient({ offset_seconds: offsetSeconds, ...archive }),
  set_time: lenient({}),
};

const corusRange = lenient({
  start_date: Type.Optional(nullable(instant)),
  start_dat: Type.Optional(nullable(instant)),
  end_date: Type.Optional(nullable(instant)),
  database,
});
const corusCalls = {
  read_parameters: lenient({ parameters: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1 }) }),
  read_database: corusRange,
  read_database_by_date: corusRange,
  read_database_by_offset_seconds: lenient({ offset_seconds: offsetSeconds, database }),
  set_time: lenient({ allowed_drift_seconds: Type.Integer({ minimum: 0 }) }),
};

/**
 * Calls by execution type. `generic_iec6205621` is in the contract's enum without a documented call, so any call passes.
 * An example of the contract makes Corus calls with type `generic_lis200`: such a task is accepted and fails in its run.
 */
export const executionTypes = {
  generic_dlms: dlmsCalls,
  generic_lis200: { ...corusCalls, ...lis200Calls },
  generic_corus_meter: corusCalls,
  generic_iec6205621: "any",
} as const satisfies Record<string, Record<string, TSchema> | "any">;
export type ExecutionType = keyof typeof executionTypes;

/** Other names of an execution type; the documentation's examples write `generic_corus`. */
const executionTypeAliases: Readonly<Record<string, ExecutionType>> = { generic_corus: "generic_corus_meter" };

/** Every name of an execution type that is taken. */
export const executionTypeNames = [...Object.keys(executionTypes), ...Object.keys(executionTypeAliases)];

/**
 * Types whose tasks are checked when they are written. Clients written for the original may keep tasks of the contract's
 * types with calls of their own: these fail in their runs.
 */
export const checkedTypes: ReadonlySet<ExecutionType> = new Set(["generic_dlms"]);

/** @returns the execution type in the word that is kept; undefined when there is none of that name */
export function executionTypeOf(name: string): ExecutionType | undefined {
  if (Object.hasOwn(executionTypeAliases, name)) return executionTypeAliases[name];
  return Object.hasOwn(executionTypes, name) ? (name as ExecutionType) : undefined;
}

/** What is wrong with a call, by the field of the request that holds it; undefined when nothing is. */
export interface CallProblem {
  readonly field: "task_call" | "task_kwargs";
  readonly messages: readonly string[];
}

/** Checks a call and its arguments against the table. */
export function checkCall(type: ExecutionType, call: string, kwargs: Record<string, unknown>): CallProblem | undefined {
  const calls: Record<string, TSchema> | "any" = executionTypes[type];
  if (calls === "any") return undefined;
  if (!Object.hasOwn(calls, call)) {
    const message = `"${call}" is no call of ${type}. Its calls: ${Object.keys(calls).join(", ")}.`;
    return { field: "task_call", messages: [message] };
  }
  const validator = validators.get(calls[call]!) ?? compile(calls[call]!);
  if (validator.Check(kwargs)) return undefined;
  return { field: "task_kwargs", messages: messagesOf(validator.Errors(kwargs), kwargs) };
}

const validators = new Map<TSchema, ReturnType<typeof Compile>>();

function compile(schema: TSchema): ReturnType<typeof Compile> {
  const validator = Compile(schema);
  validators.set(schema, validator);
  return validator;
}
