import type { Resource } from "../resource.ts";
import { amrTaskGroups } from "./amr-task-groups.ts";
import { amrTasks } from "./amr-tasks.ts";
import { memberships } from "./memberships.ts";
import { meterDeviceConfigs } from "./meter-device-configs.ts";
import { meterDeviceTypes } from "./meter-device-types.ts";
import { meterDevices } from "./meter-devices.ts";
import { meterReadingSeries } from "./meter-reading-series.ts";
import { meterSecurityKeys } from "./meter-security-keys.ts";
import { networkInterfaces } from "./network-interfaces.ts";
import { organizations } from "./organizations.ts";
import { simCards } from "./sim-cards.ts";
import { users } from "./users.ts";

/** Every resource of the registry. A new one is a file like its siblings, and a line here. */
export const resources: readonly Resource[] = [
  organizations,
  memberships,
  users,
  meterReadingSeries,
  meterDeviceConfigs,
  meterDeviceTypes,
  simCards,
  networkInterfaces,
  amrTasks,
  amrTaskGroups,
  meterDevices,
  meterSecurityKeys,
];
