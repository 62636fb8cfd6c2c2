/** The fields of a confirmed-service-error (Green Book, ConfirmedServiceError and ServiceError; IEC 61334-4-41). */
import type { ConfirmedServiceError } from "./apdu.ts";

/** Which service failed. */
export const erroneousServices: Readonly<Record<number, string>> = {
  1: "initiate",
  2: "get-status",
  3: "get-name-list",
  4: "get-variable-attribute",
  5: "read",
  6: "write",
  7: "get-data-set-attribute",
  8: "get-ti-attribute",
  9: "change-scope",
  10: "start",
  11: "stop",
  12: "resume",
  13: "make-usable",
  14: "initiate-load",
  15: "load-segment",
  16: "terminate-load",
  17: "initiate-up-load",
  18: "up-load-segment",
  19: "terminate-up-load",
};

/** Kinds of error and the values of each. */
export const serviceErrors: Readonly<Record<number, { readonly name: string; readonly values: readonly string[] }>> = {
  0: {
    name: "application-reference",
    values: [
      "other",
      "time-elapsed",
      "application-unreachable",
      "application-reference-invalid",
      "application-context-unsupported",
      "provider-communication-error",
      "deciphering-error",
    ],
  },
  1: {
    name: "hardware-resource",
    values: [
      "other",
      "memory-unavailable",
      "processor-resource-unavailable",
      "mass-storage-unavailable",
      "other-resource-unavailable",
    ],
  },
  2: {
    name: "vde-state-error",
    values: ["other", "no-dlms-context", "loading-data-set", "status-nochange", "status-inoperable"],
  },
  3: { name: "service", values: ["other", "pdu-size", "service-unsupported"] },
  4: {
    name: "definition",
    values: ["other", "object-undefined", "object-class-inconsistent", "object-attribute-inconsistent"],
  },
  5: {
    name: "access",
    values: ["other", "scope-of-access-violated", "object-access-violated", "hardware-fault", "object-unavailable"],
  },
  6: {
    name: "initiate",
    values: [
      "other",
      "dlms-version-too-low",
      "incompatible-conformance",
      "pdu-size-too-short",
      "refused-by-the-vde-handler",
    ],
  },
  7: {
    name: "load-data-set",
    values: [
      "other",
      "primitive-out-of-sequence",
      "not-loadable",
      "dataset-size-too-large",
      "not-awaited-segment",
      "interpretation-failure",
      "storage-failure",
      "data-set-not-ready",
    ],
  },
  8: { name: "change-scope", values: [] },
  9: { name: "task", values: ["other", "no-remote-control", "ti-stopped", "ti-running", "ti-unusable"] },
  10: { name: "other", values: ["other"] },
};

/** "initiate: initiate, dlms-version-too-low"; numbers outside the standard stay numbers. */
export function describeServiceError(error: Pick<ConfirmedServiceError, "service" | "error">): string {
  const service = erroneousServices[error.service] ?? `service ${error.service}`;
  const kind = serviceErrors[error.error.choice];
  const name = kind?.name ?? `kind ${error.error.choice}`;
  return `${service}: ${name}, ${kind?.values[error.error.value] ?? `value ${error.error.value}`}`;
}
