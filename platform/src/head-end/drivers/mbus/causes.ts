import type { CausesByCode } from "../failure-causes.ts";

/** Causes of errors of @anymeter/mbus that their fault alone does not tell. */
export const mbusCauses: CausesByCode = {
  address_taken: "invalid_call",
  answer_foreign: "bus_disturbed",
  answer_garbled: "bus_disturbed",
  application_busy: "meter_busy",
  key_missing: "key_missing",
  key_wrong: "wrong_key",
  mac_wrong: "wrong_key",
  readouts_limited: "readout_too_early",
  security_mode_unsupported: "invalid_answer",
  selection_unanswered: "secondary_address_missing",
};
