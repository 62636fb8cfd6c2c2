/** What other rooms need of this one. */
export type { Cancellation } from "./cancellation.ts";
export { type CommandDeviceRow, individualStatus } from "./command-rows.ts";
export { type Commands, type CommandsOptions, createCommands, type StatusQuestion } from "./commands.ts";
export {
  type CancelledDevice,
  type CommandPriority,
  commandLimits,
  type DeviceFilter,
  type NamedDevice,
  type NewCommand,
  type Requester,
  type SubmittedCommand,
  type SubmittedDevice,
} from "./new-command.ts";
export type { PeerCommand, PeerDevice, PeerStanding, PeerUpdate } from "./peers.ts";
