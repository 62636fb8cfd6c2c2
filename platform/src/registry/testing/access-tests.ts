import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { matchingPath } from "../../http/testing/paths.ts";
import type { RegistryFixture } from "./registry-fixture.ts";

/** What the tests of rights need: an application, a reader of one organization, and an object of another for each route. */
export interface AccessFixture {
  readonly fixture: RegistryFixture;
  /** Authorization of a user who reads one organization and owns nothing of the other. */
  readonly reader: string;
  /** For each path with a parameter, the id of an object that the reader must not see. */
  foreignId(path: string): string | number | undefined;
  /** Routes of other contracts, which ask for keys of their own. */
  readonly otherContracts: readonly string[];
  /** Ids and names that must never appear in what the reader gets. */
  readonly foreignTexts: readonly string[];
  /** Query parameters by which lists could find objects of the other organization. */
  readonly foreignFilters: Readonly<Record<string, string>>;
}

/** Routes that everybody may call, signed in or not. A new one is added here on purpose, or not at all. */
const publicPaths = ["/v1/auth/jwt/token/", "/v1/_health/", "/healthz", "/readyz", "/metrics", "/openapi.json"];

/**
 * Goes through every route an application has: who is nobody is refused, a JWT reads its own organization alone and
 * writes nothing. A route that is new is tested without being named here; one with a parameter fails until an id is given.
 */
export function testAccess(open: () => Promise<AccessFixture>): void {
  describe("rights on every route", () => {
    let given: AccessFixture;
    before(async () => {
      given = await open();
    });

    const routes = () =>
      given.fixture.app.routeTable.filter(({ method, path }) => method !== "HEAD" && !path.startsWith("/docs"));
    const closed = () => routes().filter(({ access }) => access !== "public");

    it("knows every route that needs no authentication", () => {
      const open = routes().filter(({ access }) => access === "public");
      assert.deepEqual(
        open.map(({ path }) => path).filter((path) => ![...publicPaths, ...given.otherContracts].includes(path)),
        [],
      );
      assert.ok(closed().length > 50);
    });

    it("refuses who is nobody, and who shows something forged", async () => {
      const headers: readonly (readonly [string | null, string])[] = [
        [null, "Token"],
        ["Basic YWRtaW46YWRtaW4=", "Token"],
        ["Token 0000000000000000000000000000000000000000", "Token"],
        ["Token short", "Token"],
        ["JWT a.b.c", "JWT"],
        ["JWT", "JWT"],
      ];
      for (const { method, path, access } of closed()) {
        for (const [authorization, usual] of headers) {
          const scheme = authorization === null && access === "session" ? "JWT" : usual;
          const answer = await given.fixture.send(method, withId(path), undefined, authorization);
          assert.equal(answer.status, 401, `${method} ${path} ${authorization}`);
          assert.equal(answer.headers["www-authenticate"], scheme);
          assert.deepEqual(Object.keys(answer.body), ["detail"]);
        }
      }
    });

    it("lets a JWT write nothing", async () => {
      const writing = closed().filter(({ access }) => access === "write" || access === "staff");
      assert.ok(writing.length > 30);
      for (const { method, path } of writing) {
        const answer = await given.fixture.send(method, withId(path), {}, given.reader);
        assert.equal(answer.status, 403, `${method} ${path}`);
        assert.deepEqual(answer.body, { detail: "You do not have permission to perform this action." });
      }
    });

    it("hides from a JWT what belongs to another organization", async () => {
      const reading = closed().filter(({ method, access }) => method === "GET" && access === "read");
      assert.ok(reading.length > 15);
      for (const { path } of reading) {
        const answer = await given.fixture.send("GET", withId(path), undefined, given.reader);
        assert.equal(answer.status, path.includes(":") ? 404 : 200, `${path}: ${JSON.stringify(answer.body)}`);
        const text = JSON.stringify(answer.body);
        for (const foreign of given.foreignTexts) assert.ok(!text.includes(foreign), `${path} shows ${foreign}`);
      }
    });

    it("hides it from every filter too", async () => {
      const lists = closed().filter(
        ({ method, access, path }) => method === "GET" && access === "read" && !path.includes(":"),
      );
      for (const { path } of lists) {
        for (const [filter, value] of Object.entries(given.foreignFilters)) {
          const query = new URLSearchParams({ [filter]: value });
          const answer = await given.fixture.send("GET", `${path}?${query}`, undefined, given.reader);
          // A filter the list does not have is ignored, and the list is the caller's own; one it has finds nothing.
          const text = JSON.stringify({ ...answer.body, next: null, previous: null });
          for (const foreign of given.foreignTexts)
            assert.ok(!text.includes(foreign), `${path}?${query} shows ${foreign}`);
        }
      }
    });

    it("lets only a JWT renew itself", async () => {
      for (const { method, path } of closed().filter(({ access }) => access === "session")) {
        const answer = await given.fixture.send(method, path, method === "POST" ? {} : undefined);
        assert.equal(answer.status, 403, path);
      }
    });

    function withId(path: string): string {
      const id = path.includes(":") ? given.foreignId(path) : "";
      assert.ok(id !== undefined, `no id is given for ${path}`);
      return matchingPath(path, String(id));
    }
  });
}
