/** What a utility is told about a DLMS meter: how it is reached and opened, what its profile captures, what to ask it for. */
import type { MeterRegistration, ReadingPlan, SeriesDescription } from "../simulated-meter.ts";
import { publicClientSap } from "./associations.ts";
import type { MeterIdentity } from "./identity.ts";
import type { MeterMake } from "./makes.ts";
import { associationName, invocationCounterName } from "./objects/association-objects.ts";
import { billingProfileName, dailyProfileName, eventLogName, loadProfileName } from "./objects/names.ts";
import { type MeterRegister, registersOf } from "./registers.ts";

/** The `dlms_settings` of the platform's meter device types. */
export type DlmsSettings = {
  readonly profile: string;
  readonly framing: "wrapper" | "hdlc";
  readonly client_sap: number;
  readonly server_sap: number;
  readonly hdlc_physical_address?: number;
  readonly hdlc_address_length?: 1 | 2 | 4;
  readonly hdlc_max_information?: number;
  readonly hdlc_window?: number;
  readonly authentication: string;
  readonly ciphering: "none" | "authenticated" | "encrypted" | "authenticated-encrypted";
  readonly suite: number;
  readonly dedicated_key: boolean;
  readonly max_pdu_size: number;
  readonly association_object: string;
  readonly invocation_counter_object?: string;
  readonly public_client_sap?: number;
  readonly null_profile_clock?: "previous-plus-period";
  readonly max_list_size?: number;
};

export interface RegistrationTraits {
  /** The keys were mixed up in the store, so that somebody else's are told. */
  readonly wrongKey: boolean;
  readonly dialsIn: boolean;
}

export function registrationOf(
  make: MeterMake,
  identity: MeterIdentity,
  { wrongKey, dialsIn }: RegistrationTraits,
): MeterRegistration {
  const { security, mechanism } = make.access.value;
  const { unicastEncryptionKey, authenticationKey } = identity;
  return {
    settings: settingsOf(make),
    ...(dialsIn && { ownSettings: { dials_in: true }, dialsIn }),
    deviceFields: {
      dlms_logical_device_name: hex(Buffer.from(identity.logicalDeviceName, "latin1")),
      dlms_system_title: hex(identity.systemTitle),
      msn: identity.msn,
      has_disconnector: make.disconnector !== undefined,
    },
    firstFields: { global_device_id: `m${identity.msn.slice(2)}` },
    secrets: {
      ...(security !== undefined && {
        dlms_global_unicast_encryption_key: hex(wrongKey ? mixedUp(unicastEncryptionKey) : unicastEncryptionKey),
        dlms_global_authentication_key: hex(authenticationKey),
      }),
      ...(mechanism === "lls" && { dlms_secret: identity.password }),
    },
    ...seriesOf(make),
    description: `${make.phases === 3 ? "Three" : "Single"}-phase meter`,
    reading: dlmsReading,
  };
}

export const dlmsReading: ReadingPlan = {
  group: "DLMS meters",
  tasks: [
    {
      name: "Load profile",
      description:
        "Every quarter of an hour what was captured since the last stored row; at first contact the whole buffer.",
      schedule: "quarterly",
      // Meters capture at the quarter by clocks that are seconds apart.
      run_offset_seconds: 30,
      task_call: "read_profile",
      task_kwargs: { obis: loadProfileName },
    },
    {
      name: "Clock",
      description: "Once a day: compare, and set what is off by more than half a minute.",
      schedule: "daily",
      run_offset_seconds: 5_400,
      task_call: "set_time",
      task_kwargs: { allowed_drift_seconds: 30 },
    },
    {
      name: "Instantaneous values",
      description: "Every hour what flows now, and how well the modem hears its network.",
      schedule: "hourly",
      // With the load profile, in one session.
      run_offset_seconds: 30,
      task_call: "read_registers",
      task_kwargs: { udil_table: "INST" },
    },
    {
      name: "Daily registers",
      description: "Once a day what the registers showed at midnight, by tariff and with the maximum demands.",
      schedule: "daily",
      run_offset_seconds: 3_600,
      task_call: "read_profile",
      task_kwargs: { obis: dailyProfileName },
    },
    {
      name: "Monthly billing",
      description: "Once a day the ends of billing periods since the last stored one: each meter has its own.",
      schedule: "daily",
      run_offset_seconds: 4_500,
      task_call: "read_profile",
      task_kwargs: { obis: billingProfileName },
    },
    {
      name: "Events",
      description: "Once a day what the meter logged.",
      schedule: "daily",
      run_offset_seconds: 7_200,
      task_call: "read_events",
      task_kwargs: { obis: eventLogName },
    },
  ],
};

function settingsOf(make: MeterMake): DlmsSettings {
  const framing = make.framing.value;
  const { clientSap, mechanism, security } = make.access.value;
  return {
    profile: make.objects === "tpi-34g" ? "tpi-34g" : "anymeter-simulator",
    framing: framing.type,
    client_sap: clientSap,
    server_sap: 1,
    ...(framing.type === "hdlc" && {
      hdlc_physical_address: framing.physicalAddress,
      hdlc_address_length: framing.addressLength,
      hdlc_max_information: framing.maxInformation,
      hdlc_window: framing.window,
    }),
    authentication: mechanism,
    ciphering: security === undefined ? "none" : "authenticated-encrypted",
    suite: security?.suite ?? 0,
    dedicated_key: security?.dedicatedKey ?? false,
    max_pdu_size: 65_535,
    association_object: associationName,
    ...(security !== undefined && {
      invocation_counter_object: invocationCounterName,
      public_client_sap: publicClientSap,
    }),
    ...(make.profile.value.compression === "null-data" && { null_profile_clock: "previous-plus-period" as const }),
    ...(make.session.value.lists !== undefined && { max_list_size: 1 }),
  };
}

type Series = Pick<MeterRegistration, "series" | "moreSeries">;

/** What the load profile captures, in its order, and every other register. */
function seriesOf(make: MeterMake): Series {
  const known = seriesOfMakes.get(make);
  if (known !== undefined) return known;
  const captured: readonly string[] = make.profile.value.columns;
  const registers = registersOf(make);
  const inProfile = captured.flatMap((column) => registers.filter(({ name }) => name === column));
  const series: Series = {
    series: inProfile.map(describeSeries),
    moreSeries: registers.filter(({ name }) => !captured.includes(name)).map(describeSeries),
  };
  seriesOfMakes.set(make, series);
  return series;
}

const seriesOfMakes = new WeakMap<MeterMake, Series>();

function describeSeries({ logicalName, unit, description }: MeterRegister): SeriesDescription {
  return { name: reducedName(logicalName), unit: unitSymbols[unit]!, description };
}

/** "1.0.32.7.0.255" → "1-0:32.7.0" */
function reducedName(logicalName: string): string {
  const [a, b, c, d, e] = logicalName.split(".");
  return `${a}-${b}:${c}.${d}.${e}`;
}

/** Somebody else's key. */
function mixedUp(key: Uint8Array): Uint8Array {
  return key.map((byte) => byte ^ 0xa5);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").toUpperCase();
}

const unitSymbols: Readonly<Record<number, string>> = {
  ...{ 27: "W", 29: "var", 30: "Wh", 32: "varh", 33: "A", 35: "V", 44: "Hz" },
  // A power factor has no unit.
  255: "1",
};
