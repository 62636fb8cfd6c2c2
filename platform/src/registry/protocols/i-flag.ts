/** i-flag (Itron Corus gas converters): execution type `generic_corus_meter` with the contract's calls. */
import { parameterMaps } from "@anymeter/i-flag";
import Type, { type Static } from "typebox";
import {
  choices,
  dateRange,
  lenient,
  offsetSeconds,
  optionalInstant,
  type ProtocolDeclaration,
  settingsSchema,
  shortText,
  timeoutSeconds,
  type WithDefaults,
  yesOrNo,
} from "./declaration.ts";

const mapNames = parameterMaps.map(({ id }) => id);

/** How to talk i-flag to a device. */
const schema = settingsSchema({
  wake_up: yesOrNo(
    "Send 200 NULs before each sign-on and wait for the answer. Default true; false for a gateway that wakes the converter itself.",
  ),
  parameter_map: choices(
    mapNames,
    "Parameter map whose ids the firmware has, where it names none or one that is not published. Default: what parameter 94 tells.",
  ),
  pulse_weight: shortText(
    "^\\d{1,6}(\\.\\d{1,9})?$",
    "Volume of an input pulse in m³, such as 0.1, by which pulses in records are multiplied. Default: what parameter 1 tells.",
    16,
  ),
  float3_exponent: choices(
    [-1, -2],
    "What is added to the exponent of flows in records. Default -1; -2 where flows are ten times those on the display.",
  ),
  converted_thousandths: yesOrNo(
    "Whether converted volumes in records count thousandths of a pulse. Default: as published for the record's length.",
  ),
  pressure_unit: choices(["bar", "kPa", "MPa", "psi"], "Unit the converter is set to. Default bar."),
  temperature_unit: choices(["°C", "°F"], "Unit the converter is set to. Default °C."),
  record_count: yesOrNo("Ask how many records there are, and say when others came. Default false."),
  session_persistence: yesOrNo(
    "Ask a converter that fell asleep in the middle of a database to go on where it stopped. Default false.",
  ),
  timeout_seconds: timeoutSeconds,
});
export type CorusSettings = Static<typeof schema>;

const defaults = {
  wake_up: true,
  float3_exponent: -1,
  pressure_unit: "bar",
  temperature_unit: "°C",
  record_count: false,
  session_persistence: false,
} as const;
/** Settings with nothing missing that has a default. */
export type CompleteCorusSettings = WithDefaults<CorusSettings, typeof defaults>;

const database = Type.Enum(["interval", "hourly", "daily", "monthly"]);
const range = lenient({
  ...dateRange,
  // One table of the documentation misspells start_date.
  start_dat: optionalInstant,
  database,
});

const calls = {
  read_parameters: lenient({
    parameters: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 100 }),
  }),
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
  checked: "when invoked",
  settings: { name: "corus_settings", title: "Corus settings", schema, defaults },
} as const satisfies ProtocolDeclaration;
