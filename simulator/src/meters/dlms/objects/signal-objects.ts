/** How well the meter's modem hears its network: GSM diagnostic (class 47), a register, or two octets of the maker's. */
import {
  array,
  doubleLongUnsigned,
  enumerated,
  integer,
  long,
  longUnsigned,
  octetString,
  structure,
  unsigned,
  visibleString,
} from "@anymeter/dlms-cosem";
import { seedFor, smoothNoise, unit } from "../../../random.ts";
import type { ColumnSources } from "../profiles/columns.ts";
import { attribute, type CosemObject } from "./object-model.ts";

/** How a make tells it. */
export type SignalForm = "gsm-diagnostic" | "register" | "octets";

export const signalName = "0.0.96.12.5.255";
export const gsmDiagnosticName = "0.0.25.6.0.255";

/** dBm at a true instant: by where the meter stands, and by the weather of the air. */
export function signalStrength(seed: number, instant: number): number {
  const ownSeed = seedFor(seed, "signal");
  const steps = 4 + Math.floor(20 * unit(ownSeed, 0)) + Math.round(4 * (smoothNoise(ownSeed, instant / hour) - 0.5));
  return weakest + 2 * steps;
}

/** `dBm` is the strength now. */
export function signalObject(form: SignalForm, dBm: () => number): CosemObject {
  if (form === "gsm-diagnostic") return gsmDiagnostic(dBm);
  const isRegister = form === "register";
  return {
    classId: isRegister ? 3 : 1,
    version: 0,
    logicalName: signalName,
    audience: "management",
    attributes: isRegister
      ? [attribute(2, () => long(dBm())), attribute(3, () => structure(integer(0), enumerated(dBmUnit)))]
      : [attribute(2, () => octetString(signalOctets(dBm())))],
  };
}

/** The column of profiles; a diagnostic is not captured. */
export function signalColumn(form: SignalForm, seed: number): NonNullable<ColumnSources["signal"]> | undefined {
  if (form === "gsm-diagnostic") return undefined;
  const object = { classId: form === "register" ? 3 : 1, logicalName: signalName, attribute: 2 };
  if (form === "register") return { object, type: "long", value: (instant) => signalStrength(seed, instant) };
  return { object, type: "octet-string", value: (instant) => signalOctets(signalStrength(seed, instant)) };
}

/** The second octet is the strength, signed. */
function signalOctets(dBm: number): Uint8Array {
  return Uint8Array.of(0, dBm & 0xff);
}

/** Class 47: signal quality counts steps of 2 dB from -113 dBm (3GPP TS 27.007, clause 8.5). */
function gsmDiagnostic(dBm: () => number): CosemObject {
  return {
    classId: 47,
    version: 1,
    logicalName: gsmDiagnosticName,
    audience: "management",
    attributes: [
      attribute(2, () => visibleString("Anynet")),
      attribute(3, () => enumerated(registeredAtHome)),
      attribute(4, () => enumerated(0)),
      attribute(5, () => enumerated(packetSwitched)),
      attribute(6, () =>
        structure(
          ...[doubleLongUnsigned(0x1a2b), longUnsigned(0x42), unsigned((dBm() - weakest) / 2), unsigned(0)],
          ...[longUnsigned(204), longUnsigned(8), doubleLongUnsigned(6300)],
        ),
      ),
      attribute(7, () => array()),
    ],
  };
}

const hour = 3_600_000;
const weakest = -113;
const dBmUnit = 70;
const registeredAtHome = 1;
const packetSwitched = 3;
