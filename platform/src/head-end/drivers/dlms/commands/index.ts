/** How each command that a meter can carry out is carried out by a DLMS meter. */
import type { CommandName } from "../../../../registry/commands/index.ts";
import { RunFailure } from "../../../causes.ts";
import type { CommandToCarryOut } from "../../driver.ts";
import type { CallContext, StartedCall } from "../call.ts";
import { changeBillingReset } from "./billing-reset.ts";
import type { CarryOut } from "./carry-out.ts";
import { synchroniseClock } from "./clock.ts";
import { changeSampling } from "./data-sampling.ts";
import { changeDestinations } from "./destinations.ts";
import { limitLoad } from "./load-limit.ts";
import { scheduleLoadShedding } from "./load-shedding.ts";
import { readOnDemand } from "./on-demand-read.ts";
import { openOpticalPort } from "./optical-port.ts";
import { cancelParameters } from "./parameterization-cancellation.ts";
import { operateRelay } from "./relay.ts";
import { changeTimeOfUse } from "./time-of-use.ts";
import { changeWakeUpNumbers } from "./wake-up-numbers.ts";

const table: { readonly [Name in CommandName]?: CarryOut<Name> } = {
  aux_relay_operations: operateRelay,
  time_synchronization: synchroniseClock,
  sanctioned_load_control: limitLoad,
  load_shedding_scheduling: scheduleLoadShedding,
  update_time_of_use: changeTimeOfUse,
  update_ip_port: changeDestinations,
  meter_data_sampling: changeSampling,
  activate_meter_optical_port: openOpticalPort,
  update_wake_up_sim_number: changeWakeUpNumbers,
  update_mdi_reset_date: changeBillingReset,
  parameterization_cancellation: cancelParameters,
  on_demand_read: readOnDemand,
};

/** Commands a DLMS meter may be asked for; whether its model has a home for one is told when it is asked. */
export const dlmsCommands: ReadonlySet<CommandName> = new Set(Object.keys(table) as CommandName[]);

/** @throws RunFailure `command_unsupported`, `command_refused`, `command_not_verified`, `command_cancelled` or of the line */
export async function carryOut(context: CallContext, command: CommandToCarryOut): Promise<StartedCall> {
  const carry = table[command.name] as CarryOut | undefined;
  if (!carry) throw new RunFailure("command_unsupported", `No DLMS meter is asked for ${command.name}.`);
  return await carry(context, command);
}
