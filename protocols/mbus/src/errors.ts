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
  application_error: { fault: "refused", message: "The meter at {target} reports: {reason}." },
  meter_silent: {
    fault: "timeout",
    message:
      "No meter answers at {target} in {attempts} attempts. Check the address, the wiring, the baud and the gateway's latency.",
  },
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
} as const;

export const mbusError = errorsOf(mbusErrors);
