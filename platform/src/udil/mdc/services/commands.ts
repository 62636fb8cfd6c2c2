/** Services that command: handed to the pipeline of commands, and answered for each device at once. */
import {
  apmsTypes,
  type DeviceAnswer,
  type ServiceName,
  services,
  type UdilCommand,
  type UdilRequest,
} from "@anymeter/udil";
import type { Kysely } from "kysely";
import { commandLimits, type NewCommand } from "../../../commands/new-command.ts";
import { PlatformError } from "../../../errors/platform-error.ts";
import type { CommandName } from "../../../registry/commands/index.ts";
import type { Database } from "../../../stores/relational/database.ts";
import { metersOf } from "../devices.ts";
import { mdcLimits } from "../limits.ts";
import type { MdcCommands } from "../mdc-commands.ts";
import { type MdcAnswer, whole } from "./answer.ts";
import { type Exchange, requesterOf, transactionIdOf } from "./exchange.ts";
import { messageAbout, unknownMeter } from "./remarks.ts";

export interface CommandServices {
  readonly db: Kysely<Database>;
  readonly commands: Pick<MdcCommands, "submit">;
}

/** What becomes of devices that were accepted, in the words of UDIL's examples. */
const taken: Partial<Readonly<Record<ServiceName, string>>> = {
  aux_relay_operations: "Relays of meters with indv_status 1 will be operated.",
  time_synchronization: "Time will be updated for requested meters according to system time.",
  sanctioned_load_control: "Limits for provided meters will be changed.",
  load_shedding_scheduling: "Load Shedding Schedule will be programmed in meters with indv_status 1.",
  time_of_use_change: "Tariff will be applied to all meters with indv_status 1.",
  update_time_of_use: "Tariff will be applied to all meters with indv_status 1.",
  device_creation: "Meters with indv_status 1 are created Successfully.",
  update_ip_port: "IP Addresses will be updated in all meters with indv_status 1.",
  meter_data_sampling: "Sampling interval in meters with indv_status 1 will be changed accordingly.",
  activate_meter_optical_port: "Optical Port will be activated for meters with indv_status 1.",
  update_wake_up_sim_number: "Wakeup numbers will be updated for meters with indv_status 1.",
  update_meter_status: "Meter Status has been updated for indv_status 1.",
  update_mdi_reset_date: "The MDI reset date will be updated in meters with indv_status 1.",
  parameterization_cancellation: "Parameters of meters with indv_status 1 will be cancelled.",
  on_demand_request: "MDC will send all data of meters with indv_status 1.",
};

/**
 * Takes a command for every device it can be done for.
 * @throws PlatformError `malformed_request` when the transaction id was used for something else
 */
export async function takeCommand(exchange: Exchange, context: CommandServices): Promise<MdcAnswer> {
  const { request } = exchange;
  const devices = await answeredDevices(exchange, context);
  return whole({
    kind: "command",
    status: 1,
    transactionId: transactionIdOf(request),
    devices,
    message: messageAbout(devices, taken[request.service] ?? "Meters with indv_status 1 were accepted."),
  });
}

async function answeredDevices(
  exchange: Exchange,
  { db, commands }: CommandServices,
): Promise<readonly DeviceAnswer[]> {
  const command = newCommand(exchange);
  if (command === undefined) return await refuseAll(exchange, db);
  const submitted = await submitOnce(commands, command, exchange);
  return submitted.devices.map(({ globalDeviceId = "", msn, accepted, remark }) => ({
    global_device_id: globalDeviceId,
    msn,
    indv_status: accepted ? 1 : 0,
    remarks: remark,
  }));
}

/** The same transaction again gets its first answer; another one under its id is no request at all (register, 49). */
export async function submitOnce(
  commands: Pick<MdcCommands, "submit">,
  command: NewCommand,
  { client, request }: Exchange,
) {
  try {
    return await commands.submit(command, requesterOf(client));
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    if (error.fields?.idempotency_key) throw tooLongTransactionId(error);
    if (error.code !== "idempotency_conflict") throw error;
    throw new PlatformError("malformed_request", {
      message: `The transactionid ${transactionIdOf(request)} was used for another request. Give each request its own.`,
      cause: error,
    });
  }
}

function tooLongTransactionId(cause: PlatformError): PlatformError {
  const most = commandLimits.idempotencyKeyCharacters;
  return new PlatformError("malformed_request", { message: `A transactionid has at most ${most} characters.`, cause });
}

/** @returns undefined when the service stands for no command of ours */
export function newCommand({ client, request }: Exchange): NewCommand | undefined {
  const { service, command, ids, identities } = request;
  const name = services[service].command satisfies CommandName | undefined;
  if (name === undefined || command === undefined) return undefined;
  const problem = "problem" in command ? command.problem : unfulfillable(client, command);
  const asSent = { ...shortened(request.fields), ...(identities && { device_identity: identities }) };
  return {
    command: name,
    parameters: "problem" in command ? asSent : { ...command.parameters },
    ...(name !== "device_creation" && { devices: ids.map((globalDeviceId) => ({ globalDeviceId })) }),
    idempotencyKey: transactionIdOf(request),
    ...(problem !== undefined && { problem }),
  };
}

/** What is refused is kept with what was sent, as far as people read it: each device tells of it. */
function shortened(fields: UdilRequest["fields"]): UdilRequest["fields"] {
  const most = mdcLimits.keptFieldCharacters;
  const cut = (text: string) => (text.length > most ? `${text.slice(0, most)}…` : text);
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, cut(text)]));
}

/** Why what UDIL allows is not done here. */
function unfulfillable(client: Exchange["client"], { name, parameters }: UdilCommand): string | undefined {
  if (name === "parameterization_cancellation" && apmsTypes.some((type) => type === parameters.type))
    return `${parameters.type} cannot be cancelled: ${withoutHome.apms_tripping_events}`;
  return tooLongSampling(client, parameters);
}

/** v1 says 1 to 59 minutes; more are used in practice, by clients that have the switch (register, 26). */
function tooLongSampling({ version, switches }: Exchange["client"], parameters: object): string | undefined {
  const { sampling_interval: interval = 0 } = parameters as { sampling_interval?: number };
  if (version !== "v1" || switches.long_sampling || interval <= 59) return undefined;
  return `sampling_interval is ${interval}; it must be a whole number from 1 to 59 minutes.`;
}

/** Services that nothing of ours stands behind are answered for each device, as every other refusal is. */
export async function refuseAll(
  { client, request }: Exchange,
  db: Kysely<Database>,
  reason = reasonOf(request),
): Promise<readonly DeviceAnswer[]> {
  const known = await metersOf(db, client, request.ids);
  return request.ids.map((id) => {
    const meter = known.get(id);
    return { global_device_id: id, msn: meter?.msn, indv_status: 0, remarks: meter ? reason : unknownMeter };
  });
}

/** What of UDIL no object of the standard holds, and why. */
const withoutHome = {
  apms_tripping_events: "The functions of an APMS are its maker's own, and no model here has them.",
  update_major_alarms:
    "Which alarms a meter reports at once is set by bits of its maker's own (0-0:97.98.10), which stand for no event codes.",
  update_device_metadata:
    "How a meter communicates is set in objects of its maker's own, which no model here names; staff registers how it is reached.",
} as const satisfies Partial<Record<ServiceName, string>>;

function reasonOf({ service }: UdilRequest): string {
  return withoutHome[service as keyof typeof withoutHome] ?? `${services[service].title} is not offered.`;
}
