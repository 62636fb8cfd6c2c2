/** Which event a command makes that a meter carried out, and what its description tells (UDIL v3.3, section 3.1.5). */
import type { CommandName, CommandParameters, ParameterCode } from "../../../registry/commands/index.ts";

export interface CommandEvent {
  /** UDIL's. */
  readonly code: number;
  readonly detail?: string;
}

type EventOf<Name extends CommandName> = (parameters: CommandParameters<Name>) => CommandEvent;

const programmed =
  (code: number) =>
  (parameters: object): CommandEvent => ({ code, detail: JSON.stringify(parameters) });

const cancelled: Readonly<Record<ParameterCode, number>> = { SANC: 324, LSCH: 325, TIOU: 326 };

/** The relay and the clock tell their own: what becomes of them is not what was commanded. */
const events: { readonly [Name in CommandName]?: EventOf<Name> } = {
  sanctioned_load_control: programmed(303),
  load_shedding_scheduling: programmed(304),
  update_ip_port: programmed(305),
  update_time_of_use: ({ activation_datetime }) => ({ code: 306, detail: `from ${activation_datetime}` }),
  update_wake_up_sim_number: programmed(307),
  parameterization_cancellation: ({ type }) => ({ code: cancelled[type] }),
  update_mdi_reset_date: programmed(330),
  meter_data_sampling: ({ data_type }) => ({ code: 331, detail: data_type }),
  activate_meter_optical_port: programmed(332),
};

/**
 * undefined for a command that sets nothing, or tells its events itself. Every parameter that is set is a parameterization
 * (102), which v1's list calls all of them by.
 */
export function eventOfCommand(name: CommandName, parameters: object): CommandEvent | undefined {
  return (events[name] as ((parameters: object) => CommandEvent) | undefined)?.(parameters);
}

/** Of class 70, attribute 2. */
export function eventOfRelay(isClosed: boolean): CommandEvent {
  return { code: isClosed ? 202 : 203 };
}
