/** The driver of `generic_corus_meter`: the client wakes the converter and signs on by itself, before whatever is asked. */
import { IFlagClient, type ParameterMap, parameterMapOf } from "@anymeter/i-flag";
import { type CompleteCorusSettings, iFlag } from "../../../registry/protocols/i-flag.ts";
import { type CallContext, conversationDriver } from "../conversation-driver.ts";
import type { Driver } from "../driver.ts";
import type { DriverServices } from "../driver-services.ts";
import { readDatabase, readDatabaseByOffset } from "./calls/read-database.ts";
import { readParameters } from "./calls/read-parameters.ts";
import { setTime } from "./calls/set-time.ts";
import { iFlagCauses } from "./causes.ts";

export type IFlagContext = CallContext<IFlagClient, CompleteCorusSettings>;

/** Makes the driver; one serves every session of the process. */
export function iFlagDriver(services: DriverServices): Driver {
  return conversationDriver<IFlagClient, CompleteCorusSettings>(
    {
      name: "i-flag",
      declaration: iFlag,
      client: ({ settings, timeoutMilliseconds }) =>
        new IFlagClient({
          wakeUp: settings.wake_up,
          wakeUpPatience: Math.min(usualWakeUpPatience, timeoutMilliseconds),
          answerPatience: timeoutMilliseconds,
          now: () => services.clock.now(),
        }),
      open: async ({ client, request }) => void (await request(client.signOn())),
      close: async ({ client, request }) => await request(client.signOff()),
      calls: {
        read_parameters: readParameters,
        read_database: readDatabase,
        read_database_by_date: readDatabase,
        read_database_by_offset_seconds: readDatabaseByOffset,
        set_time: setTime,
      },
      commands: { time_synchronization: setTime },
      causes: iFlagCauses,
    },
    services,
  );
}

/** The map the settings name, or the one the converter tells. */
export async function mapOf({ client, request, settings }: IFlagContext): Promise<ParameterMap> {
  return settings.parameter_map === undefined
    ? await request(client.readMap())
    : parameterMapOf(settings.parameter_map);
}

/** The protocol's own: three wake-ups, so long apart. */
const usualWakeUpPatience = 1500;
