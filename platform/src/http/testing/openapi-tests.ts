import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { FastifyInstance } from "fastify";
import { bodyChecker } from "../validation.ts";
import type { ContractOperation } from "./contract-operations.ts";

// biome-ignore lint/suspicious/noExplicitAny: a document of which nothing is known before it is tested.
type Json = any;

/** Tests that the OpenAPI document of an application is one, agrees with its routes, and holds the contract's operations. */
export function testOpenApi(open: () => Promise<FastifyInstance>, contract: readonly ContractOperation[]): void {
  describe("the OpenAPI document", () => {
    let app: FastifyInstance;
    let document: Json;
    let operations: { method: string; path: string; operation: Json }[];
    before(async () => {
      app = await open();
      document = (await app.inject("/openapi.json")).json();
      operations = Object.entries<Json>(document.paths).flatMap(([path, item]) =>
        Object.entries<Json>(item).map(([method, operation]) => ({ method, path, operation })),
      );
    });

    it("is of version 3.1 and says who it is", () => {
      assert.match(document.openapi, /^3\.1\.\d$/);
      assert.ok(document.info.title && document.info.version && document.info.description);
    });

    it("holds every operation of the contract under its name", () => {
      const found = new Map(
        operations.map(({ method, path, operation }) => [operation.operationId, `${method} ${path}`]),
      );
      for (const { operationId, method, path } of contract) assert.equal(found.get(operationId), `${method} ${path}`);
    });

    it("names every operation once, with a tag, a summary and an answer", () => {
      const names = operations.map(({ operation }) => operation.operationId);
      assert.deepEqual(
        names.filter((name, index) => !name || names.indexOf(name) !== index),
        [],
      );
      for (const { path, method, operation } of operations) {
        assert.ok(operation.summary && operation.tags?.length === 1, `${method} ${path}`);
        assert.match(operation.tags[0], /^[A-Z][\w ]+$/, `the tag of ${method} ${path} is in readable words`);
        assert.ok(
          Object.keys(operation.responses).some((status) => /^[23]/.test(status)),
          `${method} ${path} has no success`,
        );
        for (const response of Object.values<Json>(operation.responses)) assert.ok(response.description);
      }
    });

    it("leaves no route out", () => {
      const documented = new Set(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`));
      const hidden = new Set(["GET /openapi.json"]);
      const missing = app.routeTable
        .filter(({ method, path }) => method !== "HEAD" && method !== "OPTIONS" && !path.startsWith("/docs"))
        .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`)
        .filter((route) => !documented.has(route) && !hidden.has(route));
      assert.deepEqual(missing, []);
    });

    it("describes exactly the parameters of each path", () => {
      for (const { path, operation } of operations) {
        const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        const described = (operation.parameters ?? []).filter((parameter: Json) => parameter.in === "path");
        assert.deepEqual(
          described.map(({ name }: Json) => name),
          named,
          path,
        );
      }
    });

    it("refers only to what it defines", () => {
      const references = new Set(JSON.stringify(document).match(/"\$ref":"[^"]+"/g));
      assert.ok(references.size > 5);
      for (const reference of references) {
        const [, ...place] = (JSON.parse(`{${reference}}`).$ref as string).split("/");
        const found = place.reduce((part: Json, name) => part?.[name], document);
        assert.equal(typeof found, "object", reference);
      }
    });

    it("says of each operation who may call it, and what they hear otherwise", () => {
      const schemes = Object.keys(document.components.securitySchemes);
      for (const { path, operation } of operations) {
        const named = operation.security.flatMap((one: object) => Object.keys(one));
        for (const scheme of named) assert.ok(schemes.includes(scheme));
        if (named.length > 0) assert.ok(operation.responses["401"], path);
      }
    });

    it("shows examples that its own schemas take", () => {
      const shown = Object.entries<Json>(document.components.schemas).filter(
        ([name, { examples }]) => examples && app.components.has(name),
      );
      for (const [name, { examples }] of shown) {
        const check = bodyChecker(app.components.get(name)!);
        for (const example of examples) assert.doesNotThrow(() => check(example), name);
      }
    });
  });
}
