import { type ServiceDeclaration, type ServiceField, type ServiceName, services } from "@anymeter/udil";
import type { RouteDefinition } from "../../http/route.ts";

/** What /docs says of an address of UDIL. */
export function documentationOf(
  path: string,
  service: ServiceName,
): Pick<RouteDefinition, "operationId" | "tag" | "summary" | "description" | "responses"> {
  const declared = services[service];
  const name = path.split("/").at(-1)!;
  const alias =
    name in { [service]: true, ...Object.fromEntries(Object.values(declared.paths).map((one) => [one, true])) };
  return {
    operationId: path.slice(1).replace("/", "_"),
    tag: "UDIL",
    summary: alias ? declared.title : `${declared.title}, by another name of ${service}`,
    description: [
      "UDIL over HTTPS. Headers: ",
      declared.kind === "authorization" ? "username, password, code. " : "transactionid, privatekey. ",
      "Body: application/x-www-form-urlencoded. ",
      fieldsOf(declared),
      "The answer is JSON or XML, as Accept asks for. See docs/udil-mdc.md.",
    ].join(""),
    responses: {
      200: { description: "The answer; status in it says whether the request was taken" },
      400: { description: "The request is malformed; status is 0" },
      401: { description: "The key, or a credential, is wrong; status is 0" },
      403: { description: "The request came over plain HTTP; status is 0" },
    },
  };
}

const devices: Readonly<Record<ServiceDeclaration["devices"], readonly string[]>> = {
  none: [],
  one: ["global_device_id (one)"],
  set: ["global_device_id (JSON array)"],
  identities: ["device_identity (JSON array of dsn and global_device_id)"],
};

function fieldsOf({ devices: named, fields, laterFields = [], requestDatetime }: ServiceDeclaration): string {
  const names = [
    ...devices[named],
    ...(requestDatetime ? ["request_datetime"] : []),
    ...fields.map(said),
    ...laterFields.map((field) => `${said(field)}, of v3`),
  ];
  return names.length === 0 ? "" : `Fields: ${names.join("; ")}. `;
}

function said({ name, optional }: ServiceField): string {
  return optional ? `${name} (optional)` : name;
}
