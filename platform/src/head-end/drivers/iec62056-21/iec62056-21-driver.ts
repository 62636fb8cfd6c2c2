/** The driver of `generic_iec6205621`: readouts, programming mode, and meters that send by themselves. */
import { ClientSession, type P1Keys } from "@anymeter/iec62056-21";
import { type CompleteIec62056Settings, iec62056 } from "../../../registry/protocols/iec62056-21.ts";
import { type CallContext, type ClientOptions, conversationDriver } from "../conversation-driver.ts";
import type { Driver } from "../driver.ts";
import type { DriverServices } from "../driver-services.ts";
import { onDemandRead } from "../on-demand-read.ts";
import { signOnOptions } from "../sign-on.ts";
import { readLoadProfile, readLoadProfileByOffset } from "./calls/read-load-profile.ts";
import { readReadout } from "./calls/read-readout.ts";
import { readRegisters } from "./calls/read-registers.ts";
import { setTime } from "./calls/set-time.ts";
import { iec62056Causes } from "./causes.ts";

export type Iec62056Context = CallContext<ClientSession, CompleteIec62056Settings>;

/** Makes the driver; one serves every session of the process. */
export function iec62056Driver(services: DriverServices): Driver {
  return conversationDriver<ClientSession, CompleteIec62056Settings>(
    {
      name: "iec62056-21",
      declaration: iec62056,
      client: clientOf,
      // Each call signs on as it needs; what is open at the end is closed, or the meter keeps it for a minute.
      close: async ({ client, request }) => await request(client.endDialogue()),
      calls: {
        read_readout: readReadout,
        read_registers: readRegisters,
        read_load_profile: readLoadProfile,
        read_load_profile_by_offset_seconds: readLoadProfileByOffset,
        set_time: setTime,
      },
      commands: { time_synchronization: setTime, on_demand_read: readOnDemand },
      causes: iec62056Causes,
    },
    services,
  );
}

const [readout, loadProfile] = [
  { handler: readReadout, takesRange: false },
  { handler: readLoadProfile, takesRange: true },
] as const;
/** Events are told by the status of the load profile's rows. */
const readOnDemand = onDemandRead({ INST: readout, VISL: readout, LPRO: loadProfile, EVNT: loadProfile });

function clientOf(options: ClientOptions<CompleteIec62056Settings>): ClientSession {
  const { settings, keys } = options;
  const { iec62056Password: password } = keys;
  return new ClientSession({
    ...signOnOptions(options),
    protocol: settings.protocol_character,
    protocolMode: settings.protocol_mode,
    password: password && Buffer.from(password).toString("latin1"),
    p1Keys: p1KeysOf(settings, keys),
  });
}

/** The keys that the grid operator gives out for a P1 port are those of DLMS: it is its ciphering. */
function p1KeysOf(
  { p1_authentication: authentication }: CompleteIec62056Settings,
  { guek, gak }: ClientOptions<CompleteIec62056Settings>["keys"],
): P1Keys | undefined {
  if (!guek) return undefined;
  return { key: guek, ...(gak && { authenticationKey: gak }), ...(authentication && { authentication }) };
}
