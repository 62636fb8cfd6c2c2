/** How a server turns an APDU down (Green Book, ExceptionResponse): which error has which answer, and the device's habits. */
import type { DlmsError } from "../../errors.ts";
import { largestInvocationCounter } from "../../security/invocation-counter.ts";
import type { Apdu } from "../../xdlms/apdu.ts";
import type { ServerHabits } from "../device.ts";
import { exceptionReason, exceptionState } from "../refusals.ts";

/** The association has no such service. */
export const notSupported = exception("serviceUnknown", "serviceNotSupported");
/** Not now, or not before something else. */
export const notAllowed = exception("serviceNotAllowed", "operationNotPossible");
/** The request asks for too much, or its answer would be longer than the client takes. */
export const tooLong = exception("serviceNotAllowed", "pduTooLong");

/** What to do about an APDU that cannot be used: an answer, nothing, or the end of the connection. */
export function reactionTo(error: DlmsError, habits: ServerHabits): Apdu | "silence" | "close" {
  if (error.code === "invocation_counter_replayed") {
    const habit = habits.wrongCounter ?? "exception";
    return habit === "exception" ? wrongCounter(Number(error.details.expected)) : habit;
  }
  if (error.fault === "security") return habits.decipheringError === "silence" ? "silence" : undeciphered;
  return error.code === "apdu_tag_unknown" ? notSupported : undecodable;
}

const undecodable = exception("serviceNotAllowed", "otherReason");
const undeciphered = exception("serviceNotAllowed", "decipheringError");

/** After the last counter there is none to expect: the key is used up. */
function wrongCounter(expected: number): Apdu {
  const refusal = exception("serviceNotAllowed", "invocationCounterError");
  return expected > largestInvocationCounter ? refusal : { ...refusal, invocationCounter: expected };
}

function exception(state: keyof typeof exceptionState, reason: keyof typeof exceptionReason) {
  const serviceError = exceptionReason[reason];
  return { type: "exception-response", state: exceptionState[state], serviceError } as const satisfies Apdu;
}
