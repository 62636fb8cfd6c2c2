/**
 * The driver of `generic_mbus`: reads one meter of a bus behind a TCP gateway. Several meters share the gateway's network
 * interface, whose block lets their sessions follow each other; each opens the gateway anew, because many gateways put the
 * bus in order when a connection begins.
 */
import { MbusClient, silentProbeMilliseconds } from "@anymeter/mbus";
import { type CompleteMbusSettings, type MbusCall, mbus } from "../../../registry/protocols/mbus.ts";
import { type CallContext, type CallHandler, conversationDriver } from "../conversation-driver.ts";
import type { Driver } from "../driver.ts";
import type { DriverServices } from "../driver-services.ts";
import { readAlarm } from "./calls/read-alarm.ts";
import { readMeter } from "./calls/read-meter.ts";
import { readRecords } from "./calls/read-records.ts";
import { reset } from "./calls/reset.ts";
import { search } from "./calls/search.ts";
import { setPrimaryAddress } from "./calls/set-primary-address.ts";
import { mbusCauses } from "./causes.ts";

export type MbusContext = CallContext<MbusClient, CompleteMbusSettings>;

const calls: Readonly<Record<MbusCall, CallHandler<MbusClient, CompleteMbusSettings>>> = {
  read_meter: readMeter,
  read_records: readRecords,
  read_alarm: readAlarm,
  search,
  set_primary_address: setPrimaryAddress,
  reset,
};

/** Makes the driver; one serves every session of the process. */
export const mbusDriver = (services: DriverServices): Driver =>
  conversationDriver<MbusClient, CompleteMbusSettings>(
    {
      name: "mbus",
      declaration: mbus,
      client: ({ settings }) => {
        const line = { baud: settings.baud, latency: settings.gateway_latency_seconds * 1000 };
        // A search must end before the session's time does, so that what it found is told.
        const searchMilliseconds = services.limits.session.totalMilliseconds * searchShare;
        return new MbusClient({
          ...line,
          retries: settings.retries,
          telegramLimit: settings.telegram_limit,
          probeLimit: Math.max(1, Math.floor(searchMilliseconds / silentProbeMilliseconds(line))),
        });
      },
      calls,
      causes: mbusCauses,
    },
    services,
  );

const searchShare = 0.8;
