import type { CausesByCode } from "../failure-causes.ts";

/** Causes of errors of @anymeter/i-flag that their fault alone does not tell. */
export const iFlagCauses: CausesByCode = {
  parameter_unknown: "object_missing",
  database_unknown: "invalid_call",
  date_invalid: "invalid_call",
  database_too_long: "too_much_data",

  // Another protocol, or another speed, on this port.
  answer_unexpected: "garbage",
  identification_invalid: "garbage",
  junk_too_long: "garbage",

  // The word PASS is no secret: who refuses it is in the middle of another session.
  password_refused: "meter_busy",

  // No setting helps: the records are of a firmware that the tables do not know.
  layout_unknown: "invalid_answer",
};
