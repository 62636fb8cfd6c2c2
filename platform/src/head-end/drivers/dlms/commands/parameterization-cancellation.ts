/**
 * `parameterization_cancellation`: what a former command set is taken back, as far as meters know a state without it. A limit
 * and a schedule are put out of force; a calendar of the factory is nothing the standard keeps.
 */
import { activityCalendarValues, disconnectControlValues, longUnsigned } from "@anymeter/dlms-cosem";
import { commandOfCode, type ParameterCode } from "../../../../registry/commands/index.ts";
import type { CalendarHome, CommandHomes } from "../../../../registry/protocols/dlms-commands.ts";
import { commandHomes } from "../../../../registry/protocols/dlms-profiles.ts";
import { RunFailure } from "../../../causes.ts";
import type { CallContext } from "../call.ts";
import { type CarryOut, type Preparation, type Preparing, prepared } from "./carry-out.ts";
import { disableLimiter } from "./load-limit.ts";
import { disableRegisters } from "./load-limit-registers.ts";
import { emptySchedule } from "./load-shedding.ts";
import type { MeterObjects } from "./meter-objects.ts";
import { scriptTableClass } from "./relay-scripts.ts";
import { printable } from "./shown-settings.ts";

type Cancelling<Code extends ParameterCode> = Preparing<"parameterization_cancellation", HomeOf<Code>>;
type HomeOf<Code extends ParameterCode> = Exclude<CommandHomes[(typeof commandOfCode)[Code]], { readonly by: "none" }>;

const cancellations: { readonly [Code in ParameterCode]: (cancelling: Cancelling<Code>) => Promise<Preparation> } = {
  SANC: async ({ context, objects, home }) => ({
    ...(home.by === "limiter" ? await disableLimiter(objects, home) : await disableRegisters(context, objects, home)),
    account: async () => ({ remarks: await openRelayRemarks(context, objects) }),
  }),
  LSCH: async ({ context, objects, home }) => ({
    ...(await emptySchedule(objects, home)),
    account: async () => ({ remarks: await openRelayRemarks(context, objects) }),
  }),
  TIOU: async ({ objects, home }) => await restoreCalendar(objects, home),
};

export const cancelParameters: CarryOut<"parameterization_cancellation"> = prepared<
  "parameterization_cancellation",
  HomeOf<ParameterCode>
>(
  (homes, { type }) => homes[commandOfCode[type]],
  async (preparing) => await cancellations[preparing.parameters.type](preparing as never),
);

/** Nothing of the meter closes a relay any more that was opened by what is gone. */
async function openRelayRemarks({ dlms }: CallContext, objects: MeterObjects): Promise<readonly string[]> {
  const home = commandHomes(dlms.profile).aux_relay_operations;
  if (home.by !== "disconnect control") return [];
  const relay = { classId: 70, logicalName: home.object };
  const isClosed = await objects.valueIfThere(relay, 2, disconnectControlValues.outputState);
  return isClosed === false ? ["The supply is off, and stays off until it is switched on."] : [];
}

/** @throws RunFailure `command_unsupported` for a meter that keeps no calendar to go back to */
async function restoreCalendar(objects: MeterObjects, { object, factory }: CalendarHome): Promise<Preparation> {
  if (!factory) {
    throw new RunFailure(
      "command_unsupported",
      "The standard keeps no calendar of the factory: write the calendar that is to hold, with update_time_of_use.",
    );
  }
  const name = () => objects.value({ classId: 20, logicalName: object }, 2, activityCalendarValues.calendarName);
  const before = await name();
  let isRun = false;
  return {
    // What the factory's calendar is like is nowhere to be read: that the script was run is all there is to see.
    differences: async () => (isRun ? [] : ["The calendar of the factory was not called for yet."]),
    async send() {
      await objects.invoke({ classId: scriptTableClass, logicalName: factory.table }, 1, longUnsigned(factory.script));
      isRun = true;
    },
    async account() {
      const after = await name();
      const [now, then] = [printable(after), printable(before)];
      return {
        remarks: [
          `The calendar in force is called "${now}"${after === before ? ", as before" : `; before it was "${then}"`}.`,
        ],
        result: { calendar_name: now },
      };
    },
  };
}
