/** Everything public, by room. */
export * from "./acse/association.ts";
export * from "./acse/diagnostics.ts";
export * from "./acse/names.ts";

export * from "./bytes/byte-reader.ts";
export * from "./bytes/byte-writer.ts";
export * from "./bytes/hex.ts";

export * from "./data/codec.ts";
export * from "./data/constructors.ts";
export type * from "./data/data.ts";
export * from "./data/date-time.ts";
export * from "./data/epoch.ts";
export * from "./data/limits.ts";
export * from "./data/tags.ts";

export * from "./errors.ts";

export type * from "./xdlms/apdu.ts";
export * from "./xdlms/codec.ts";
export * from "./xdlms/conformance.ts";
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
export * from "./xdlms/tags.ts";
