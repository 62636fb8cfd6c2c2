/** The two fields of an exception-response (Green Book, ExceptionResponse), and what to do about them. */
import type { ExceptionResponse } from "./apdu.ts";

export const exceptionStates: Readonly<Record<number, string>> = {
  1: "service-not-allowed",
  2: "service-unknown",
};

export const exceptionServiceErrors: Readonly<Record<number, { readonly name: string; readonly advice: string }>> = {
  1: {
    name: "operation-not-possible",
    advice:
      "If it answers an association request, an earlier association may still be open: release, then try again later.",
  },
  2: { name: "service-not-supported", advice: "Use only the services of the negotiated conformance." },
  3: { name: "other-reason", advice: "Check the association, and whether the meter demands ciphering." },
  4: { name: "pdu-too-long", advice: "Ask for less at once: fewer attributes, or a shorter range." },
  5: { name: "deciphering-error", advice: "Check the encryption key, the authentication key and the system titles." },
  6: { name: "invocation-counter-error", advice: "Go on from the counter the meter expects, after reading it." },
};

/** "service-not-allowed, pdu-too-long"; numbers outside the standard stay numbers. */
export function describeException(response: Pick<ExceptionResponse, "state" | "serviceError">): string {
  const state = exceptionStates[response.state] ?? `state ${response.state}`;
  const error = exceptionServiceErrors[response.serviceError]?.name ?? `service error ${response.serviceError}`;
  return `${state}, ${error}`;
}
