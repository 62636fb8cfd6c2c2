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
} as const;

export const mbusError = errorsOf(mbusErrors);
