import type { FastifyInstance } from "fastify";
import Type, { type TSchema } from "typebox";
import { pageBody, pageOf, pageSchema, pagingParameters } from "../http/paging.ts";
import { type RouteDefinition, route } from "../http/route.ts";
import { refersTo } from "./filters.ts";
import type { Filter, Operation, RegistryContext, Resource, Row } from "./resource.ts";
import { complete, createRow, deleteRow, readRow, updateRow } from "./resource-store.ts";
import { idParameters, type ResourceSchemas, resourceSchemas } from "./schemas.ts";
import { selectPage } from "./select.ts";

type AnyRoute = RouteDefinition<TSchema | undefined, TSchema | undefined, TSchema | undefined>;

/** What a route of each operation is made from. */
interface Parts {
  readonly context: RegistryContext;
  readonly resource: Resource;
  readonly schemas: ResourceSchemas;
}

type Route = Omit<AnyRoute, "operationId" | "tag">;

/** Adds the routes of a resource: one for each of its operations. */
export function resourceRoutes(app: FastifyInstance, context: RegistryContext, resource: Resource): void {
  const parts = { context, resource, schemas: resourceSchemas(resource) };
  for (const operation of resource.operations) {
    const definition: AnyRoute = {
      ...operations[operation](parts),
      operationId: `${resource.operationPrefix}_${operation}`,
      tag: resource.tag,
    };
    route(app, definition);
  }
}

const operations: Readonly<Record<Operation, (parts: Parts) => Route>> = {
  list: ({ context, resource, schemas }) => {
    const filters = Object.entries(filtersOf(resource));
    const parameters = filters.map(([name, { schema }]) => [name, Type.Optional(schema)]);
    return {
      ...reading(resource),
      path: resource.path,
      summary: `List ${resource.plural}`,
      description: `${resource.about} Filters match exactly unless they say otherwise. The order is that of creation.`,
      query: Type.Object({ ...pagingParameters, ...Object.fromEntries(parameters) }),
      responses: { 200: { description: `A page of ${resource.plural}`, schema: pageSchema(schemas.read) } },
      async handler({ query, scope, address }) {
        const asked = query as Row;
        const page = pageOf(asked, context.pageSize);
        const conditions = filters
          .filter(([name]) => asked[name] !== undefined)
          .map(([name, filter]) => filter.condition(asked[name]));
        const { count, rows } = await selectPage(context, resource, { scope, conditions, page });
        return pageBody(address, page, { count, rows: await complete(context, resource, rows) });
      },
    };
  },

  create: ({ context, resource, schemas }) => ({
    method: "POST",
    path: resource.path,
    summary: `Create ${article(resource)}`,
    description: resource.about,
    body: schemas.write,
    responses: { 201: { description: `The new ${resource.singular}`, schema: schemas.written } },
    handler: ({ body }) => createRow(context, resource, body as Row),
  }),

  read: ({ context, resource, schemas }) => ({
    ...reading(resource),
    path: itemPath(resource),
    summary: `Read ${article(resource)}`,
    params: idParameters(resource),
    responses: { 200: { description: `The ${resource.singular}`, schema: schemas.read } },
    handler: ({ params, scope }) => readRow(context, resource, idOf(params), scope),
  }),

  update: ({ context, resource, schemas }) => ({
    method: "PUT",
    path: itemPath(resource),
    summary: `Update ${article(resource)}`,
    description: "Optional fields that are left out keep their values.",
    params: idParameters(resource),
    body: schemas.write,
    responses: { 200: { description: `The ${resource.singular}`, schema: schemas.written } },
    handler: ({ params, body, scope }) => updateRow(context, resource, idOf(params), body as Row, scope),
  }),

  partial_update: ({ context, resource, schemas }) => ({
    method: "PATCH",
    path: itemPath(resource),
    summary: `Update fields of ${article(resource)}`,
    params: idParameters(resource),
    body: schemas.patch,
    responses: { 200: { description: `The ${resource.singular}`, schema: schemas.written } },
    handler: ({ params, body, scope }) => updateRow(context, resource, idOf(params), body as Row, scope),
  }),

  delete: ({ context, resource }) => ({
    method: "DELETE",
    path: itemPath(resource),
    summary: `Delete ${article(resource)}`,
    description: "Refused with 409 while something refers to it that is no part of it.",
    params: idParameters(resource),
    responses: { 204: { description: "Deleted" } },
    handler: ({ params, scope }) => deleteRow(context, resource, idOf(params), scope),
  }),
};

function reading({ readAccess }: Resource) {
  return { method: "GET" as const, ...(readAccess && { access: readAccess }) };
}

/** Staff may ask for the rows of one organization, beside what the contract lists. */
function filtersOf({ ownership, filters }: Resource): Readonly<Record<string, Filter>> {
  return { ...filters, ...(ownership !== "none" && { organization: refersTo("organization") }) };
}

/** Paths of one row have no slash at the end, whatever the list has. */
function itemPath({ path }: Resource): string {
  return `${path.replace(/\/$/, "")}/:id`;
}

function idOf(params: unknown): unknown {
  return (params as { id: unknown }).id;
}

function article({ singular }: Resource): string {
  return `${/^[aeio]/.test(singular) ? "an" : "a"} ${singular}`;
}
