/** `meter_data_sampling`: the capture period of a profile (class 7). What the profile holds is read before: it is emptied. */

import { doubleLongUnsigned, formatObis } from "@anymeter/dlms-cosem";
import type { CommandParameters } from "../../../../registry/commands/index.ts";
import { profilesBehind } from "../../../../registry/protocols/dlms-commands.ts";
import { commandHomes } from "../../../../registry/protocols/dlms-profiles.ts";
import { RunFailure } from "../../../causes.ts";
import { privateCall } from "../../private-call.ts";
import type { CallContext } from "../call.ts";
import { readProfile } from "../calls/read-profile.ts";
import { readLayout } from "../profile-layout.ts";
import { type Prepare, verified } from "./carry-out.ts";
import { isNumber } from "./exact-numbers.ts";
import { asData } from "./meter-objects.ts";
import { findProfiles } from "./profiles.ts";
import { numberIn, type ShowSetting } from "./shown-settings.ts";

const prepare: Prepare<"meter_data_sampling"> = async ({ context, objects, clock, parameters }) => {
  const { data_type: kind, sampling_interval: minutes } = parameters;
  refuseWhatHasNoHome(parameters, clock.instantOf(parameters.activation_datetime), clock.now());
  const [logicalName] = await findProfiles(
    context,
    profilesBehind(kind, commandHomes(context.dlms.profile).on_demand_read),
  );
  if (logicalName === undefined) {
    throw new RunFailure("command_unsupported", `The meter has no profile behind ${kind} whose period could be set.`);
  }
  const profile = { classId: 7, logicalName };
  const wanted = BigInt(minutes * 60);
  const read = () => objects.value(profile, 4, asData);
  const former = await read();
  const isSo = isNumber(former, wanted);
  const remarks = isSo ? ["The period was so already: nothing was written."] : await keepRows(context, logicalName);
  return {
    async differences() {
      const shown = await read();
      return isNumber(shown, wanted) ? [] : [`${formatObis(logicalName)} shows a period of ${String(shown.value)} s.`];
    },
    async send() {
      // Meters empty a profile whatever period is written.
      if (!isSo) await objects.write(profile, 4, doubleLongUnsigned(minutes * 60));
    },
    async account() {
      const layout = await readLayout(context.session, logicalName);
      await context.profiles.learnLayout(context.device.id, formatObis(logicalName), layout, context.clock.now());
      return {
        remarks,
        result: { profile: formatObis(logicalName), capture_period: minutes * 60, former_capture_period: former.value },
      };
    },
  };
};

export const changeSampling = verified("meter_data_sampling", prepare);

/** The standard has a period, no more. */
function refuseWhatHasNoHome(
  { sampling_initial_time: minute, sampling_interval: interval }: CommandParameters<"meter_data_sampling">,
  activation: number,
  now: number,
): void {
  if (activation > now + atOnceMilliseconds) {
    throw new RunFailure(
      "command_unsupported",
      "The capture period of a profile takes effect at once: the standard has no time of activation for it. Give the command when it is due.",
    );
  }
  // Captures begin at full multiples of the period: any other minute has no place.
  if (minute % interval !== 0) {
    throw new RunFailure(
      "command_unsupported",
      `Captures begin at full multiples of ${interval} minutes: minute ${minute} of the hour has no place in the standard's profile.`,
    );
  }
}

/** Reads and stores what the meter keeps. @returns remarks */
async function keepRows(context: CallContext, logicalName: string): Promise<readonly string[]> {
  const call = privateCall(context.call, { obis: formatObis(logicalName) });
  try {
    const { outcome } = await readProfile({ ...context, call });
    const { rowsRead = 0, readingsStored = 0 } = await outcome;
    return [
      `Before, ${rowsRead} rows of ${formatObis(logicalName)} were read and ${readingsStored} readings of them stored.`,
    ];
  } catch (error) {
    // A meter none of whose columns are kept has nothing to lose.
    if (error instanceof RunFailure && error.code === "invalid_call") return [error.detail ?? error.message];
    throw error;
  }
}

/** What is due within so short a time is due now. */
const atOnceMilliseconds = 60_000;

/** `mdsm`: how often a row of the load profile is kept. */
export const showSampling: ShowSetting = async ({ objects, homes: { on_demand_read: home } }) => {
  const [logicalName] = profilesBehind("LPRO", home);
  const period = logicalName && (await objects.valueIfThere({ classId: 7, logicalName }, 4, asData));
  const seconds = period ? numberIn(period) : undefined;
  if (!seconds) return undefined;
  return { mdsm_data_type: "LPRO", mdsm_sampling_interval: Math.round(seconds / 60), mdsm_sampling_initial_time: 0 };
};
