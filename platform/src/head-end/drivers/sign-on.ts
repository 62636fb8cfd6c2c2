/** How a meter is signed on to that speaks as IEC 62056-21 has it: options of the clients of IEC 62056-21 and LIS-200. */
import type { CompleteIec62056Settings } from "../../registry/protocols/iec62056-21.ts";
import type { signOnSettings } from "../../registry/protocols/sign-on.ts";
import type { ClientOptions } from "./conversation-driver.ts";

type SignOnSettings = Pick<CompleteIec62056Settings, keyof typeof signOnSettings>;

export function signOnOptions({ device, settings, timeoutMilliseconds }: ClientOptions<SignOnSettings>) {
  return {
    address: device.iec62056Address ?? undefined,
    wakeUp: settings.wake_up ? { count: settings.wake_up_nuls, pause: settings.wake_up_pause_milliseconds } : undefined,
    baudCharacter: settings.baud_character,
    parity: settings.parity,
    answerTimeout: timeoutMilliseconds,
  };
}
