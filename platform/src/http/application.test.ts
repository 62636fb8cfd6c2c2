import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { FastifyInstance } from "fastify";
import Type from "typebox";
import { PlatformError } from "../errors/platform-error.ts";
import { createHttpApplication } from "./application.ts";
import { pageBody, pageOf, pageSchema, pagingParameters } from "./paging.ts";
import type { Authenticator } from "./principal.ts";
import { route } from "./route.ts";

const authenticator: Authenticator = {
  async authenticate(authorization) {
    const [scheme, name] = (authorization ?? "").split(" ");
    if (!name) throw new PlatformError("not_authenticated");
    if (name === "forged") throw new PlatformError("invalid_token", { details: { scheme } });
    const scope = scheme === "Token" ? ({ staff: true } as const) : ({ staff: false, organization: name } as const);
    return { userId: "1", username: "user", scheme: scheme as "Token" | "JWT", scope };
  },
};

const Thing = Type.Object(
  {
    id: Type.Integer({ readOnly: true }),
    name: Type.String({ minLength: 1, maxLength: 5 }),
    size: Type.Optional(Type.Unsafe<number | null>({ type: ["integer", "null"], maximum: 9 })),
    color: Type.Optional(Type.Unsafe<"red" | "blue">({ type: "string", enum: ["red", "blue"] })),
  },
  { $id: "Thing", additionalProperties: false },
);

async function things(app: FastifyInstance) {
  const tag = "Things";
  const query = Type.Object({ ...pagingParameters, name: Type.Optional(Type.String()) });
  route(app, {
    ...{ method: "GET", path: "/v1/things/", operationId: "things_list", tag, summary: "List", query },
    responses: { 200: { description: "OK", schema: pageSchema(Thing) } },
    handler: ({ query, address }) => {
      const page = pageOf(query, 2);
      const rows = [1, 2, 3, 4, 5].map((id) => ({ id, name: `t${id}`, secret: "s3cret" }));
      return pageBody(address, page, { count: 5, rows: rows.slice(page.offset, page.offset + page.limit) });
    },
  });
  route(app, {
    ...{ method: "POST", path: "/v1/things/", operationId: "things_create", tag, summary: "Create", body: Thing },
    responses: { 201: { description: "Created", schema: Thing } },
    handler: ({ body }) => ({ ...body, id: 7 }),
  });
  const params = Type.Object({ id: Type.Integer() });
  route(app, {
    ...{ method: "DELETE", path: "/v1/things/:id", operationId: "things_delete", tag, summary: "Delete", params },
    responses: { 204: { description: "Gone" } },
    handler: ({ params }) => {
      if (params.id === 500) throw new Error("password is hunter2");
    },
  });
}

describe("the HTTP application", () => {
  let app: FastifyInstance;
  before(async () => {
    app = await createHttpApplication({ authenticator, roomPlugins: [things], readiness: async () => {} });
  });
  after(() => app.close());

  const staff = { authorization: "Token staff" };
  const create = (payload: unknown, headers: Record<string, string> = staff) =>
    app.inject({
      method: "POST",
      url: "/v1/things",
      headers: { "content-type": "application/json", ...headers },
      payload: typeof payload === "string" ? payload : JSON.stringify(payload),
    });

  for (const url of ["/v1/things", "/v1/things/"]) {
    it(`serves ${url}`, async () => {
      const response = await app.inject({ url, headers: staff });
      assert.equal(response.statusCode, 200);
    });
  }

  it("links pages with the address the client used and sends only declared fields", async () => {
    const response = await app.inject({
      url: "/v1/things?name=x%20y&limit=2&offset=2",
      headers: { ...staff, host: "a:1" },
    });
    assert.deepEqual(response.json(), {
      count: 5,
      next: "http://a:1/v1/things?name=x+y&limit=2&offset=4",
      previous: "http://a:1/v1/things?name=x+y&limit=2",
      results: [
        { id: 3, name: "t3" },
        { id: 4, name: "t4" },
      ],
    });
  });

  it("ignores read-only fields and refuses every wrong field by name", async () => {
    const created = await create({ id: "what", name: "n", size: null });
    assert.deepEqual([created.statusCode, created.json()], [201, { id: 7, name: "n", size: null }]);
    const refused = await create({ size: "1", color: "green", extra: 1 });
    assert.equal(refused.statusCode, 400);
    assert.deepEqual(refused.json(), {
      name: ["This field is required."],
      size: ["A valid integer is required."],
      color: ['"green" is not a valid choice.'],
      extra: ["Unknown field."],
    });
  });

  const bodies: [string, unknown, number, RegExp][] = [
    ["text that is not JSON", "{", 400, /^\{"detail":"JSON parse error - /],
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22]), 400, /UTF-8/],
    ["a list where an object belongs", [], 400, /non_field_errors.*got list/],
    ["NUL in text", { name: "a\0" }, 400, /null characters/],
    ["half a surrogate pair", '{"name":"\\ud800"}', 400, /surrogate/],
    ["a body nested too deep", "[".repeat(100_000), 400, /nested deeper/],
    ["a prototype", '{"name":"a","__proto__":{}}', 400, /__proto__/],
    ["a body that is too large", `"${"x".repeat(1_100_000)}"`, 413, /too large/],
  ];
  for (const [what, payload, status, text] of bodies) {
    it(`answers ${what} with ${status}`, async () => {
      const sent = Buffer.isBuffer(payload) || typeof payload === "string" ? payload : JSON.stringify(payload);
      const headers = { ...staff, "content-type": "application/json" };
      const response = await app.inject({ method: "POST", url: "/v1/things", headers, payload: sent });
      assert.equal(response.statusCode, status);
      assert.match(response.body, text);
    });
  }

  it("answers another media type and an encoding it does not read with 415", async () => {
    assert.equal((await create("a,b", { ...staff, "content-type": "text/csv" })).statusCode, 415);
    const compressed = await create({ name: "n" }, { ...staff, "content-encoding": "gzip" });
    assert.deepEqual(
      [compressed.statusCode, compressed.json()],
      [415, { detail: 'Unsupported content encoding "gzip" in request.' }],
    );
    assert.equal((await create({ name: "n" }, { ...staff, "content-encoding": "identity" })).statusCode, 201);
  });

  it("tells who must sign in, and how", async () => {
    const nobody = await app.inject({ url: "/v1/things" });
    assert.equal(nobody.statusCode, 401);
    assert.equal(nobody.headers["www-authenticate"], "Token");
    assert.deepEqual(nobody.json(), { detail: "Authentication credentials were not provided." });
    const forged = await app.inject({ url: "/v1/things", headers: { authorization: "JWT forged" } });
    assert.equal(forged.headers["www-authenticate"], "JWT");
  });

  it("lets a JWT read and not write", async () => {
    const headers = { authorization: "JWT organization" };
    assert.equal((await app.inject({ url: "/v1/things", headers })).statusCode, 200);
    const refused = await create({ name: "n" }, headers);
    assert.deepEqual([refused.statusCode, refused.headers["x-error-code"]], [403, "permission_denied"]);
  });

  it("names the methods of a path for the ones it lacks", async () => {
    const refused = await app.inject({ method: "PATCH", url: "/v1/things/", headers: staff });
    assert.equal(refused.statusCode, 405);
    assert.equal(refused.headers.allow, "GET, HEAD, OPTIONS, POST");
    assert.deepEqual(refused.json(), { detail: 'Method "PATCH" not allowed.' });
    const asked = await app.inject({ method: "OPTIONS", url: "/v1/things/7" });
    assert.deepEqual([asked.statusCode, asked.headers.allow], [200, "DELETE, OPTIONS"]);
  });

  it("answers what does not exist in the style of the address", async () => {
    const contract = await app.inject({ method: "DELETE", url: "/v1/things/none", headers: staff });
    assert.deepEqual([contract.statusCode, contract.json()], [404, { detail: "Not found." }]);
    const own = await app.inject({ url: "/nowhere", headers: { "x-request-id": "abc" } });
    assert.equal(own.headers["content-type"], "application/problem+json; charset=utf-8");
    assert.deepEqual(own.json(), {
      type: "urn:anymeter:error:not_found",
      title: "Not found.",
      status: 404,
      detail: "Not found.",
      code: "not_found",
      request_id: "abc",
    });
  });

  it("keeps to itself what went wrong inside", async () => {
    const response = await app.inject({ method: "DELETE", url: "/v1/things/500", headers: staff });
    assert.deepEqual([response.statusCode, response.json()], [500, { detail: "A server error occurred." }]);
  });

  it("answers 204 without a body", async () => {
    const response = await app.inject({ method: "DELETE", url: "/v1/things/1", headers: staff });
    assert.deepEqual([response.statusCode, response.body], [204, ""]);
  });
});
