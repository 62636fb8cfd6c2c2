/** Every setting of a meter that UDIL has columns for, as METER_VISUALS shows them. */
import type { UdilRow } from "@anymeter/udil";
import { commandHomes } from "../../../../registry/protocols/dlms-profiles.ts";
import type { CallContext } from "../call.ts";
import { showBillingReset } from "./billing-reset.ts";
import { showClock } from "./clock.ts";
import { showSampling } from "./data-sampling.ts";
import { showDestinations } from "./destinations.ts";
import { showLoadLimit } from "./load-limit.ts";
import { showLoadShedding } from "./load-shedding.ts";
import { MeterObjects } from "./meter-objects.ts";
import { showOpticalPort } from "./optical-port.ts";
import { showRelay } from "./relay.ts";
import type { ShownFields, ShowSetting } from "./shown-settings.ts";
import { showTimeOfUse } from "./time-of-use.ts";
import { showWakeUpNumbers } from "./wake-up-numbers.ts";

/** By UDIL's codes of parameters, which stand in front of the time of the reading; the billing reset has none. */
const settings: Readonly<Record<string, ShowSetting>> = {
  auxr: showRelay,
  dvtm: showClock,
  sanc: showLoadLimit,
  lsch: showLoadShedding,
  tiou: showTimeOfUse,
  ippo: showDestinations,
  mdsm: showSampling,
  oppo: showOpticalPort,
  wsim: showWakeUpNumbers,
};

/** What the meter does not have, or does not show, is left out. */
export async function settingsInForce(context: CallContext): Promise<UdilRow> {
  const homes = commandHomes(context.dlms.profile);
  const objects = new MeterObjects(context.session);
  const found: ShownFields = { ...(await showBillingReset({ context, objects, homes })) };
  for (const [code, show] of Object.entries(settings)) {
    const fields = await show({ context, objects, homes });
    if (fields) Object.assign(found, fields, { [`${code}_datetime`]: context.clock.now() });
  }
  return found;
}
