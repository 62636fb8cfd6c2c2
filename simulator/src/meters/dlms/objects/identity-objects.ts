/** Who the meter is: names, firmware, the logical devices it holds. */
import { array, longUnsigned, octetString, structure, visibleString } from "@anymeter/dlms-cosem";
import type { MeterIdentity } from "../identity.ts";
import type { MeterMake } from "../makes.ts";
import { attribute, type CosemObject } from "./object-model.ts";

export function identityObjects(identity: MeterIdentity, make: MeterMake): CosemObject[] {
  const logicalDeviceName = octetString(ascii(identity.logicalDeviceName));
  return [
    {
      classId: 1,
      version: 0,
      logicalName: "0.0.42.0.0.255",
      audience: "public",
      attributes: [attribute(2, () => logicalDeviceName)],
    },
    {
      classId: 17,
      version: 0,
      logicalName: "0.0.41.0.0.255",
      audience: "public",
      attributes: [attribute(2, () => array(structure(longUnsigned(1), logicalDeviceName)))],
    },
    {
      classId: 1,
      version: 0,
      logicalName: "0.0.96.1.0.255",
      audience: "management",
      attributes: [attribute(2, () => octetString(ascii(make.objects === "tpi-34g" ? identity.msn : identity.serial)))],
    },
    {
      classId: 1,
      version: 0,
      logicalName: "1.0.0.2.0.255",
      audience: "management",
      attributes: [attribute(2, () => visibleString(make.firmware))],
    },
  ];
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
