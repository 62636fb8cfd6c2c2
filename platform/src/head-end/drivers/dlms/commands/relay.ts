/** `aux_relay_operations`: the disconnect control (class 70), as far as its control mode lets the remote side go. */

import { controlStates, disconnectControlValues, integer, scheduleValues } from "@anymeter/dlms-cosem";
import { commandHomes } from "../../../../registry/protocols/dlms-profiles.ts";
import { RunFailure } from "../../../causes.ts";
import { eventOfRelay } from "../../derived-events/command-events.ts";
import { type Prepare, type Preparing, verified } from "./carry-out.ts";
import { controlModeOf } from "./control-modes.ts";
import { describeSwitching, switchingOf } from "./load-shedding.ts";
import { type MeterObject, type MeterObjects, objectName } from "./meter-objects.ts";
import { relaySelectors } from "./relay-scripts.ts";
import type { ShowSetting } from "./shown-settings.ts";

const prepare: Prepare<"aux_relay_operations"> = async (preparing) => {
  const { objects, parameters, home, context } = preparing;
  // An earlier attempt may have moved it.
  const sentBefore = context.call.command?.sentBefore === true;
  const relay = { classId: 70, logicalName: home.object };
  const connect = parameters.relay_operate === 1;
  let shown = await look(objects, relay);
  const before = shown.output;
  const mode = await objects.valueIfThere(relay, 4, disconnectControlValues.controlMode);
  const rules = mode === undefined ? undefined : controlModeOf(mode);
  if (rules?.remote === "nothing") {
    throw new RunFailure("command_unsupported", `The ${objectName(relay)} is in control mode 0: always connected.`);
  }
  // Of a relay that does not tell its mode its state tells enough.
  const waitsForButton = rules?.remote !== "connects";
  return {
    takesTime: true,
    async differences() {
      shown = await look(objects, relay);
      const { output, state } = shown;
      const connected = state === controlStates.connected;
      if (output !== connected) {
        const position = output ? "closed" : "open";
        return [
          `The ${objectName(relay)} contradicts itself: its control state is ${nameOf(state)}, its output ${position}.`,
        ];
      }
      const done = connect ? output || (waitsForButton && state === controlStates.readyForReconnection) : !output;
      return done ? [] : [`The ${objectName(relay)} shows that it is ${nameOf(state)}.`];
    },
    send: () => objects.invoke(relay, connect ? 2 : 1, integer(0)),
    async account() {
      const { output, state } = shown;
      const remarks = [
        ...(connect && !output
          ? ["The relay is ready: somebody at the meter must press its button to reconnect."]
          : []),
        ...(!connect && state === controlStates.readyForReconnection
          ? ["Somebody at the meter can reconnect by its button."]
          : []),
        ...(await scheduleRemark(preparing)),
      ];
      const hasMoved = output !== before || sentBefore;
      return {
        ...{ remarks, result: { output_state: output, control_state: state } },
        event: hasMoved ? eventOfRelay(output) : undefined,
      };
    },
  };
};

interface ShownRelay {
  readonly output: boolean;
  readonly state: number;
}

async function look(objects: MeterObjects, relay: MeterObject): Promise<ShownRelay> {
  const { outputState, controlState } = disconnectControlValues;
  return await objects.values<ShownRelay>(relay, { output: [2, outputState], state: [3, controlState] });
}

/** A schedule that is in force goes on switching, whatever was commanded. */
async function scheduleRemark({
  context,
  objects,
  clock,
}: Preparing<"aux_relay_operations", unknown>): Promise<readonly string[]> {
  const home = commandHomes(context.dlms.profile).load_shedding_scheduling;
  if (home.by !== "schedule") return [];
  const entries = await objects.valueIfThere({ classId: 10, logicalName: home.object }, 2, scheduleValues.entries);
  if (!entries || entries.length === 0) return [];
  const scripts = await relaySelectors(objects, home.scripts).catch(() => undefined);
  const switching = scripts && switchingOf(entries, scripts, clock);
  return switching && switching.length > 0
    ? [`A load-shedding schedule is in force, by which the meter will undo this: ${describeSwitching(switching)}.`]
    : [];
}

export const operateRelay = verified("aux_relay_operations", prepare);

const stateNames: Readonly<Record<number, string>> = {
  [controlStates.disconnected]: "disconnected",
  [controlStates.connected]: "connected",
  [controlStates.readyForReconnection]: "ready for reconnection",
};

function nameOf(state: number): string {
  return stateNames[state] ?? `number ${state}`;
}

/** `auxr`: whether the relay is closed. */
export const showRelay: ShowSetting = async ({ objects, homes: { aux_relay_operations: home } }) => {
  if (home.by !== "disconnect control") return undefined;
  const relay = { classId: 70, logicalName: home.object };
  const connected = await objects.valueIfThere(relay, 2, disconnectControlValues.outputState);
  return connected === undefined ? undefined : { auxr_status: connected ? 1 : 0 };
};
