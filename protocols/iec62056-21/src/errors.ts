/** What this package throws, by code. What every protocol shares (`no_answer`, `connection_lost` …) is in `@anymeter/sans-io`. */
import { type ErrorTable, errorsOf } from "@anymeter/sans-io";

export const iec62056Errors = {
  // messages
  message_checksum_wrong: {
    fault: "damaged",
    message: "The block check character of the {message} is {found}, not {expected}: ask for it again.",
  },
  message_invalid: { fault: "damaged", message: "The {message} is not usable: {reason}." },
  message_too_long: {
    fault: "damaged",
    message:
      "The {message} has more than {limit} bytes and no end: the peer does not speak this protocol, or bytes were lost.",
  },
  message_unexpected: { fault: "damaged", message: "{received} came where {expected} was due." },

  value_invalid: { fault: "caller", message: 'The {what} "{value}" cannot be sent: {reason}.' },

  // data
  data_set_invalid: { fault: "damaged", message: 'The data set "{text}" is not usable: {reason}.' },
  profile_invalid: { fault: "damaged", message: "{what} of the load profile is not usable: {reason}." },
  time_invalid: { fault: "damaged", message: '"{text}" is not a time: {reason}.' },

  // P1
  authentication_failed: {
    fault: "security",
    message:
      "The ciphered telegram does not open: the key or the authentication key differs from the meter's, or bytes were changed.",
  },
  key_invalid: { fault: "caller", message: "The {key} has {length} bytes; {expected} are required." },
  key_missing: {
    fault: "caller",
    message: "The P1 telegram is ciphered: set the key that the grid operator gives out.",
  },
  pushes_hdlc: {
    fault: "damaged",
    message: "The stream begins with 7E: the port speaks DLMS over HDLC. Read it with that protocol.",
  },

  // session
  access_locked: {
    fault: "refused",
    message:
      "The meter ends the dialogue as soon as programming mode is asked for: its interface is locked, by a switch or after wrong passwords. Wait, or have it unlocked.",
  },
  answer_unreadable: {
    fault: "damaged",
    message:
      "{count} bytes came {when}, and no message among them: check the speed and the characters (7E1) of the line, and that this is an IEC 62056-21 meter.",
  },
  break_received: {
    fault: "refused",
    message: "The meter ended the dialogue with a break (B0) instead of answering the {request}.",
  },
  dialogue_not_open: {
    fault: "caller",
    message: "Programming mode is not open: open it before {request}, and again after a break.",
  },
  meter_error: {
    fault: "refused",
    message: "The meter answers {answer} to the {request}. {advice}",
  },
  mode_not_offered: {
    fault: "refused",
    message: "The meter does not offer {wanted}; it offers {offered}.",
  },
  password_refused: {
    fault: "security",
    message:
      "The meter refuses the password: it answers {answer}. Check the password, and its level; meters lock after a few wrong ones.",
  },
  request_refused: {
    fault: "refused",
    message: "The meter answered the {request} with NAK {times} times: it does not know it, or does not allow it now.",
  },
} as const satisfies ErrorTable;

/** Makes (does not throw) the error of a code. */
export const iec62056Error = errorsOf(iec62056Errors);
export type Iec62056ErrorCode = keyof typeof iec62056Errors;
