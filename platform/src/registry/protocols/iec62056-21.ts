/** IEC 62056-21: execution type `generic_iec6205621`, which the contract names without documenting a call. */
import Type, { type Static } from "typebox";
import {
  allowedDriftSeconds,
  choices,
  dateRange,
  offsetSeconds,
  type ProtocolDeclaration,
  settingsSchema,
  strict,
  timeoutSeconds,
  type WithDefaults,
  whole,
} from "./declaration.ts";
import { signOnDefaults, signOnSettings } from "./sign-on.ts";

/** `1.8.0`, `1-0:1.8.0*255`, `P.01`, `F.F`: whatever the meter writes before its brackets. */
const addressPattern = "^[0-9A-Za-z.:*&_#-]{1,32}$";
const address = (description: string) => Type.String({ pattern: addressPattern, maxLength: 32, description });

/** How to talk to a meter of this protocol. */
const properties = {
  form: choices(
    ["asked", "pushed"],
    "Whether the meter is signed on to, or sends by itself: P1 ports, mode D. Default asked.",
  ),
  protocol_mode: choices(
    ["A", "B", "C", "E"],
    "The mode to go on in, for meters whose identification tells another. Default what it tells.",
  ),
  ...signOnSettings,
  read_command: choices(["R1", "R2", "R3", "R4", "R5", "R6"], "Command that reads a register. Default R5."),
  profile_command: choices(["R1", "R2", "R3", "R4", "R5", "R6"], "Command that reads a load profile. Default R5."),
  profile_time_format: choices(
    ["ZST10", "ZSTs11", "ZST12", "ZSTs13"],
    "How the meter takes the limits of a load profile: YYMMDDhhmm, with a season digit before (s), with seconds behind (12, 13). Default ZSTs11.",
  ),
  write_command: choices(["W1", "W2", "W3", "W4", "W5"], "Command that writes the clock. Default W5."),
  time_address: Type.Optional(address("Address of the time, hhmmss. Default 0.9.1.")),
  date_address: Type.Optional(address("Address of the date, YYMMDD. Default 0.9.2.")),
  clock: choices(
    ["zone", "standard-time-all-year"],
    "What times without a season are: the time of the meter's zone, or that zone's standard time also in summer. Default zone.",
  ),
  p1_authentication: choices(
    ["key", "empty", "none"],
    "What is done with the tag of ciphered P1 telegrams: checked with the authentication key (default where one is registered), checked without it, or skipped, so that the telegram's own checksum must be right.",
  ),
  push_timeout_seconds: whole(1, 600, "Longest silence while waiting for what a meter sends by itself. Default 30."),
  series_names: Type.Optional(
    Type.Record(Type.String({ pattern: addressPattern, maxLength: 32 }), Type.String({ minLength: 1, maxLength: 50 }), {
      maxProperties: 200,
      description:
        'Names of series by address, where they are not the OBIS codes themselves: {"1.8.0*01": "last month\'s import"}.',
    }),
  ),
  timeout_seconds: timeoutSeconds,
};

const schema = settingsSchema(properties);
export type Iec62056Settings = Static<typeof schema>;

const defaults = {
  form: "asked",
  ...signOnDefaults,
  read_command: "R5",
  profile_command: "R5",
  profile_time_format: "ZSTs11",
  write_command: "W5",
  time_address: "0.9.1",
  date_address: "0.9.2",
  clock: "zone",
  push_timeout_seconds: 30,
} as const satisfies Iec62056Settings;

/** Settings with nothing missing that has a default. */
export type CompleteIec62056Settings = WithDefaults<Iec62056Settings, typeof defaults>;

const addresses = Type.Array(address("An address such as 1.8.0."), { minItems: 1, maxItems: 256 });
const profileAddress = Type.Optional(address("Address of the load profile. Default P.01."));

const calls = {
  read_readout: strict({
    addresses: Type.Optional(addresses),
    mode: Type.Optional(
      Type.String({ pattern: "^[0-9]$", description: "Mode of the option select; 6 to 9 are the maker's. Default 0." }),
    ),
  }),
  read_registers: strict({ addresses }),
  read_load_profile: strict({
    address: profileAddress,
    ...dateRange,
  }),
  read_load_profile_by_offset_seconds: strict({ address: profileAddress, offset_seconds: offsetSeconds }),
  set_time: strict({ allowed_drift_seconds: allowedDriftSeconds }),
};
export type Iec62056Call = keyof typeof calls;
export type Iec62056Arguments<Call extends Iec62056Call> = Static<(typeof calls)[Call]>;

export const iec62056 = {
  protocol: "iec62056-21",
  executionType: "generic_iec6205621",
  calls,
  checked: "when run",
  settings: { name: "iec62056_21_settings", title: "IEC 62056-21 settings", schema, defaults },
} as const satisfies ProtocolDeclaration;
