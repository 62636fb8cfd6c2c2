/** LIS-200 (Elster/Honeywell gas devices): execution type `generic_lis200` with the contract's four calls. */
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

/** How to talk LIS-200 to a device. */
const schema = settingsSchema({ timeout_seconds: timeoutSeconds });
export type Lis200Settings = Static<typeof schema>;

const archive = {
  archive_number: Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: "^\\d+$" })]),
  control_position: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: "^\\d+$" })])),
};

const calls = {
  read_single_value: lenient({ address: Type.String({ minLength: 1, maxLength: 50 }) }),
  // One table of the documentation misspells start_date as start_dat.
  read_archive_by_date: Type.Union([
    lenient({ start_date: instant, end_date: Type.Optional(nullable(instant)), ...archive }),
    lenient({ start_dat: instant, end_date: Type.Optional(nullable(instant)), ...archive }),
  ]),
  read_archive_by_offset_seconds: lenient({ offset_seconds: offsetSeconds, ...archive }),
  set_time: lenient({}),
};
export type Lis200Call = keyof typeof calls;
export type Lis200Arguments<Call extends Lis200Call> = Static<(typeof calls)[Call]>;

export const lis200 = {
  protocol: "lis-200",
  executionType: "generic_lis200",
  calls,
  checkedWhenWritten: false,
  settings: { name: "lis200_settings", title: "LIS-200 settings", schema, defaults: {} },
} as const satisfies ProtocolDeclaration;
