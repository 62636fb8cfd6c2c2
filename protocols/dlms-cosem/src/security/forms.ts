/**
 * The envelopes of a protected APDU (Green Book clause 9.5). A service-specific one tells the service by its tag, so that
 * a server can refuse it before deciphering; a general one carries any APDU and the sender's system title.
 */
import { cipheredTag, meaningOfTag, serviceTags } from "../xdlms/tags.ts";

export type ProtectionForm = "global" | "dedicated" | "general-global" | "general-dedicated";

export const generalGlobalTag = serviceTags["general-glo-ciphering"].plain;
export const generalDedicatedTag = serviceTags["general-ded-ciphering"].plain;

/** What the outermost tag of an APDU says of its protection. */
export interface ProtectionTag {
  readonly form: ProtectionForm;
  /** The tag the APDU inside must have; undefined for a general form, which takes any. */
  readonly plainTag: number | undefined;
}

/** Undefined for the tag of a plain APDU. */
export function protectionOfTag(tag: number | undefined): ProtectionTag | undefined {
  if (tag === generalGlobalTag) return { form: "general-global", plainTag: undefined };
  if (tag === generalDedicatedTag) return { form: "general-dedicated", plainTag: undefined };
  const meaning = tag === undefined ? undefined : meaningOfTag(tag);
  if (meaning === undefined || meaning.key === "plain") return undefined;
  return { form: meaning.key, plainTag: serviceTags[meaning.service].plain };
}

/** The tag an APDU has in a form; undefined when its service has none, as data-notification in "global". */
export function tagInForm(plainTag: number, form: ProtectionForm): number | undefined {
  if (form === "general-global") return generalGlobalTag;
  if (form === "general-dedicated") return generalDedicatedTag;
  return cipheredTag(plainTag, form);
}
