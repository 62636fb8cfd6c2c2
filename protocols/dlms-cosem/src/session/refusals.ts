/** How a peer says no to a whole APDU: the codes a server answers with, and the errors they become at a client. */
import { type DlmsError, dlmsError } from "../errors.ts";
import type { ConfirmedServiceError, ExceptionResponse } from "../xdlms/apdu.ts";
import { describeException, exceptionServiceErrors } from "../xdlms/exceptions.ts";
import { describeServiceError } from "../xdlms/service-errors.ts";

/** Codes of the exception-response; names and advice: xdlms/exceptions.ts. */
export const exceptionState = { serviceNotAllowed: 1, serviceUnknown: 2 } as const;
export const exceptionReason = {
  operationNotPossible: 1,
  serviceNotSupported: 2,
  otherReason: 3,
  pduTooLong: 4,
  decipheringError: 5,
  invocationCounterError: 6,
} as const;

/** Codes of the confirmed-service-error of an association; names: xdlms/service-errors.ts. */
export const initiateService = 1;
export const initiateErrorChoice = 6;
export const initiateError = {
  dlmsVersionTooLow: 1,
  incompatibleConformance: 2,
  pduSizeTooShort: 3,
  refusedByVdeHandler: 4,
} as const;

/** The error of an exception-response; `associating`: it answers the association request. */
export function exceptionError(exception: ExceptionResponse, associating: boolean): DlmsError {
  const { state, serviceError, invocationCounter } = exception;
  if (serviceError === exceptionReason.invocationCounterError) {
    return dlmsError("invocation_counter_rejected", { expected: invocationCounter ?? "a higher one" });
  }
  const reason = describeException(exception);
  const busy = associating && state === exceptionState.serviceNotAllowed && serviceError <= 1;
  if (busy) return dlmsError("association_not_allowed", { reason });
  const advice = exceptionServiceErrors[serviceError]?.advice ?? "";
  return dlmsError("service_refused", { reason, advice, state, serviceError });
}

export function confirmedServiceError(error: ConfirmedServiceError): DlmsError {
  return dlmsError("service_error", { reason: describeServiceError(error) });
}
