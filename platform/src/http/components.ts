import type { FastifyInstance } from "fastify";
import type { TSchema } from "typebox";

type Json = unknown;

/** Schemas with a name, as they were given to routes. */
export type Components = Map<string, TSchema>;

declare module "fastify" {
  interface FastifyInstance {
    components: Components;
  }
}

/**
 * @returns the schema with every named schema in it replaced by a reference; the named ones are added to the
 *   application, so that the OpenAPI document says each of them once
 */
export function referenced(app: FastifyInstance, schema: TSchema): Record<string, unknown> {
  return replace(app, JSON.parse(JSON.stringify(schema)), schema) as Record<string, unknown>;
}

/** @returns the schema, or the one behind it when it is a reference made by `referenced` */
export function resolved(components: Components, schema: TSchema & { $ref?: string }): TSchema {
  if (!schema.$ref) return schema;
  const named = components.get(schema.$ref.replace(/#$/, ""));
  if (!named) throw new Error(`no schema is named ${schema.$ref}`);
  return named;
}

function replace(app: FastifyInstance, schema: Json, original: unknown): Json {
  if (Array.isArray(schema)) return schema.map((item, index) => replace(app, item, (original as unknown[])[index]));
  if (schema === null || typeof schema !== "object") return schema;
  const parts = Object.entries(schema).map(([key, part]) => [
    key,
    replace(app, part, (original as Record<string, unknown>)[key]),
  ]);
  const whole = Object.fromEntries(parts) as { $id?: string };
  if (typeof whole.$id !== "string") return whole;
  const known = app.components.get(whole.$id);
  if (known && JSON.stringify(known) !== JSON.stringify(original))
    throw new Error(`two schemas are named ${whole.$id}`);
  app.components.set(whole.$id, original as TSchema);
  if (!app.getSchema(whole.$id)) app.addSchema(whole);
  return { $ref: `${whole.$id}#` };
}
