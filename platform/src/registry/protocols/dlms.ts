/** DLMS/COSEM: execution type `generic_dlms`, ours and strict. */
import Type, { type Static } from "typebox";
import {
  allowedDriftSeconds,
  choices,
  instant,
  nullable,
  obis,
  offsetSeconds,
  type ProtocolDeclaration,
  settingsSchema,
  strict,
  timeoutSeconds,
  whole,
  yesOrNo,
} from "./declaration.ts";
import { dlmsProfileNames } from "./dlms-profiles.ts";

const greatestSap = 65_535;
const greatestHdlcClientSap = 127;
const objectPattern = "^\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}$";

const pushObject = Type.Object(
  {
    class: Type.Integer({ minimum: 0, maximum: 65_535, description: "Interface class, ex: 3" }),
    obis,
    attribute: Type.Optional(Type.Integer({ minimum: 1, maximum: 127, description: "Default 2, the value." })),
    scaler: Type.Optional(Type.Integer({ minimum: -128, maximum: 127 })),
    unit: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 255, description: "Code of the Blue Book, ex: 30 for Wh" }),
    ),
  },
  { additionalProperties: false },
);

const eventCode = Type.Object(
  {
    code: Type.Integer({ minimum: 0, maximum: 4_294_967_295, description: "As the meter logs it." }),
    udil: nullable(
      Type.Integer({ minimum: 1, maximum: 65_535, description: "Code of UDIL's EVENTS; null = it has none." }),
    ),
  },
  { additionalProperties: false },
);

/** How to talk DLMS/COSEM to a meter. Every setting may be left out: a device's settings go over those of its type. */
const habits = {
  framing: choices(["wrapper", "hdlc"], "Green Book 7.3 (TCP wrapper) or 8.4 (HDLC). Default wrapper."),
  client_sap: whole(
    1,
    greatestSap,
    `Client address; up to ${greatestHdlcClientSap} over HDLC. Default 16, the public client.`,
  ),
  server_sap: whole(0, greatestSap, "Logical device. Default 1, the management logical device."),
  hdlc_physical_address: whole(0, 16_383, "Lower HDLC address of the meter, when it has one."),
  hdlc_address_length: choices([1, 2, 4], "Bytes of the server's HDLC address."),
  authentication: choices(
    ["none", "lls", "hls-2", "md5", "sha1", "gmac", "sha256", "ecdsa"],
    "Mechanism of the association: none, low level (1), and the high levels 2 to 7. Default none.",
  ),
  ciphering: choices(
    ["none", "authenticated", "encrypted", "authenticated-encrypted"],
    "Protection of APDUs: the security control byte. Default none.",
  ),
  suite: choices([0, 1, 2], "Security suite. Default 0."),
  dedicated_key: yesOrNo("Offer a dedicated key for the association. Default false."),
  general_ciphering: yesOrNo(
    "Use general-glo-ciphering and general-ded-ciphering instead of the service-specific APDUs.",
  ),
  max_pdu_size: whole(12, 65_535, "Greatest APDU we receive. Default 65535."),
  hdlc_max_information: whole(32, 2030, "Greatest information field to negotiate."),
  hdlc_window: whole(1, 7, "Greatest window to negotiate."),
  invocation_counter_object: Type.Optional(
    Type.String({
      pattern: objectPattern,
      description: "Object that holds the invocation counter, ex: 0.0.43.1.0.255",
    }),
  ),
  public_client_sap: whole(1, greatestSap, "Client that may read the invocation counter without security."),
  association_object: Type.Optional(Type.String({ pattern: objectPattern, description: "Default 0.0.40.0.0.255." })),
  deviation_sign: choices(
    ["utc-minus-local", "local-minus-utc"],
    "What the meter means by the deviation of its clock; the standard says the first.",
  ),
  null_profile_clock: choices(["previous-plus-period"], "What null means in the clock column of a profile."),
  release: choices(["none", "plain", "with-user-information"], "How the association is ended."),
  max_list_size: whole(1, 255, "Attributes in one GET with list, when the meter takes fewer than it says."),
  selective_access: yesOrNo("Whether the meter honours selective access to profiles."),
  timeout_seconds: timeoutSeconds,
  clock: choices(
    ["zone", "standard-time-all-year"],
    "What a clock without deviation shows: the time of the meter's zone, or that zone's standard time also in summer.",
  ),
  dials_in: yesOrNo("The meter connects to the head-end and says who it is; sessions run over its connection."),
  heartbeat_answer: choices(
    ["none", "echo"],
    "What a meter that dials in expects after a heartbeat: nothing, or the same bytes. Default none.",
  ),
  push_protection: choices(
    ["none", "authenticated", "encrypted", "authenticated-encrypted"],
    "The least protection a push of the meter must have. Default: that of ciphering.",
  ),
  push_counter: choices(
    ["increasing", "ignored"],
    "Whether a push whose invocation counter is not above the last one is refused as a replay. Default increasing.",
  ),
  event_codes: choices(
    ["idis", "is15959", "udil"],
    "Whose codes the meter's event logs hold, for rows of UDIL's EVENTS. Default idis.",
  ),
  event_crosswalk: Type.Optional(
    Type.Array(eventCode, {
      maxItems: 256,
      description: "Codes of the model's event logs that mean something else than event_codes says.",
    }),
  ),
  load_limit_retries: choices(
    ["refused", "left_to_meter"],
    "What becomes of sanctioned_load_control with retries where the limiter of the meter counts none: it is refused, or the limit is set and the remark says so. Default refused.",
  ),
  encryption_only_length: choices(
    ["exact", "counts-absent-tag"],
    "counts-absent-tag: the length of encrypted-only pushes counts 12 bytes of a tag that is not there.",
  ),
  push_objects: Type.Optional(
    Type.Array(pushObject, {
      minItems: 1,
      maxItems: 256,
      description: "What pushes of the meter hold, in their order, when they do not say so themselves.",
    }),
  ),
};

/** What a profile may set: all but another profile. */
export type DlmsHabits = Partial<Static<ReturnType<typeof settingsSchema<typeof habits>>>>;

const schema = settingsSchema({
  profile: choices(
    dlmsProfileNames,
    "A model known to differ from the standard, see /v1/dlms-profiles/: its settings stand under those given here.",
  ),
  ...habits,
});
export type DlmsSettings = Static<typeof schema>;

const defaults = {
  framing: "wrapper",
  client_sap: 16,
  server_sap: 1,
  authentication: "none",
  ciphering: "none",
  suite: 0,
  dedicated_key: false,
  max_pdu_size: 65_535,
  association_object: "0.0.40.0.0.255",
} as const satisfies DlmsSettings;

/** Settings with nothing missing that has a default. */
export type CompleteDlmsSettings = DlmsSettings & { [Key in keyof typeof defaults]: NonNullable<DlmsSettings[Key]> };

/** What a schema cannot say. */
function check(settings: DlmsSettings | null): string | undefined {
  if (settings?.framing === "hdlc" && (settings.client_sap ?? 1) > greatestHdlcClientSap) {
    return `client_sap: Ensure this value is less than or equal to ${greatestHdlcClientSap} over HDLC.`;
  }
  return undefined;
}

/** Which table of UDIL the rows are for, where it is not the one that the meter's model keeps them for. */
const udilTable = Type.Optional(
  Type.Unsafe<"INST" | "BILL" | "MBIL" | "LPRO">({ type: "string", enum: ["INST", "BILL", "MBIL", "LPRO"] }),
);
const eventTable = Type.Optional(Type.Unsafe<"EVNT">({ type: "string", enum: ["EVNT"] }));

/** Keyword arguments of `generic_dlms`. */
const calls = {
  read_registers: strict({
    obis: Type.Optional(
      Type.Array(obis, {
        minItems: 1,
        maxItems: 256,
        description: "Default: those behind the columns of udil_table, or of INST, that the meter has.",
      }),
    ),
    udil_table: udilTable,
  }),
  read_profile: strict({
    obis,
    udil_table: udilTable,
    start_date: Type.Optional(nullable(instant)),
    end_date: Type.Optional(nullable(instant)),
  }),
  read_profile_by_offset_seconds: strict({ obis, udil_table: udilTable, offset_seconds: offsetSeconds }),
  read_events: strict({
    obis: Type.Optional(Type.Union([obis, Type.Array(obis, { minItems: 1, maxItems: 32 })])),
    udil_table: eventTable,
    start_date: Type.Optional(nullable(instant)),
    end_date: Type.Optional(nullable(instant)),
  }),
  read_object_list: strict({}),
  read_push_setup: strict({ obis: Type.Optional(obis) }),
  set_time: strict({
    allowed_drift_seconds: allowedDriftSeconds,
  }),
} as const;
export type DlmsCall = keyof typeof calls;
export type DlmsArguments<Call extends DlmsCall> = Static<(typeof calls)[Call]>;

export const dlms = {
  protocol: "dlms-cosem",
  executionType: "generic_dlms",
  calls,
  checked: "when written",
  settings: { name: "dlms_settings", title: "DLMS settings", schema, defaults, check },
} as const satisfies ProtocolDeclaration;
