/**
 * Everything this package throws, in one table; what the entries are is told in @anymeter/sans-io. A message says what is
 * wrong and, where somebody can do something about it, what.
 */
import { type ErrorDetails, type ErrorTable, ProtocolError } from "@anymeter/sans-io";

export const dlmsErrors = {
  // bytes and data
  apdu_tag_unknown: {
    fault: "damaged",
    message:
      "{tag} is not the tag of an APDU this package decodes. If the line is right, the peer speaks another protocol.",
  },
  apdu_too_long: { fault: "damaged", message: "The APDU has {length} bytes; the limit is {limit}." },
  apdu_trailing_bytes: { fault: "damaged", message: "{count} bytes follow the end of {what}." },
  apdu_truncated: { fault: "damaged", message: "The APDU ends before {what}." },
  bcd_invalid: { fault: "damaged", message: "The byte {byte} does not hold two decimal digits." },
  choice_unknown: { fault: "damaged", message: "{value} is not a known choice for {what}." },
  compact_array_description_invalid: {
    fault: "damaged",
    message: "The type description of a compact-array is not usable: {reason}.",
  },
  data_elements_exceeded: { fault: "damaged", message: "An array of {count} elements exceeds the limit of {limit}." },
  data_nesting_exceeded: { fault: "damaged", message: "Data is nested deeper than {limit} levels." },
  data_tag_unknown: { fault: "damaged", message: "{tag} is not the tag of a COSEM data type." },
  length_invalid: { fault: "damaged", message: "The length of {what} is not usable: {reason}." },
  value_not_encodable: { fault: "caller", message: "{what} cannot be encoded: {reason}." },

  // association control
  acse_field_invalid: { fault: "damaged", message: "The field {field} of the {apdu} is not usable: {reason}." },
  acse_field_missing: { fault: "damaged", message: "The {apdu} has no {field}." },

  // COSEM objects
  access_selection_invalid: {
    fault: "damaged",
    message: "The access selection with selector {selector} is not usable: {reason}.",
  },
  attribute_value_invalid: { fault: "damaged", message: "The value {place} is not usable: {reason}." },
  capture_object_invalid: { fault: "damaged", message: "Capture object {index} is not usable: {reason}." },
  clock_invalid: { fault: "damaged", message: "A clock's time is {found} instead of an octet-string of 12 bytes." },
  object_list_entry_invalid: { fault: "damaged", message: "Entry {index} of the object list is not usable: {reason}." },
  obis_invalid: {
    fault: "caller",
    message: '"{text}" is not an OBIS code. Write it like 1-0:1.8.0, 1-0:1.8.0*255 or 1.0.1.8.0.255.',
  },
  profile_row_invalid: { fault: "damaged", message: "Row {row} of the profile is not usable: {reason}." },
  scaler_unit_invalid: { fault: "damaged", message: "The scaler-unit is not usable: {reason}." },

  // framing
  hdlc_address_invalid: {
    fault: "caller",
    message:
      "{value} is not usable as {what}: {reason}. A client address has one byte, a server address one, two or four; check that the two are not swapped.",
  },
  hdlc_control_unknown: { fault: "damaged", message: "The control field {control} is none that DLMS uses." },
  hdlc_frame_invalid: { fault: "damaged", message: "The bytes are no HDLC frame: {reason}." },
  hdlc_frame_rejected: { fault: "damaged", message: "The peer rejected a frame (FRMR): {reason}. Connect again." },
  hdlc_llc_header_invalid: {
    fault: "damaged",
    message: "The information field opens with {found} where the LLC header {expected} belongs.",
  },
  hdlc_parameter_invalid: { fault: "damaged", message: "The negotiated {parameter} is not usable: {reason}." },
  hdlc_refused: {
    fault: "refused",
    message:
      "The server answers SNRM with DM: it is there but does not accept the connection. Check the server address, or wait until its former connection has ended.",
  },
  hdlc_sequence_invalid: {
    fault: "damaged",
    message: "The peer acknowledges frame {received}; only {expected} can be acknowledged.",
  },
  link_address_unexpected: {
    fault: "timeout",
    message:
      "No answer from {expected}, but frames came from {found}: check the client and server address in the settings.",
  },
  link_addresses_swapped: {
    fault: "caller",
    message:
      "The answer came from {source} to {destination}, with the roles reversed: the client and the server address are swapped in the settings.",
  },
  link_apdu_too_long: { fault: "damaged", message: "The APDU has {length} bytes or more; the limit is {limit}." },
  link_no_answer: { fault: "timeout", message: "No answer from {peer} after {attempts} attempts." },
  link_not_open: { fault: "caller", message: "The link is {state}: open it and wait for the event connected." },
  link_setting_invalid: { fault: "caller", message: "The setting {setting} is not usable: {reason}." },
  wrapper_version_unknown: {
    fault: "damaged",
    message:
      "The wrapper says version {version} instead of 1: the stream is out of step, or the peer speaks HDLC. Connect anew.",
  },

  // security
  authentication_challenge_invalid: { fault: "security", message: "The challenge {which} is not usable: {reason}." },
  authentication_proof_rejected: {
    fault: "security",
    message: "The peer's answer to the {mechanism} challenge is wrong: it does not hold the same secret or key.",
  },
  authentication_setting_missing: { fault: "caller", message: "The mechanism {mechanism} needs {what}." },
  authentication_tag_mismatch: {
    fault: "security",
    message:
      "The authentication tag does not match: the encryption key, the authentication key or the system title differs from the peer's, or the bytes were changed.",
  },
  ciphered_apdu_invalid: { fault: "damaged", message: "The ciphered APDU is not usable: {reason}." },
  compression_unsupported: {
    fault: "damaged",
    message: "The ciphered APDU is compressed (V.44), which is not supported: disable it in the meter.",
  },
  invocation_counter_exhausted: {
    fault: "security",
    message: "The invocation counter of the {key} key is used up: transfer a new key.",
  },
  invocation_counter_replayed: {
    fault: "security",
    message: "The invocation counter {received} was used before; {expected} or more is expected under the {key} key.",
  },
  key_invalid: { fault: "caller", message: "The {key} key has {length} bytes; {expected} are required." },
  key_missing: { fault: "caller", message: "The {key} key is needed and not set." },
  key_unwrap_failed: {
    fault: "security",
    message: "The wrapped key does not open: the key encryption key (master key) differs, or the bytes were changed.",
  },
  protection_form_unsupported: {
    fault: "caller",
    message: "An APDU of tag {tag} cannot be protected in the {form} form: use general-global or general-dedicated.",
  },
  security_policy_not_met: { fault: "security", message: "The APDU is {found}; the policy demands {demanded}." },
  security_suite_mismatch: {
    fault: "security",
    message: "The APDU is protected with suite {found}; the association uses suite {expected}.",
  },
  security_suite_unknown: { fault: "caller", message: "{suite} is not a security suite; known are 0, 1 and 2." },
  system_title_invalid: { fault: "caller", message: "The {which} system title has {length} bytes; 8 are required." },
  system_title_missing: {
    fault: "security",
    message:
      "The APDU carries no system title and none is known for the peer: set it, or take it from the association.",
  },
  system_title_unexpected: { fault: "security", message: "The APDU carries the system title {found}; {expected}." },

  // session
  association_not_allowed: {
    fault: "refused",
    message:
      "The meter allows no association now (exception-response: {reason}). A former one is probably still open: release or disconnect first, or wait for the meter's inactivity time.",
  },
  association_rejected: { fault: "refused", message: "The meter rejects the association: {reason}. {advice}" },
  association_request_refused: { fault: "refused", message: "The client's association request was refused: {reason}." },
  authentication_failed: { fault: "refused", message: "The meter refuses our authentication: {reason}. {advice}" },
  block_number_unexpected: { fault: "damaged", message: "Block {received} came where block {expected} was due." },
  blocks_too_long: { fault: "damaged", message: "The joined blocks exceed the limit of {limit} bytes." },
  conformance_missing: {
    fault: "refused",
    message: "The meter did not agree to {service}. Propose it, or use another client of the meter.",
  },
  connection_lost: { fault: "timeout", message: "The connection ended while the session was {state}." },
  general_block_transfer_stalled: {
    fault: "damaged",
    message: "General block transfer makes no progress after {rounds} rounds.",
  },
  invocation_counter_rejected: {
    fault: "security",
    message:
      "The meter refuses our invocation counter and expects {expected}. Go on from there only if it is not lower than ours.",
  },
  meter_not_authenticated: {
    fault: "security",
    message: "The meter did not prove that it holds the keys: {reason}. Whoever answers may not be the meter.",
  },
  request_queue_full: { fault: "caller", message: "{limit} requests are waiting already; take their answers first." },
  request_too_long: {
    fault: "caller",
    message: "The request has {length} bytes, the meter takes {limit}, and no block transfer for it was agreed.",
  },
  request_unservable: { fault: "damaged", message: "The request cannot be served: {reason}." },
  response_late: { fault: "damaged", message: "An answer to invocation {received} came, which nobody waits for." },
  response_timeout: { fault: "timeout", message: "No answer to the {waitedFor} in time." },
  response_unexpected: { fault: "damaged", message: "{received} came where {expected} was due." },
  result_count_mismatch: { fault: "damaged", message: "{received} results came for {expected} requests." },
  service_error: { fault: "refused", message: "The meter answers with a confirmed-service-error: {reason}." },
  service_refused: {
    fault: "refused",
    message: "The meter answers with an exception-response: {reason}. {advice}",
  },
  session_over: { fault: "caller", message: "The session is over ({state}); begin a new one." },
} as const satisfies ErrorTable;

export type DlmsErrorCode = keyof typeof dlmsErrors;

/** The one class of error that leaves this package. */
export class DlmsError extends ProtocolError<DlmsErrorCode> {
  override readonly name = "DlmsError";

  constructor(code: DlmsErrorCode, details: ErrorDetails<string>) {
    super(code, dlmsErrors[code], details);
  }
}

/** Makes (does not throw) the error of a code: `throw dlmsError("apdu_truncated", { what: "the tag", offset: 0 })`. */
export function dlmsError<Code extends DlmsErrorCode>(
  code: Code,
  details: ErrorDetails<(typeof dlmsErrors)[Code]["message"]>,
): DlmsError {
  return new DlmsError(code, details);
}
