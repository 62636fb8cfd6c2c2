/**
 * The envelopes of a protected APDU (Green Book clause 9.5). A service-specific one tells the service by its tag, so a
 * client under selective rights can be refused before deciphering; a general one carries any APDU and the sender's title.
 */
export type ProtectionForm = "global" | "dedicated" | "general-global" | "general-dedicated";

/** Tag of the plain APDU, of its globally ciphered and of its dedicated ciphered form; 0 where there is none. */
const serviceTags: readonly (readonly [plain: number, global: number, dedicated: number])[] = [
  [0x01, 0x21, 0], // initiate-request
  [0x05, 0x25, 0x45], // read-request
  [0x06, 0x26, 0x46], // write-request
  [0x08, 0x28, 0], // initiate-response
  [0x0c, 0x2c, 0x4c], // read-response
  [0x0d, 0x2d, 0x4d], // write-response
  [0x0e, 0x2e, 0x4e], // confirmed-service-error
  [0x16, 0x36, 0x56], // unconfirmed-write-request
  [0x18, 0x38, 0x58], // information-report-request
  [0xc0, 0xc8, 0xd0], // get-request
  [0xc1, 0xc9, 0xd1], // set-request
  [0xc2, 0xca, 0xd2], // event-notification-request
  [0xc3, 0xcb, 0xd3], // action-request
  [0xc4, 0xcc, 0xd4], // get-response
  [0xc5, 0xcd, 0xd5], // set-response
  [0xc7, 0xcf, 0xd7], // action-response
];

export const generalGlobalTag = 0xdb;
export const generalDedicatedTag = 0xdc;

/** What the outermost tag of an APDU says of its protection; undefined for a plain one. */
export interface ProtectionTag {
  readonly form: ProtectionForm;
  /** The tag the APDU inside must have; undefined for a general form, which takes any. */
  readonly plainTag?: number;
}

export function protectionOfTag(tag: number | undefined): ProtectionTag | undefined {
  return tag === undefined ? undefined : formsByTag[tag];
}

/** The service-specific tag for a plain one; undefined for services that have none, as data-notification. */
export function serviceSpecificTag(plainTag: number, form: "global" | "dedicated"): number | undefined {
  const entry = serviceTags.find(([plain]) => plain === plainTag);
  return entry?.[form === "global" ? 1 : 2] || undefined;
}

const formsByTag: readonly (ProtectionTag | undefined)[] = tabulate();

function tabulate(): (ProtectionTag | undefined)[] {
  const byTag = new Array<ProtectionTag | undefined>(256).fill(undefined);
  for (const [plainTag, global, dedicated] of serviceTags) {
    byTag[global] = { form: "global", plainTag };
    if (dedicated !== 0) byTag[dedicated] = { form: "dedicated", plainTag };
  }
  byTag[generalGlobalTag] = { form: "general-global" };
  byTag[generalDedicatedTag] = { form: "general-dedicated" };
  return byTag;
}
