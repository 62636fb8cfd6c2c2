import { sql } from "kysely";
import Type from "typebox";
import { deviceSearch, deviceSearchParameter } from "../device-search.ts";
import {
  choice,
  computed,
  flag,
  hexadecimal,
  integer,
  reference,
  references,
  text,
  type ValueField,
} from "../fields.ts";
import { equals, refersTo } from "../filters.ts";
import { protocolDeclarations } from "../protocols/index.ts";
import { udilProtocol } from "../protocols/udil.ts";
import { everyOperation, type Resource, type ResourceHooks, type Row } from "../resource.ts";
import { settingsFields } from "../settings-fields.ts";

/** Unlike the contract's own fields, an empty text is none: nothing is empty in other systems. */
function textOrNull(options: Parameters<typeof text>[0]): ValueField {
  return { ...text(options), normalize: (value: string | null) => value?.trim() || null };
}

/** A meter of protocol `udil` is reached through its vendor's MDC alone: no driver, no task and no settings. */
const protocols = [...protocolDeclarations.map(({ protocol }) => protocol), udilProtocol];

const ratioHint = "Ex: 150/5 = 30";

/** Staged readings wait for a name, so others are told when a device gets a name or an organization. */
const hooks: ResourceHooks = {
  async alongside(after, before, { db }) {
    if (!before || before.organization === after.organization) return;
    await db
      .updateTable("meter_security_keys")
      .set({ organization: after.organization as string })
      .where("meter", "=", after.id as string)
      .execute();
  },
  async written(after, before, { db, changes }) {
    const sameName = before?.name === after.name && before?.organization === after.organization;
    if (sameName || after.organization === null) return;
    const device = await db
      .selectFrom("meter_devices")
      .select(["id", "number", "name", "organization"])
      .where("id", "=", after.id as string)
      .executeTakeFirst();
    if (device?.organization) await changes.tellDeviceNamed({ ...device, organization: device.organization });
  },
};

export const meterDevices: Resource = {
  name: "meter-devices",
  path: "/v1/metering/meter-devices",
  operationPrefix: "metering_meter-devices",
  tag: "Meter devices",
  singular: "meter device",
  plural: "meter devices",
  about: "A physical or logical meter: how to talk to it, and how to read what it says.",
  schema: "MeterDevice",
  table: "meter_devices",
  id: "uuid",
  operations: everyOperation,
  ownership: "optional",
  fields: {
    name: text({ most: 50, required: true, title: "Unique name or identification" }),
    external_system_reference: text({ most: 50, nullable: true, title: "External system reference" }),
    manufacturer_serial: text({ most: 50, nullable: true, title: "Serial number from manufacturer" }),
    protocol: choice(protocols, { required: true, title: "Communication protocol" }),
    iec62056_21_address: text({
      ...{ most: 8, nullable: true, title: "IEC62056-21 meter address" },
      description: "Only used for IEC62056-21 communication",
    }),
    dlms_logical_device_name: hexadecimal({
      ...{ most: 32, title: "DLMS Logical Device Name", description: "Only used for DLMS communication" },
    }),
    dlms_system_title: hexadecimal({
      ...{ most: 16, lengths: [16], title: "DLMS System Title", description: "Only used for DLMS communication" },
    }),
    type: reference("meter_device_types", { title: "Type" }),
    task_groups: references(
      "amr_task_groups",
      { table: "meter_device_task_groups", own: "meter_device", other: "amr_task_group" },
      { title: "AMR Task Groups", description: "Choose AMR Task Groups the meter device should be a part of." },
    ),
    meter_tasks: references(
      "amr_tasks",
      { table: "meter_device_tasks", own: "meter_device", other: "amr_task" },
      { title: "AMR Tasks", description: "Choose AMR Tasks that are just for this meter device." },
    ),
    network_interface: reference("network_interfaces", { title: "Network interface" }),
    network_interface_info: computed(
      Type.String({ description: "Host and port of the network interface, for people." }),
      sql`coalesce((select coalesce(nullif(n.fqdn, ''), n.static_ip_address, s.ip_address, 'no host')
                      || coalesce(':' || n.port, '')
           from network_interfaces n left join sim_cards s on s.id = n.sim
           where n.id = t.network_interface), '')`,
    ),
    has_current_transformer: flag({
      title: "Has current transformer",
      description: "Indicates if the meter has a current transformer in its measurement loop.",
    }),
    current_transformer_ratio: integer({
      title: "Current transformer ratio",
      description: `The ratio of the current transformer, ${ratioHint}`,
    }),
    has_voltage_transformer: flag({
      title: "Has voltage transformer",
      description: "Indicates if the meter has a voltage transformer in its measurement loop.",
    }),
    voltage_transformer_ratio: integer({
      title: "Voltage transformer ratio",
      description: `The ratio of the voltage transformer, ${ratioHint}`,
    }),
    has_disconnector: flag({
      title: "Has disconnector",
      description: "indicates if the meter device has a disconnector",
    }),
    disconnector_status: choice([0, 1, 2], {
      nullable: true,
      title: "Disconnector status",
      description: "COSEM control state: 0 disconnected, 1 connected, 2 ready for reconnection.",
    }),
    global_device_id: textOrNull({
      ...{ most: 50, nullable: true, title: "Global device id" },
      description:
        "The name that other systems have for the meter, UDIL's global_device_id (an extension of the contract).",
    }),
    msn: textOrNull({
      ...{ most: 20, nullable: true, pattern: "^[0-9]*$", title: "Meter serial number of UDIL" },
      description: "Digits (an extension of the contract).",
    }),
    meter_activation_status: choice([0, 1], {
      title: "Activation status",
      description: "1 in use; 0 out of use: it is not read and takes no commands (an extension of the contract).",
    }),
    udil_mdc: reference("udil_mdcs", {
      title: "Vendor's MDC",
      description:
        "Through which the meter is read and commanded; null = by ourselves. A meter that moves keeps its readings (an extension of the contract).",
    }),
    ...settingsFields(),
  },
  filters: {
    name: equals("name"),
    external_system_reference: equals("external_system_reference"),
    manufacturer_serial: equals("manufacturer_serial"),
    dlms_logical_device_name: equals("dlms_logical_device_name"),
    dlms_system_title: equals("dlms_system_title"),
    type: refersTo("type"),
    protocol: equals("protocol"),
    udil_mdc: refersTo("udil_mdc"),
    search: { schema: deviceSearchParameter, condition: (text) => deviceSearch("t", text as string) },
  },
  unique: [
    ["organization", "name"],
    ["organization", "global_device_id"],
    ["organization", "msn"],
  ],
  example: {
    organization: "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d11",
    name: "LGZ0000012345678",
    protocol: "dlms-cosem",
    dlms_system_title: "4C475A0000BC614E",
    task_groups: [],
    meter_tasks: [],
  } satisfies Row,
  hooks,
};
