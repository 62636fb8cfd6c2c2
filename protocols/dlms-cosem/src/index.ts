/** Everything public, by room; from the base what every caller needs. */

export { bytesFromHex, hexFromBytes, scale } from "@anymeter/sans-io";

export * from "./acse/association.ts";
export * from "./acse/diagnostics.ts";
export * from "./acse/names.ts";
export * from "./bytes/byte-reader.ts";
export * from "./bytes/byte-writer.ts";

export * from "./cosem/capture-objects.ts";
export * from "./cosem/clock.ts";
export type * from "./cosem/interface-class.ts";
export * from "./cosem/interface-classes.ts";
export * from "./cosem/obis.ts";
export * from "./cosem/obis-names.ts";
export * from "./cosem/obis-pattern.ts";
export * from "./cosem/object-list.ts";
export * from "./cosem/profile-generic.ts";
export * from "./cosem/scaling.ts";
export * from "./cosem/selective-access.ts";
export * from "./cosem/units.ts";
export * from "./cosem/values/index.ts";

export { bytesFromLatin1, latin1FromBytes } from "./data/character-strings.ts";
export * from "./data/codec.ts";
export * from "./data/constructors.ts";
export type * from "./data/data.ts";
export * from "./data/date-time.ts";
export * from "./data/date-time-text.ts";
export * from "./data/epoch.ts";
export * from "./data/limits.ts";
export * from "./data/tags.ts";

export * from "./errors.ts";

export { type ExplainDlmsOptions, explainDlmsApdu } from "./explain/explain-apdu.ts";
export { explainHdlc } from "./explain/explain-hdlc.ts";
export { explainDlmsWrapper } from "./explain/explain-wrapper.ts";

export * from "./framing/hdlc/address.ts";
export * from "./framing/hdlc/check-sequence.ts";
export { HdlcClientLink } from "./framing/hdlc/client-link.ts";
export * from "./framing/hdlc/control.ts";
export { encodeHdlcFrame, type HdlcFrame, hdlcFlag, maximumFrameLength } from "./framing/hdlc/frame.ts";
export * from "./framing/hdlc/parameters.ts";
export * from "./framing/hdlc/parser.ts";
export * from "./framing/hdlc/push.ts";
export { HdlcServerLink } from "./framing/hdlc/server-link.ts";
export * from "./framing/link.ts";
export * from "./framing/wrapper.ts";

export * from "./security/authentication.ts";
export * from "./security/context.ts";
export type { ProtectionForm } from "./security/forms.ts";
export * from "./security/invocation-counter.ts";
export * from "./security/key-agreement.ts";
export * from "./security/key-wrap.ts";
export * from "./security/policy.ts";
export {
  isProtected,
  type ProtectionHeader,
  protect,
  readProtectionHeader,
  securityControl,
  type Unprotected,
  unprotect,
} from "./security/protection.ts";
export * from "./security/signature.ts";
export * from "./security/suites.ts";

export * from "./session/client-session.ts";
export type * from "./session/device.ts";
export type * from "./session/events.ts";
export { PushBlocks } from "./session/push-blocks.ts";
export type * from "./session/requests.ts";
export * from "./session/server-session.ts";
export type * from "./session/session.ts";
export * from "./session/settings.ts";

export * from "./xdlms/access-results.ts";
export type * from "./xdlms/apdu.ts";
export * from "./xdlms/codec.ts";
export * from "./xdlms/conformance.ts";
export * from "./xdlms/exceptions.ts";
export { encodeGetResponseNormalWithEncodedData } from "./xdlms/get.ts";
export {
  actionResultFromBytes,
  actionResultsFromBytes,
  actionResultsToBytes,
  actionResultToBytes,
  dataListFromBytes,
  dataListToBytes,
  getResultsFromBytes,
  getResultsToBytes,
} from "./xdlms/results.ts";
export * from "./xdlms/service-errors.ts";
export * from "./xdlms/tags.ts";
