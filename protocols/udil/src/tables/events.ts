/** EVENTS (section 3.1.5). */
import { bigint, consumption, datetime, int, key, recording, since32, type UdilField, varchar } from "./field.ts";

export const eventFields: readonly UdilField[] = [
  bigint("msn"),
  varchar("global_device_id", key),
  datetime("event_datetime", key),
  int("event_code", key),
  bigint("event_counter", since32),
  varchar("event_description"),
  ...recording,
  ...consumption,
];
