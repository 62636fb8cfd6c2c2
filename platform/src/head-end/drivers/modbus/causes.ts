import type { CausesByCode } from "../failure-causes.ts";

/** Causes of Modbus errors that their fault alone does not tell. */
export const modbusCauses: CausesByCode = {
  acknowledged: "meter_busy",
  device_busy: "meter_busy",
  frame_length_invalid: "garbage",
  framing_is_rtu: "garbage",
  framing_is_tcp: "garbage",
  gateway_path_unavailable: "no_answer",
  gateway_target_silent: "no_answer",
  illegal_data_address: "object_missing",
  illegal_function: "object_missing",
  model_missing: "object_missing",
  protocol_identifier_invalid: "garbage",
  series_unknown: "invalid_call",
  value_not_encodable: "invalid_call",
};
