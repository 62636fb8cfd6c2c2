import Type, { type TSchema } from "typebox";
import type { Resource } from "./resource.ts";

/** The bodies of a resource, each a named component of the OpenAPI document. */
export interface ResourceSchemas {
  /** What POST and PUT take. Read-only fields may be sent along and are ignored. */
  readonly write: TSchema;
  /** What PATCH takes: the same with nothing required. */
  readonly patch: TSchema;
  /** What a list and GET give. */
  readonly read: TSchema;
  /** What POST, PUT and PATCH give. */
  readonly written: TSchema;
}

type Properties = Record<string, TSchema>;

/** @returns the bodies that follow from the fields of a resource */
export function resourceSchemas(resource: Resource): ResourceSchemas {
  const all = properties(resource);
  const readable = Object.fromEntries(Object.entries(all).filter(([name]) => !isWriteOnly(resource, name)));
  const write = objectSchema(resource.schema, all, requiredFields(resource), [resource.example]);
  const patch = objectSchema(`Patched${resource.schema}`, all, []);
  if (!resource.schemaRead) return { write, patch, read: write, written: write };
  const read = objectSchema(resource.schemaRead, { ...readable, ...resource.readFields }, Object.keys(readable));
  const written = resource.readFields
    ? objectSchema(resource.schema.replace(/In$/, "Created"), readable, Object.keys(readable))
    : read;
  return { write, patch, read, written };
}

/** The id in the path of one row. */
export function idParameters(resource: Resource): TSchema {
  if (resource.id === "uuid") return uuidParameters(resource);
  const description = `A unique integer value identifying this ${resource.singular}.`;
  return Type.Object({ id: Type.Integer({ minimum: 1, maximum: 2147483647, description }) });
}

/** The same where the id is known to be a uuid. */
export function uuidParameters({ singular }: Resource) {
  return Type.Object({
    id: Type.String({ format: "uuid", description: `A UUID string identifying this ${singular}.` }),
  });
}

function properties(resource: Resource): Properties {
  const readOnly = { readOnly: true };
  const organization = (types: string | string[]) =>
    Type.Unsafe({ type: types, format: "uuid", title: "Organization", description: "Cannot change once it is set." });
  return {
    id: resource.id === "uuid" ? Type.String({ format: "uuid", ...readOnly }) : Type.Integer(readOnly),
    ...(resource.ownership === "required" && { organization: organization("string") }),
    ...(resource.ownership === "optional" && { organization: organization(["string", "null"]) }),
    ...Object.fromEntries(Object.entries(resource.fields).map(([name, { schema }]) => [name, schema])),
    created_at: Type.String({ format: "date-time", ...readOnly }),
    updated_at: Type.String({ format: "date-time", ...readOnly }),
  };
}

function requiredFields(resource: Resource): string[] {
  const required = Object.entries(resource.fields).filter(([, field]) => field.kind !== "computed" && field.required);
  return [...(resource.ownership === "required" ? ["organization"] : []), ...required.map(([name]) => name)];
}

function isWriteOnly(resource: Resource, name: string): boolean {
  const field = resource.fields[name];
  return field?.kind === "value" && field.writeOnly === true;
}

function objectSchema(
  $id: string,
  fields: Properties,
  required: readonly string[],
  examples?: readonly unknown[],
): TSchema {
  return Type.Unsafe({
    $id,
    type: "object",
    properties: fields,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    ...(examples && { examples }),
  });
}
