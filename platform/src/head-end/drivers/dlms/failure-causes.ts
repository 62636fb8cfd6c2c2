/** Which cause of a run an error of the DLMS library or an answer of the meter is. */
import { DlmsError, type DlmsErrorCode, nameOfActionResult, nameOfDataAccessResult } from "@anymeter/dlms-cosem";
import { type CauseCode, RunFailure } from "../../causes.ts";
import { type CausesByCode, failureOf as failureByCode } from "../failure-causes.ts";

/** The failure an error means; what is no DlmsError is returned as it is. */
export function failureOf(error: unknown): unknown {
  const refusal = error instanceof DlmsError && error.code === "service_refused" ? error : undefined;
  const cause = refusal && causesOfServiceErrors[Number(refusal.details.serviceError)];
  return cause ? new RunFailure(cause, refusal!.message, { cause: error }) : failureByCode(error, causesOfErrors);
}

/** The failure of an attribute the meter answered with a data-access-result. */
export function accessFailure(object: string, result: number): RunFailure {
  return new RunFailure(causesOfResults[result] ?? "request_refused", `${object}: ${nameOfDataAccessResult(result)}.`);
}

/** The failure of a method the meter answered with an action-result. */
export function actionFailure(object: string, result: number): RunFailure {
  return new RunFailure(causesOfResults[result] ?? "request_refused", `${object}: ${nameOfActionResult(result)}.`);
}

const causesOfErrors: CausesByCode & Partial<Record<DlmsErrorCode, CauseCode>> = {
  apdu_tag_unknown: "garbage",
  apdu_truncated: "truncated_answer",
  association_not_allowed: "meter_busy",
  association_rejected: "association_rejected",
  authentication_failed: "authentication_failed",
  authentication_proof_rejected: "meter_not_authentic",
  authentication_setting_missing: "key_missing",
  authentication_tag_mismatch: "wrong_key",
  connection_lost: "connection_closed",
  hdlc_refused: "meter_busy",
  invocation_counter_exhausted: "counter_exhausted",
  invocation_counter_rejected: "counter_refused",
  invocation_counter_replayed: "counter_replayed",
  key_missing: "key_missing",
  link_address_unexpected: "address_mismatch",
  link_addresses_swapped: "address_mismatch",
  link_no_answer: "no_answer",
  meter_not_authenticated: "meter_not_authentic",
  response_timeout: "no_answer",
  security_policy_not_met: "security_not_met",
  security_suite_mismatch: "security_not_met",
  system_title_unexpected: "meter_not_authentic",
  wrapper_version_unknown: "garbage",
};

/** Exception-response: 5 deciphering error, 6 invocation counter error. */
const causesOfServiceErrors: Readonly<Record<number, CauseCode>> = { 5: "wrong_key", 6: "counter_refused" };

/** Data-access-results and action-results, whose numbers agree. */
const causesOfResults: Readonly<Record<number, CauseCode>> = {
  1: "request_refused",
  2: "meter_busy",
  3: "access_refused",
  4: "object_missing",
  9: "object_missing",
  11: "object_missing",
  13: "access_refused",
};
