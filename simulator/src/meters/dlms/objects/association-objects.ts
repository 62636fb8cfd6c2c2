/** The current association (class 15), the security setup (class 64) and the counter the public client may read. */
import {
  applicationContextIdentifier,
  bitString,
  conformanceToBits,
  type Data,
  doubleLongUnsigned,
  enumerated,
  integer,
  longUnsigned,
  mechanismIdentifier,
  obisToBytes,
  octetString,
  type ServerAssociation,
  structure,
  unsigned,
} from "@anymeter/dlms-cosem";
import type { MeterIdentity } from "../identity.ts";
import type { MeterSecurity } from "../security.ts";
import { attribute, type CosemObject, type ObjectModel } from "./object-model.ts";

export const associationName = "0.0.40.0.0.255";
export const securitySetupName = "0.0.43.0.0.255";
export const invocationCounterName = "0.0.43.1.0.255";

/** `model` is asked for when read, because the association lists itself too. */
export function associationObject(model: () => ObjectModel): CosemObject {
  return {
    classId: 15,
    version: 1,
    logicalName: associationName,
    audience: "public",
    attributes: [
      {
        number: 2,
        read: ({ association }) => ({ encoded: model().objectList(association) }),
      },
      {
        number: 3,
        read: ({ association }) => ({ data: structure(integer(association.clientSap), longUnsigned(1)) }),
      },
      {
        number: 4,
        read: ({ association }) => ({
          data: octetString(
            applicationContextIdentifier(
              association.security === undefined ? "logical-names" : "logical-names-ciphered",
            ),
          ),
        }),
      },
      { number: 5, read: ({ association }) => ({ data: contextInformation(association) }) },
      {
        number: 6,
        read: ({ association }) => ({ data: octetString(mechanismIdentifier(association.mechanism)) }),
      },
      attribute(8, () => enumerated(associated)),
      {
        number: 9,
        read: ({ association }) => ({
          data: octetString(association.security === undefined ? new Uint8Array(6) : obisToBytes(securitySetupName)),
        }),
      },
    ],
  };
}

/** Class 64 of version 0 for suite 0, of version 1 with its policy bits for suite 1. */
export function securityObjects(security: MeterSecurity, identity: MeterIdentity): CosemObject[] {
  const { suite, policy } = security;
  const level = (policy.authenticated ? 1 : 0) + (policy.encrypted ? 2 : 0);
  const bits = (policy.authenticated ? 0x24 : 0) | (policy.encrypted ? 0x48 : 0);
  return [
    {
      classId: 64,
      version: suite === 0 ? 0 : 1,
      logicalName: securitySetupName,
      audience: "management",
      attributes: [
        attribute(2, () => enumerated(suite === 0 ? level : bits)),
        attribute(3, () => enumerated(suite)),
        attribute(4, () => octetString(new Uint8Array(0))),
        attribute(5, () => octetString(identity.systemTitle)),
      ],
    },
    {
      classId: 1,
      version: 0,
      logicalName: invocationCounterName,
      audience: "public",
      attributes: [attribute(2, () => doubleLongUnsigned(Math.max(0, security.lastClientCounter)))],
    },
  ];
}

/** structure { conformance, max receive, max send, DLMS version, quality of service, ciphering info }. */
function contextInformation({ conformance, maxReceivePduSize, maxSendPduSize = 0 }: ServerAssociation): Data {
  return structure(
    bitString(conformanceToBits(conformance).toString(2).padStart(24, "0")),
    longUnsigned(maxReceivePduSize),
    longUnsigned(maxSendPduSize),
    unsigned(6),
    integer(0),
    octetString(new Uint8Array(0)),
  );
}

const associated = 2;
