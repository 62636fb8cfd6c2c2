/** The object identifiers of application contexts and authentication mechanisms (Green Book, clause 9.4.2). */
import type { ApplicationContext, MechanismName } from "./association.ts";

/** Last arc of 2.16.756.5.8.1.x. */
export const applicationContexts = {
  "logical-names": 1,
  "short-names": 2,
  "logical-names-ciphered": 3,
  "short-names-ciphered": 4,
} as const satisfies Record<ApplicationContext, number>;

/** Last arc of 2.16.756.5.8.2.x, the numbers that mechanisms are known by. */
export const mechanisms = {
  none: 0,
  lls: 1,
  hls: 2,
  md5: 3,
  sha1: 4,
  gmac: 5,
  sha256: 6,
  ecdsa: 7,
} as const satisfies Record<MechanismName, number>;

export function applicationContextOf(objectIdentifier: Uint8Array): ApplicationContext | undefined {
  return nameOf(applicationContexts, 1, objectIdentifier);
}

export function applicationContextIdentifier(name: ApplicationContext): Uint8Array {
  return Uint8Array.of(...dlmsUserAssociation, 1, applicationContexts[name]);
}

export function mechanismOf(objectIdentifier: Uint8Array): MechanismName | undefined {
  return nameOf(mechanisms, 2, objectIdentifier);
}

export function mechanismIdentifier(name: MechanismName): Uint8Array {
  return Uint8Array.of(...dlmsUserAssociation, 2, mechanisms[name]);
}

/** 2.16.756.5.8: joint-iso-ccitt, country, Switzerland, identified organization, DLMS UA. */
const dlmsUserAssociation = [0x60, 0x85, 0x74, 0x05, 0x08];

function nameOf<Name extends string>(
  names: Readonly<Record<Name, number>>,
  branch: number,
  objectIdentifier: Uint8Array,
): Name | undefined {
  const known = dlmsUserAssociation.every((byte, index) => objectIdentifier[index] === byte);
  if (!known || objectIdentifier.length !== 7 || objectIdentifier[5] !== branch) return undefined;
  return (Object.keys(names) as Name[]).find((name) => names[name] === objectIdentifier[6]);
}
