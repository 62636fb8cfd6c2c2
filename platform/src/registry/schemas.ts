import Type, { type TSchema } from "typebox";
import type { Field } from "./fields.ts";
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

/**
 * @returns the bodies that follow from the fields of a resource. What is read has every field, so that clients made from
 *   the document need not ask whether it is there; what is written has the name of the schema and `Request` behind it
 */
export function resourceSchemas(resource: Resource): ResourceSchemas {
  const name = resource.schemaWrite ?? `${resource.schema}Request`;
  const written = properties(resource, ({ schema }) => schema);
  const read = properties(resource, readSchemaOf);
  const answer = objectSchema(resource.schema, { ...read, ...resource.readFields }, Object.keys(read));
  return {
    write: objectSchema(name, written, requiredFields(resource), [resource.example]),
    patch: objectSchema(`Patched${name}`, written, []),
    read: answer,
    written: resource.readFields ? objectSchema(`${name}Created`, read, Object.keys(read)) : answer,
  };
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

/** @param schemaOf the schema of a field, or undefined to leave it out */
function properties(resource: Resource, schemaOf: (field: Field) => TSchema | undefined): Properties {
  const readOnly = { readOnly: true };
  const organization = (types: string | string[]) =>
    Type.Unsafe({ type: types, format: "uuid", title: "Organization", description: "Cannot change once it is set." });
  const fields = Object.entries(resource.fields).map(([name, field]) => [name, schemaOf(field)] as const);
  return {
    id: resource.id === "uuid" ? Type.String({ format: "uuid", ...readOnly }) : Type.Integer(readOnly),
    ...(resource.ownership === "required" && { organization: organization("string") }),
    ...(resource.ownership === "optional" && { organization: organization(["string", "null"]) }),
    ...Object.fromEntries(fields.filter((entry): entry is [string, TSchema] => entry[1] !== undefined)),
    created_at: Type.String({ format: "date-time", ...readOnly }),
    updated_at: Type.String({ format: "date-time", ...readOnly }),
  };
}

function readSchemaOf(field: Field): TSchema | undefined {
  if (field.kind !== "value") return field.schema;
  return field.writeOnly ? undefined : (field.readSchema ?? field.schema);
}

function requiredFields(resource: Resource): string[] {
  const required = Object.entries(resource.fields).filter(([, field]) => field.kind !== "computed" && field.required);
  return [...(resource.ownership === "required" ? ["organization"] : []), ...required.map(([name]) => name)];
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
