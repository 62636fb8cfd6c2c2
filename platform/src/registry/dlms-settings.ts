import Type, { type Static } from "typebox";

const choices = <const Value extends string | number>(values: readonly Value[], description: string) =>
  Type.Optional(
    Type.Unsafe<Value>({ type: typeof values[0] === "number" ? "integer" : "string", enum: values, description }),
  );
const whole = (minimum: number, maximum: number, description: string) =>
  Type.Optional(Type.Integer({ minimum, maximum, description }));
const yesOrNo = (description: string) => Type.Optional(Type.Boolean({ description }));

const greatestSap = 65_535;
const greatestHdlcClientSap = 127;
const obis = "^\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}$";

/** How to talk DLMS/COSEM to a meter. Every setting may be left out: a device's settings go over those of its type. */
const properties = {
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
    Type.String({ pattern: obis, description: "Object that holds the invocation counter, ex: 0.0.43.1.0.255" }),
  ),
  public_client_sap: whole(1, greatestSap, "Client that may read the invocation counter without security."),
  association_object: Type.Optional(Type.String({ pattern: obis, description: "Default 0.0.40.0.0.255." })),
  deviation_sign: choices(
    ["utc-minus-local", "local-minus-utc"],
    "What the meter means by the deviation of its clock; the standard says the first.",
  ),
  null_profile_clock: choices(["previous-plus-period"], "What null means in the clock column of a profile."),
  release: choices(["none", "plain", "with-user-information"], "How the association is ended."),
  max_list_size: whole(1, 255, "Attributes in one GET with list, when the meter takes fewer than it says."),
  selective_access: yesOrNo("Whether the meter honours selective access to profiles."),
  timeout_seconds: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, maximum: 600, description: "Longest wait for an answer." }),
  ),
};

export const DlmsSettings = Type.Object(properties, { additionalProperties: false });
export type DlmsSettings = Static<typeof DlmsSettings>;

/** The settings as the API takes and gives them: an extension of the contract. */
export const DlmsSettingsOrNull = Type.Unsafe<DlmsSettings | null>({
  ...JSON.parse(JSON.stringify(DlmsSettings)),
  type: ["object", "null"],
  title: "DLMS settings",
  description:
    "How to talk DLMS/COSEM to the meter (an extension of the contract). Settings of a device go over those of its type.",
});

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

/** @returns the settings to talk to a device with: its own over its type's over the defaults */
export function completeDlmsSettings(ofType: DlmsSettings | null, ofDevice: DlmsSettings | null): CompleteDlmsSettings {
  return { ...defaults, ...ofType, ...ofDevice };
}

/** What a schema cannot say. */
export function dlmsSettingsCheck(settings: DlmsSettings | null): string | undefined {
  if (settings?.framing === "hdlc" && (settings.client_sap ?? 1) > greatestHdlcClientSap) {
    return `client_sap: Ensure this value is less than or equal to ${greatestHdlcClientSap} over HDLC.`;
  }
  return undefined;
}
