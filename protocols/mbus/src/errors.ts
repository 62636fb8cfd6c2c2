/** Everything this package throws or reports; a message says what is wrong and, where somebody can act, what to do. */
import { errorsOf } from "@anymeter/sans-io";

export const mbusErrors = {
  // frames
  frame_checksum_wrong: {
    fault: "damaged",
    message: "The checksum of the frame is {found} where its bytes give {expected}. Read again.",
  },
  frame_incomplete: {
    fault: "damaged",
    message: "The frame announces {expected} bytes, but the line fell silent after {found}. Read again.",
  },
  frame_lengths_differ: {
    fault: "damaged",
    message: "The two length bytes of the frame are {first} and {second}; they must be the same.",
  },
  frame_length_invalid: {
    fault: "damaged",
    message: "The frame announces {length} bytes; a frame with a CI field has {smallest} to {largest}.",
  },
  frame_start_unknown: {
    fault: "damaged",
    message: "{found} begins no frame (E5, 10 and 68 do): noise, or two meters that answered at once.",
  },
  frame_stop_missing: { fault: "damaged", message: "The frame ends in {found} instead of the stop byte 16." },

  // link and addresses
  baud_unknown: { fault: "caller", message: "{baud} baud is no rate of M-Bus; known are {known}." },
  primary_address_invalid: { fault: "caller", message: "{address} is no primary address; a meter has 0 to 250." },
  secondary_address_invalid: {
    fault: "caller",
    message: "The {part} {value} of a secondary address must be {allowed}.",
  },

  // sessions
  address_change_unconfirmed: {
    fault: "timeout",
    message:
      "The meter acknowledged the primary address {address}, but does not answer there. Search the bus for where it is.",
  },
  address_taken: {
    fault: "refused",
    message: "Another meter answers at the primary address {address} already; choose a free one.",
  },
  answer_foreign: {
    fault: "damaged",
    message:
      "Instead of {target} the meter at the primary address {address} answered. Look for late answers: allow the gateway more latency.",
  },
  answer_garbled: {
    fault: "damaged",
    message:
      "What came from {target} is no frame but {bytes}: noise, a wrong baud, or two meters with one address. Check the line, search the bus.",
  },
  application_busy: { fault: "refused", message: "The meter at {target} is busy: {reason}." },
  application_error: { fault: "refused", message: "The meter at {target} reports: {reason}." },
  meter_silent: {
    fault: "timeout",
    message:
      "No meter answers at {target} in {attempts} attempts. Check the address, the wiring, the baud and the gateway's latency.",
  },
  readouts_limited: { fault: "refused", message: "The meter at {target} is read too often: {reason}." },
  request_refused: { fault: "refused", message: "The meter at {target} does not take the frame (NACK)." },
  selected_meter_silent: {
    fault: "timeout",
    message:
      "The meter at {target} took the selection and then sent nothing in {attempts} attempts. Restart the gateway if it repeats.",
  },
  selection_unanswered: {
    fault: "timeout",
    message:
      "No meter of the bus has {target}: none took the selection in {attempts} attempts. Search the bus for what answers.",
  },

  // records
  dif_reserved: { fault: "damaged", message: "The DIF {dif} is reserved; what follows cannot be told apart." },
  plain_text_invalid: {
    fault: "damaged",
    message: "No length byte and printable text stand where the plain text unit of a record belongs.",
  },
  record_undecodable: { fault: "damaged", message: "The record {bytes} ({record}) has no usable value: {reason}." },
  variable_length_reserved: {
    fault: "damaged",
    message: "The length byte {lvar} of variable data is reserved; what follows cannot be told apart.",
  },

  // telegrams
  compact_format_unknown: {
    fault: "damaged",
    message:
      "The compact frame has the format {signature}, which no telegram before has shown. Wait for a full telegram of this meter.",
  },
  compact_frame_wrong: {
    fault: "damaged",
    message: "The compact frame does not fit the format {signature}: {reason}. Wait for the next full telegram.",
  },
  format_frame_wrong: {
    fault: "damaged",
    message: "The format frame's signature is not the check sequence of its DIF and VIF. Wait for the next one.",
  },
  control_information_unknown: { fault: "damaged", message: "The CI field {field} is not known: {reason}." },

  // security
  authentication_layer_invalid: {
    fault: "damaged",
    message: "The authentication layer says it has {length} bytes, its fields have {expected}.",
  },
  cipher_too_long: {
    fault: "caller",
    message: "{length} bytes of data are too many to encipher; the limit is {limit}.",
  },
  cipher_truncated: {
    fault: "damaged",
    message: "{expected} bytes are said to be enciphered, but only {found} follow the header.",
  },
  fragment_unsupported: {
    fault: "damaged",
    message:
      "The telegram is fragment {fragment} of a longer message. Fragments are not joined: let the meter send shorter messages, " +
      "or wait for one that is whole.",
  },
  key_invalid: { fault: "caller", message: "The key has {length} bytes instead of 16." },
  key_missing: { fault: "security", message: "The telegram is enciphered ({mode}); give the meter's key." },
  key_wrong: {
    fault: "security",
    message: "The key does not fit: the deciphered bytes lack the {check}. Check the key of this meter.",
  },
  mac_wrong: {
    fault: "security",
    message:
      "The message authentication code is wrong: another key, or the telegram was changed. Check the meter's key.",
  },
  message_counter_missing: {
    fault: "security",
    message: "The key is derived from a message counter, which this telegram does not have.",
  },
  meter_address_missing: {
    fault: "security",
    message: "The cipher needs the meter's address, which a short header does not have. Give that of the link layer.",
  },
  security_mode_unsupported: {
    fault: "security",
    message: "The telegram is enciphered by {mode}, which is not supported.",
  },
  session_check_wrong: {
    fault: "damaged",
    message: "The check sequence of the extended link layer is wrong. Wait for the next telegram.",
  },

  // wireless
  wireless_check_wrong: {
    fault: "damaged",
    message: "The check sequence {found} of block {block} of the wireless frame is wrong. Wait for the next one.",
  },
  wireless_length_wrong: {
    fault: "damaged",
    message:
      "The wireless frame announces {announced} bytes behind its first; {found} bytes in all are none of its formats.",
  },
} as const;

export const mbusError = errorsOf(mbusErrors);
