/** Commands as requests of a version: its service and its fields. */
import { udilError } from "../errors.ts";
import type { DeviceCreation, UdilCommand } from "../services/commands.ts";
import { communicationTypeOut, deviceTypeOut } from "../services/device-numbers.ts";
import type { ServiceName } from "../services/services.ts";
import { profilesOfCalendar, slabOfCalendar } from "../services/time-of-use.ts";
import type { PeerSwitches } from "../switches.ts";
import type { DateTimes } from "../values/datetime.ts";
import type { UdilVersion } from "../versions.ts";

export interface CommandRequest {
  readonly service: ServiceName;
  readonly fields: Readonly<Record<string, string>>;
}

/** @throws UdilError when the version has no words for the command */
export function requestOfCommand(
  command: UdilCommand,
  version: UdilVersion,
  dateTimes: DateTimes,
  switches: PeerSwitches,
): CommandRequest {
  const instant = (iso: string) => dateTimes.format(Date.parse(iso));
  const inexpressible = (reason: string) =>
    udilError("command_not_expressible", { command: command.name, version, reason });
  switch (command.name) {
    case "load_shedding_scheduling": {
      const { start_datetime, end_datetime, load_shedding_slabs } = command.parameters;
      const slabs = load_shedding_slabs.map(({ action_time, relay_operate }) => ({
        action_time: action_time.length === 5 ? `${action_time}:00` : action_time,
        relay_operate: String(relay_operate),
      }));
      const fields = { start_datetime: instant(start_datetime), end_datetime: instant(end_datetime) };
      return { service: command.name, fields: { ...fields, load_shedding_slabs: JSON.stringify(slabs) } };
    }
    case "update_time_of_use": {
      const activation = { activation_datetime: instant(command.parameters.activation_datetime) };
      if (version === "v1") {
        const slab = slabOfCalendar(command.parameters);
        if (slab === undefined) throw inexpressible("v1 knows one kind of day with two slabs of tariffs 1 and 2 only");
        return { service: "time_of_use_change", fields: { ...slab, ...activation } };
      }
      const profiles = profilesOfCalendar(command.parameters);
      if (profiles === undefined) throw inexpressible("the nth slab of a day must start tariff n, in ascending order");
      return { service: command.name, fields: { ...profiles, ...activation } };
    }
    case "device_creation":
      return { service: command.name, fields: creationFields(command.parameters, version) };
    case "meter_data_sampling": {
      const { activation_datetime, ...rest } = command.parameters;
      if (version === "v1" && rest.sampling_interval > 59 && switches.longSampling !== true) {
        throw inexpressible(`v1 takes intervals of 1 to 59 minutes, not ${rest.sampling_interval}`);
      }
      return { service: command.name, fields: { activation_datetime: instant(activation_datetime), ...texts(rest) } };
    }
    case "activate_meter_optical_port": {
      const { optical_port_on_datetime: on, optical_port_off_datetime: off } = command.parameters;
      const fields = { optical_port_on_datetime: instant(on), optical_port_off_datetime: instant(off) };
      return { service: command.name, fields };
    }
    case "on_demand_read": {
      const { type, start_datetime: start, end_datetime: end } = command.parameters;
      if (version !== "v1" && type === "VISL")
        throw inexpressible("v3 has no on-demand read of VISL; read the parameters");
      const fields = {
        type,
        start_datetime: start === undefined ? "" : instant(start),
        end_datetime: end === undefined ? "" : instant(end),
      };
      return { service: version === "v1" ? "on_demand_request" : "on_demand_data_read", fields };
    }
    default:
      return { service: command.name, fields: texts(command.parameters) };
  }
}

function creationFields(parameters: DeviceCreation, version: UdilVersion): Record<string, string> {
  const { device_identity, bidirectional_device, initial_communication_time, ...rest } = parameters;
  const later = {
    bidirectional_device: bidirectional_device ?? 0,
    initial_communication_time: initial_communication_time ?? "00:00:00",
  };
  return {
    device_identity: JSON.stringify(device_identity),
    ...texts({
      ...rest,
      communication_interval: rest.communication_interval ?? 0,
      device_type: deviceTypeOut(version, rest.device_type),
      communication_type: communicationTypeOut(version, rest.communication_type),
      ...(version === "v1" ? {} : later),
    }),
  };
}

function texts(parameters: object): Record<string, string> {
  const known = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [name, String(value)]));
}
