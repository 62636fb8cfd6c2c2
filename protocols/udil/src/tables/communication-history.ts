/** DEVICE_COMMUNICATION_HISTORY (section 3.1.7 of v3): one row for each contact, or for each packet of a meter always on. */
import { bigint, consumption, datetime, decimal, int, key, since32, text, type UdilField, varchar } from "./field.ts";

export const communicationHistoryFields: readonly UdilField[] = [
  bigint("msn", since32),
  varchar("global_device_id", { ...since32, ...key }),
  datetime("meter_datetime", since32),
  int("communication_status", since32),
  text("message_log", since32),
  decimal("longitude", "degrees", since32),
  decimal("latitude", "degrees", since32),
  int("bytes_sent", since32),
  int("bytes_received", since32),
  int("bytes_remaining", since32),
  varchar("sim_id", since32),
  int("connection_duration", { ...since32, unit: "s" }),
  // Of the key, because a contact that failed has no time of the meter.
  datetime("mdc_read_datetime", { ...since32, ...key }),
  datetime("db_datetime", since32),
  ...consumption,
];
