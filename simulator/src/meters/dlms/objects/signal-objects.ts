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
import { type SignalForm, signalName, signalOctets, weakestSignal } from "../signal.ts";
import { attribute, type CosemObject } from "./object-model.ts";

export const gsmDiagnosticName = "0.0.25.6.0.255";

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
          ...[doubleLongUnsigned(0x1a2b), longUnsigned(0x42), unsigned((dBm() - weakestSignal) / 2), unsigned(0)],
          ...[longUnsigned(204), longUnsigned(8), doubleLongUnsigned(6300)],
        ),
      ),
      attribute(7, () => array()),
    ],
  };
}

const dBmUnit = 70;
const registeredAtHome = 1;
const packetSwitched = 3;
