/** Why a command is refused for one device before anybody is called. */
import { type CommandName, commands } from "../registry/commands/index.ts";
import { dlms } from "../registry/protocols/dlms.ts";
import { reasonWithoutHome } from "../registry/protocols/dlms-profiles.ts";
import type { AddressedDevice } from "./addressed-devices.ts";
import { commandLimits } from "./new-command.ts";

export interface Refusal {
  readonly cause: RefusalCode;
  /** For people. */
  readonly remark: string;
}

export const refusals = {
  unknown_device: "No meter of this name is registered.",
  meter_inactive: "The meter is out of use (meter_activation_status 0): it takes no commands.",
  organization_inactive: "The organization is not active: its meters take no commands.",
  command_unsupported: "Meters of this protocol cannot be asked for the command.",
  no_disconnector: "The meter has no disconnector (has_disconnector is false).",
  too_many_waiting: `${commandLimits.waitingPerDevice} commands are waiting for the meter already.`,
  invalid_parameters: "The parameters are not valid.",
  identity_taken: "The global_device_id belongs to another meter.",
} as const;

export type RefusalCode = keyof typeof refusals;

/** @param commandsOf commands that meters of a protocol can be asked for; undefined = none */
export function refusalOf(
  command: CommandName,
  device: AddressedDevice,
  commandsOf: (protocol: string) => ReadonlySet<CommandName> | undefined,
): Refusal | undefined {
  const { meter } = device;
  const { carriedOutBy, interruptsSupply } = commands[command];
  if (!meter) return refused("unknown_device", remarkOnUnknown(device.globalDeviceId));
  if (!meter.active && command !== "update_meter_status") return refused("meter_inactive");
  // Takes the place of what waits.
  if (carriedOutBy === "platform") return undefined;
  // What a vendor's MDC and its meters can do, it says itself.
  if (meter.mdc === null) {
    if (!commandsOf(meter.protocol)?.has(command))
      return refused("command_unsupported", `Meters of protocol ${meter.protocol} cannot be asked for ${command}.`);
    if (interruptsSupply && !meter.hasDisconnector) return refused("no_disconnector");
    const reason = meter.protocol === dlms.protocol && reasonWithoutHome(meter.profile ?? undefined, command);
    if (reason) return refused("command_unsupported", reason);
  }
  if (meter.waiting >= commandLimits.waitingPerDevice) return refused("too_many_waiting");
  return undefined;
}

/** Longer than any id can be: what the caller sent is hardly what it meant. */
export function remarkOnUnknown(globalDeviceId = ""): string {
  const { length } = globalDeviceId;
  if (length <= longestGlobalDeviceId) return refusals.unknown_device;
  return `${refusals.unknown_device} A global_device_id has at most ${longestGlobalDeviceId} characters; this one has ${length}.`;
}

const longestGlobalDeviceId = 50;

export function refused(cause: RefusalCode, remark: string = refusals[cause]): Refusal {
  return { cause, remark };
}
