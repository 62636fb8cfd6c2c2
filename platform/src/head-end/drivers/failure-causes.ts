/** Which cause of a run an error of a protocol library is. */
import { type Fault, ProtocolError } from "@anymeter/sans-io";
import { type CauseCode, RunFailure } from "../causes.ts";

/** Causes of errors that their fault alone does not tell, by the library's error code. */
export type CausesByCode = Readonly<Record<string, CauseCode>>;

/** The failure an error means; what is no error of a protocol library is returned as it is. */
export function failureOf(error: unknown, causes: CausesByCode): unknown {
  if (!(error instanceof ProtocolError)) return error;
  const code = causes[error.code] ?? commonCauses[error.code] ?? causesOfFaults[error.fault];
  return new RunFailure(code, error.message, { cause: error });
}

/** Codes of `commonErrors` in @anymeter/sans-io. */
const commonCauses: CausesByCode = {
  bytes_truncated: "truncated_answer",
  connection_lost: "connection_closed",
  no_answer: "no_answer",
};

const causesOfFaults: Readonly<Record<Fault, CauseCode>> = {
  caller: "settings_invalid",
  refused: "request_refused",
  damaged: "invalid_answer",
  security: "authentication_failed",
  timeout: "no_answer",
};
