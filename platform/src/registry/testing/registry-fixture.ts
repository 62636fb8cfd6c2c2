import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { createHttpApplication, type HttpApplicationOptions } from "../../http/application.ts";
import type { RelationalStore } from "../../stores/relational/relational-store.ts";
import { cleanUpAfterTests } from "../../stores/testing/clean-up.ts";
import { openTestRelationalStore } from "../../stores/testing/relational-stores.ts";
import { createRegistry, type Registry } from "../registry.ts";

export const administratorToken = "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b";
export const administratorPassword = "correct horse battery staple";

/** An answer: its status, its parsed body, its headers. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every route; the tests say what they expect.
  readonly body: any;
  readonly headers: Record<string, unknown>;
}

/** A registry behind its HTTP application, on a real store with nothing in it but the administrator. */
export interface RegistryFixture {
  readonly app: FastifyInstance;
  readonly store: RelationalStore;
  readonly registry: Registry;
  /** The bytes of every answer so far. */
  readonly answers: readonly string[];
  /** Sends a request, as the administrator unless `authorization` says otherwise (null = nobody). */
  send(method: string, url: string, body?: unknown, authorization?: string | null): Promise<Answer>;
  /** POSTs and gives the new object; fails the test on anything but 201. */
  create(url: string, body: unknown): Promise<Answer["body"]>;
  /** Makes a user who is a member of the organizations, signs in, and gives the Authorization header. */
  signInAs(username: string, ...organizations: string[]): Promise<string>;
}

export interface FixtureOptions
  extends Partial<Pick<HttpApplicationOptions, "logger" | "errorStyles" | "timeouts" | "trustedProxies">> {
  /** An empty store of some form; PGlite in memory without it. */
  readonly store?: RelationalStore;
  readonly clock?: () => number;
  /** Routes of other rooms. */
  readonly plugins?: (registry: Registry, store: RelationalStore) => readonly FastifyPluginAsync[];
}

export async function openRegistryFixture(options: FixtureOptions = {}): Promise<RegistryFixture> {
  const store = options.store ?? (await openTestRelationalStore());
  await store.migrate();
  const registry = createRegistry({
    db: store.db,
    masterKey: randomBytes(32),
    jwtLifetimeSeconds: 1200,
    pageSize: 100,
    defaultMeterTimezone: "UTC",
    report: (error) => {
      throw error;
    },
    ...(options.clock && { clock: options.clock }),
  });
  await registry.ensureAdministrator({ username: "admin", password: administratorPassword, token: administratorToken });
  const app = await createHttpApplication({
    authenticator: registry.authenticator,
    roomPlugins: [registry.routes, ...(options.plugins?.(registry, store) ?? [])],
    readiness: () => store.ping(),
    ...(options.logger !== undefined && { logger: options.logger }),
    ...(options.errorStyles && { errorStyles: options.errorStyles }),
    ...(options.timeouts && { timeouts: options.timeouts }),
    ...(options.trustedProxies && { trustedProxies: options.trustedProxies }),
  });
  await app.ready();
  cleanUpAfterTests(() => app.close());

  const answers: string[] = [];
  const send: RegistryFixture["send"] = async (method, url, body, authorization = `Token ${administratorToken}`) => {
    const response = await app.inject({
      method: method as "GET",
      url,
      headers: {
        ...(authorization && { authorization }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { payload: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    answers.push(response.body);
    const json = /json/.test(String(response.headers["content-type"])) && response.body !== "";
    return { status: response.statusCode, body: json ? response.json() : response.body, headers: response.headers };
  };
  const create: RegistryFixture["create"] = async (url, body) => {
    const answer = await send("POST", url, body);
    assert.equal(answer.status, 201, `POST ${url}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const signInAs: RegistryFixture["signInAs"] = async (username, ...organizations) => {
    const user = await create("/v1/users/", { username, password: administratorPassword });
    for (const organization of organizations)
      await create("/v1/organizations/memberships/", { organization, user: user.id });
    const { token } = await create("/v1/auth/jwt/token/", { username, password: administratorPassword });
    return `JWT ${token}`;
  };
  return { app, store, registry, answers, send, create, signInAs };
}
