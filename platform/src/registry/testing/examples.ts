import type { Row } from "../resource.ts";
import type { RegistryFixture } from "./registry-fixture.ts";

/** Bodies that create one object of each resource, in an order in which what they refer to is there already. */
export type ExampleBodies = Readonly<Record<string, (made: Readonly<Record<string, Row>>) => Row>>;

const organization = (made: Readonly<Record<string, Row>>) => ({ organization: made.organizations!.id });

/** `suffix` keeps names apart that are unique over all organizations. */
export function exampleBodies(suffix = ""): ExampleBodies {
  return {
    organizations: () => ({ name: `Northern Grid${suffix}` }),
    users: () => ({
      username: `reader${suffix.replaceAll(" ", "-")}`,
      password: "correct horse battery staple",
      email: "reader@example.com",
    }),
    memberships: (made) => ({ ...organization(made), user: made.users!.id }),
    "meter-reading-series": (made) => ({ ...organization(made), name: "1-0:1.8.0", unit: "Wh", si_multiplier: "3600" }),
    "meter-device-configs": (made) => ({
      ...organization(made),
      name: "Single phase",
      series: [made["meter-reading-series"]!.id],
      timezone: "Europe/Stockholm",
    }),
    "meter-device-types": (made) => ({
      ...organization(made),
      name: "E450",
      manufacturer: "Landis+Gyr",
      manufacturer_model: "E450",
      config: made["meter-device-configs"]!.id,
      dlms_settings: { framing: "hdlc", client_sap: 16 },
    }),
    "sim-cards": (made) => ({
      ...organization(made),
      iccid: "89460000000000000001",
      imsi: "240010000000001",
      ip_address: "10.20.30.40",
    }),
    "network-interfaces": (made) => ({ ...organization(made), sim: made["sim-cards"]!.id, port: 4059 }),
    "amr-tasks": (made) => ({
      ...organization(made),
      name: "Load profile",
      schedule: "quarterly",
      meter_execution_type: "generic_dlms",
      task_call: "read_profile",
      task_kwargs: { obis: "1-0:99.1.0" },
    }),
    "amr-task-groups": (made) => ({ ...organization(made), name: "Quarterly", tasks: [made["amr-tasks"]!.id] }),
    "meter-devices": (made) => ({
      ...organization(made),
      name: "LGZ0000012345678",
      protocol: "dlms-cosem",
      external_system_reference: "EXT-1",
      manufacturer_serial: "12345678",
      dlms_logical_device_name: "4C475A31323334",
      dlms_system_title: "4C475A0000BC614E",
      type: made["meter-device-types"]!.id,
      network_interface: made["network-interfaces"]!.id,
      task_groups: [made["amr-task-groups"]!.id],
      meter_tasks: [made["amr-tasks"]!.id],
    }),
    "meter-security-keys": (made) => ({
      meter: made["meter-devices"]!.id,
      iec62056_21_password: "12345678",
      dlms_global_unicast_encryption_key: "000102030405060708090A0B0C0D0E0F",
      dlms_global_authentication_key: "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
      dlms_master_key: "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF",
      dlms_secret: "a secret of HLS",
    }),
  };
}

/** Creates one object of each resource, all of one organization. @returns them by the name of the resource */
export async function exampleObjects(fixture: RegistryFixture, suffix = ""): Promise<Record<string, Row>> {
  const made: Record<string, Row> = {};
  for (const [name, body] of Object.entries(exampleBodies(suffix))) {
    made[name] = await fixture.create(pathOf(name), body(made));
  }
  return made;
}

export function pathOf(name: string): string {
  return `/v1/${paths[name] ?? `metering/${name}`}`;
}

const paths: Readonly<Record<string, string>> = {
  organizations: "organizations/",
  memberships: "organizations/memberships/",
  users: "users/",
};
