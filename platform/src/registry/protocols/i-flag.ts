/** i-flag (Itron Corus gas converters): execution type `generic_corus_meter` with the contract's calls. */
import Type, { type Static } from "typebox";
import {
  instant,
  lenient,
  nullable,
  offsetSeconds,
  type ProtocolDeclaration,
  settingsSchema,
  timeoutSeconds,
} from "./declaration.ts";

/** How to talk i-flag to a device. */
const schema = settingsSchema({ timeout_seconds: timeoutSeconds });
export type CorusSettings = Static<typeof schema>;

const database = Type.Enum(["interval", "hourly", "daily", "monthly"]);
const range = lenient({
  start_date: Type.Optional(nullable(instant)),
  // One table of the documentation misspells start_date.
  start_dat: Type.Optional(nullable(instant)),
  end_date: Type.Optional(nullable(instant)),
  database,
});

const calls = {
  read_parameters: lenient({ parameters: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1 }) }),
  read_database: range,
  read_database_by_date: range,
  read_database_by_offset_seconds: lenient({ offset_seconds: offsetSeconds, database }),
  set_time: lenient({ allowed_drift_seconds: Type.Integer({ minimum: 0 }) }),
};
export type CorusCall = keyof typeof calls;
export type CorusArguments<Call extends CorusCall> = Static<(typeof calls)[Call]>;

export const iFlag = {
  protocol: "i-flag",
  executionType: "generic_corus_meter",
  calls,
  checkedWhenWritten: false,
  settings: { name: "corus_settings", title: "Corus settings", schema, defaults: {} },
} as const satisfies ProtocolDeclaration;
