/** One operation of the Utilitarian API 1.3: method and path as the contract writes them, below /v1. */
export interface ContractOperation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
}

const collection = { list: "get", create: "post" } as const;
const item = { read: "get", update: "put", partial_update: "patch", delete: "delete" } as const;

type Name = keyof typeof collection | keyof typeof item;
const everything: readonly Name[] = ["list", "create", "read", "update", "partial_update", "delete"];
const appendOnly: readonly Name[] = ["list", "create", "read", "delete"];

function resource(path: string, prefix: string, names: readonly Name[] = everything): ContractOperation[] {
  return names.map((name) => {
    const operationId = `${prefix}_${name}`;
    if (name in collection)
      return { method: collection[name as keyof typeof collection], path: `/v1${path}`, operationId };
    const method = item[name as keyof typeof item];
    return { method, path: `/v1${path.replace(/\/$/, "")}/{id}`, operationId };
  });
}

function single(method: string, path: string, operationId: string): ContractOperation[] {
  return [{ method, path: `/v1${path}`, operationId }];
}

/** What the registry answers. */
export const registryOperations: readonly ContractOperation[] = [
  ...single("post", "/auth/jwt/token/", "auth_jwt_token_create"),
  ...single("get", "/auth/jwt/renew/", "auth_jwt_renew_list"),
  ...single("post", "/auth/jwt/change-organization/", "auth_jwt_change-organization_create"),
  ...resource("/metering/amr-task-groups/", "metering_amr-task-groups"),
  ...resource("/metering/amr-tasks/", "metering_amr-tasks"),
  ...resource("/metering/meter-device-configs", "metering_meter-device-configs"),
  ...resource("/metering/meter-device-types", "metering_meter-device-types"),
  ...resource("/metering/meter-devices", "metering_meter-devices"),
  ...resource("/metering/meter-reading-series", "metering_meter-reading-series"),
  ...resource("/metering/meter-security-keys", "metering_meter-security-keys", appendOnly),
  ...resource("/metering/network-interfaces", "metering_network-interfaces"),
  ...resource("/metering/sim-cards", "metering_sim-cards"),
  ...resource("/organizations/", "organizations"),
  ...resource("/organizations/memberships/", "organizations_memberships"),
];

/** What the other rooms answer. */
export const otherOperations: readonly ContractOperation[] = [
  ...single("post", "/metering/amr-tasks/invoke", "metering_amr-tasks_invoke_create"),
  ...single("post", "/metering/new-meter-readings", "metering_new-meter-readings_create"),
  ...resource("/metering/meter-readings", "metering_meter-readings", appendOnly),
  ...resource("/metering/meter-system-events", "metering_meter-system-events", appendOnly),
  ...resource("/metering/staged-meter-readings", "metering_staged-meter-readings"),
];
