/** What a utility is told about its meters when it buys them, as JSON: names, addresses, settings, keys, captured series. */

import type { CustomerKindName } from "../loads/customers.ts";
import { publicClientSap } from "../meters/dlms/associations.ts";
import type { DlmsMeter } from "../meters/dlms/dlms-meter.ts";
import type { MeterMake } from "../meters/dlms/makes.ts";
import { associationName, invocationCounterName } from "../meters/dlms/objects/association-objects.ts";
import { type Quantity, quantities } from "../meters/dlms/quantities.ts";
import type { Feeder } from "../physics/feeder.ts";
import type { MeterPlan } from "./plan.ts";

export interface NeighbourhoodDescription {
  readonly seed: number;
  readonly historyDays: number;
  readonly capturePeriod: number;
  readonly meters: readonly MeterDescription[];
}

export interface MeterDescription {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly make: string;
  readonly model: string;
  readonly firmware: string;
  readonly phases: 1 | 3;
  readonly serial: string;
  /** Hex, 16 bytes and 8 bytes. */
  readonly logicalDeviceName: string;
  readonly systemTitle: string;
  /** Zone the meter's clock and its naive times are in. */
  readonly timezone: string;
  readonly dlmsSettings: DlmsSettings;
  /** Hex; absent for meters without ciphering. */
  readonly keys?: { readonly encryption: string; readonly authentication: string };
  /** LLS password. */
  readonly secret?: string;
  /** What the load profile captures besides the clock, in its order. */
  readonly series: readonly SeriesDescription[];
  readonly truth: MeterTruth;
}

/** The `dlms_settings` of the platform's meter device types. */
export interface DlmsSettings {
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
}

export interface SeriesDescription {
  /** "1-0:1.8.0" */
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

/** What no head-end is told, to judge what it finds out. Ohms are of one phase's loop: out by the line, back by the neutral. */
export interface MeterTruth {
  readonly area: string;
  readonly customer: CustomerKindName;
  readonly phases: readonly [boolean, boolean, boolean];
  readonly serviceResistance: number;
  readonly serviceReactance: number;
  readonly totalResistance: number;
  readonly totalReactance: number;
  /** Milliseconds the clock was fast when the meter came. */
  readonly clockError: number;
  readonly healthy: boolean;
}

export function describeMeter(
  meter: DlmsMeter,
  plan: MeterPlan,
  feeder: Feeder,
  host: string,
  port: number,
): MeterDescription {
  const { make, identity } = meter;
  const { security, mechanism } = make.access.value;
  return {
    name: identity.serial,
    host,
    port,
    make: make.manufacturer,
    model: make.model,
    firmware: make.firmware,
    phases: make.phases,
    serial: identity.serial,
    logicalDeviceName: hex(Buffer.from(identity.logicalDeviceName, "latin1")),
    systemTitle: hex(identity.systemTitle),
    timezone: timezones[make.clock.value.zone],
    dlmsSettings: dlmsSettings(make),
    ...(security !== undefined && {
      keys: {
        encryption: hex(
          plan.wrongKeyRegistered ? mixedUp(identity.unicastEncryptionKey) : identity.unicastEncryptionKey,
        ),
        authentication: hex(identity.authenticationKey),
      },
    }),
    ...(mechanism === "lls" && { secret: identity.password }),
    series: seriesOf(make),
    truth: truthOf(plan, feeder),
  };
}

function dlmsSettings(make: MeterMake): DlmsSettings {
  const framing = make.framing.value;
  const { clientSap, mechanism, security } = make.access.value;
  return {
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

function seriesOf(make: MeterMake): SeriesDescription[] {
  const captured = make.profile.value.columns.filter((column) => column !== "status");
  return captured.map((column) => {
    const quantity: Quantity = quantities[column];
    return {
      name: reducedName(quantity.logicalName),
      unit: unitSymbols[quantity.unit]!,
      description: quantity.description,
    };
  });
}

/** "1.0.32.7.0.255" → "1-0:32.7.0" */
function reducedName(logicalName: string): string {
  const [a, b, c, d, e] = logicalName.split(".");
  return `${a}-${b}:${c}.${d}.${e}`;
}

function truthOf(plan: MeterPlan, feeder: Feeder): MeterTruth {
  const service = feeder.services[plan.service]!;
  const loop = ({ impedance: { phase, neutral } }: Feeder["nodes"][number] | typeof service) => ({
    resistance: phase.resistance + neutral.resistance,
    reactance: phase.reactance + neutral.reactance,
  });
  const drop = loop(service);
  let { resistance, reactance } = drop;
  for (let node = service.node; node >= 0; node = feeder.nodes[node]!.parent) {
    const segment = loop(feeder.nodes[node]!);
    resistance += segment.resistance;
    reactance += segment.reactance;
  }
  return {
    area: feeder.nodes[0]!.name.split(" ")[0]!,
    customer: plan.customer,
    phases: service.phases,
    serviceResistance: drop.resistance,
    serviceReactance: drop.reactance,
    totalResistance: resistance,
    totalReactance: reactance,
    clockError: plan.clockError,
    healthy: !plan.wrongKeyRegistered && Object.keys(plan.faults).length === 0,
  };
}

/** Somebody else's key. */
function mixedUp(key: Uint8Array): Uint8Array {
  return key.map((byte) => byte ^ 0xa5);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").toUpperCase();
}

const timezones = {
  utc: "UTC",
  "central-european": "Europe/Amsterdam",
  "central-european-standard": "Etc/GMT-1",
} as const;

const unitSymbols: Readonly<Record<number, string>> = { 27: "W", 29: "var", 30: "Wh", 32: "varh", 33: "A", 35: "V" };
