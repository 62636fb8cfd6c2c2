/** TRANSACTION_STATUS (section 3.5.2; 3.4.3 of v3): one row for each transaction and device. */
import { bigint, datetime, int, key, onlyV1, since32, text, type UdilField, varchar, varcharMax } from "./field.ts";

export const transactionStatusFields: readonly UdilField[] = [
  varcharMax("transactionid", key),
  text("msn", { ...onlyV1, kind: "digits" }),
  bigint("msn", since32),
  varcharMax("global_device_id", key),
  varcharMax("type"),
  varcharMax("type_parameters", onlyV1),
  datetime("command_receiving_datetime"),
  int("status_level"),
  datetime("status_1_datetime"),
  datetime("status_2_datetime"),
  datetime("status_3_datetime"),
  datetime("status_4_datetime"),
  datetime("status_5_datetime"),
  int("indv_status"),
  int("request_cancelled"),
  varchar("request_cancel_reason"),
  datetime("request_cancel_datetime"),
  text("response_data", since32),
];
