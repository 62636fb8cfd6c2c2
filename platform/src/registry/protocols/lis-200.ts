/** LIS-200 (Elster/Honeywell gas devices): execution type `generic_lis200` with the contract's four calls. */
import Type, { type Static } from "typebox";
import {
  choices,
  instant,
  lenient,
  offsetSeconds,
  optionalInstant,
  type ProtocolDeclaration,
  settingsSchema,
  timeoutSeconds,
  type WithDefaults,
  whole,
} from "./declaration.ts";
import { signOnDefaults, signOnSettings } from "./sign-on.ts";

/** `2:302.0`, `02:0302`, `6:310_1.0`; the contract's example writes a dot for the colon. */
const addressPattern = "^(\\d{1,2}-)?0*\\d{1,2}[:.](V|v|0*[0-9A-Fa-f]{1,4})(_\\d{1,2})?(\\.[0-9Aa])?$";

/** How to talk LIS-200 to a device. */
const properties = {
  lock: choices(
    [2, 3, 4, 5, 6],
    "Lock to open before the first call: 2 manufacturer's, 3 supplier's, 4 customer's, 5 data collector's, 6 user's. Its code is the meter's iec62056_21_password. Default: none is opened, and only what is free is read.",
  ),
  ...signOnSettings,
  rows_per_block: whole(
    0,
    999,
    "Archive rows of a partial block (R3); 0 asks for all at once (R1), for devices without R3. Default 50.",
  ),
  series_names: Type.Optional(
    Type.Record(Type.String({ pattern: addressPattern, maxLength: 20 }), Type.String({ minLength: 1, maxLength: 50 }), {
      maxProperties: 200,
      description:
        'Names of series by address, where they are not the addresses themselves: {"2:302.0": "7-0:13.2.0"}.',
    }),
  ),
  timeout_seconds: timeoutSeconds,
};

const schema = settingsSchema(properties);
export type Lis200Settings = Static<typeof schema>;

const defaults = {
  ...signOnDefaults,
  rows_per_block: 50,
} as const satisfies Lis200Settings;

/** Settings with nothing missing that has a default. */
export type CompleteLis200Settings = WithDefaults<Lis200Settings, typeof defaults>;

const numberOrDigits = (minimum: number, maximum: number, description: string) =>
  Type.Union([Type.Integer({ minimum, maximum }), Type.String({ pattern: "^\\d{1,2}$" })], { description });

const archive = {
  archive_number: numberOrDigits(1, 99, "Number of the archive: 3 holds the measuring periods of volume converters."),
  control_position: Type.Optional(
    numberOrDigits(1, 99, "Column that the limits refer to. Default 3, the time of the rows."),
  ),
};

const calls = {
  read_single_value: lenient({
    address: Type.String({ pattern: addressPattern, maxLength: 20, description: "An address such as 2:302.0." }),
  }),
  // One table of the documentation misspells start_date as start_dat.
  read_archive_by_date: Type.Union([
    lenient({ start_date: instant, end_date: optionalInstant, ...archive }),
    lenient({ start_dat: instant, end_date: optionalInstant, ...archive }),
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
  checked: "when invoked",
  settings: { name: "lis200_settings", title: "LIS-200 settings", schema, defaults },
} as const satisfies ProtocolDeclaration;
