import type { CausesByCode } from "../failure-causes.ts";

/** Causes of the library's errors that their fault alone does not tell. */
export const iec62056Causes: CausesByCode = {
  access_locked: "meter_busy",
  answer_unreadable: "garbage",
  authentication_failed: "wrong_key",
  key_missing: "key_missing",
  message_too_long: "too_much_data",
  mode_not_offered: "settings_invalid",
  pushes_hdlc: "settings_invalid",
};
