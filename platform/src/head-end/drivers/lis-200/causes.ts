import type { CausesByCode } from "../failure-causes.ts";

/** Causes of errors of @anymeter/lis-200 that their fault alone does not tell. */
export const lis200Causes: CausesByCode = {
  address_invalid: "invalid_call",
  archive_range_invalid: "invalid_call",
  archive_too_long: "too_much_data",
  lock_stayed_closed: "authentication_failed",
  message_too_long: "too_much_data",

  // What the meter lacks.
  address_unknown: "object_missing",
  object_missing: "object_missing",
  instance_missing: "object_missing",
  attribute_unknown: "object_missing",
  attribute_missing: "object_missing",
  archive_missing: "object_missing",
  archive_position_missing: "object_missing",

  // What it does not let us do, although the code that was registered, if any, was right.
  read_not_authorized: "access_refused",
  write_not_authorized: "access_refused",
  function_locked: "access_refused",
  value_constant: "access_refused",
  input_not_allowed: "access_refused",

  // What it would not take.
  value_out_of_range: "request_refused",
  input_wrong: "request_refused",
  unit_unknown: "request_refused",
  source_not_allowed: "request_refused",
  encoder_mode_impossible: "request_refused",
  too_many_open_archives: "meter_busy",
};
