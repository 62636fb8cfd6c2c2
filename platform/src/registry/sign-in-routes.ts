import type { FastifyPluginAsync } from "fastify";
import Type from "typebox";
import { pageBody, pageOf, pageSchema, pagingParameters } from "../http/paging.ts";
import { route } from "../http/route.ts";
import { changeOrganization, organizationsFor, renew, type SignInDependencies, signIn } from "./sign-in.ts";

const tag = "Authentication";
const organization = { format: "uuid", title: "Organization" };
const passwordCharacters = 1024;

const token = Type.String({ readOnly: true, description: "Send it as `Authorization: JWT <token>`." });

const GetTokenAuth = Type.Object(
  {
    username: Type.String({ minLength: 1, maxLength: 150 }),
    password: Type.String({ minLength: 1, maxLength: passwordCharacters, writeOnly: true }),
    organization: Type.Optional(Type.Unsafe<string | null>({ type: ["string", "null"], ...organization })),
  },
  { $id: "GetTokenAuth", additionalProperties: false, examples: [{ username: "portal", password: "correct horse" }] },
);

const TokenChangeOrg = Type.Object(
  { organization: Type.String(organization) },
  { $id: "TokenChangeOrg", additionalProperties: false },
);

const IssuedToken = Type.Object(
  { token, username: Type.Optional(Type.String()), organization: Type.String(organization) },
  { $id: "IssuedToken", additionalProperties: false },
);

const SessionOrganization = Type.Object(
  { id: Type.String({ format: "uuid" }), name: Type.String() },
  { $id: "SessionOrganization", additionalProperties: false },
);

/** The routes of JSON Web Tokens: sign in, renew, list the organizations there are to choose from, change to another. */
export function signInRoutes(dependencies: SignInDependencies): FastifyPluginAsync {
  return async (app) => {
    const issued = { description: "A JSON Web Token", schema: IssuedToken };

    route(app, {
      ...{ method: "POST", path: "/v1/auth/jwt/token/", operationId: "auth_jwt_token_create", tag, access: "public" },
      summary: "Sign in",
      description: "Issues a JWT that reads one organization: the named one, otherwise the user's first.",
      body: GetTokenAuth,
      responses: { 201: issued },
      handler: async ({ body, raw }) => ({ username: body.username, ...(await signIn(dependencies, body, raw.ip)) }),
    });

    route(app, {
      ...{ method: "GET", path: "/v1/auth/jwt/renew/", operationId: "auth_jwt_renew_list", tag, access: "session" },
      summary: "Renew a token",
      description: "Issues a fresh JWT of the same session, until the session reaches its greatest length.",
      responses: { 200: issued },
      handler: ({ principal }) => renew(dependencies, principal),
    });

    route(app, {
      method: "GET",
      path: "/v1/auth/jwt/organizations/",
      operationId: "auth_jwt_organizations_list",
      ...{ tag, access: "session" },
      summary: "List the organizations to change to",
      description:
        "Active organizations the user is a member of, for staff every active one, by name (an extension of the contract).",
      query: Type.Object(pagingParameters),
      responses: { 200: { description: "A page of organizations", schema: pageSchema(SessionOrganization) } },
      handler: async ({ query, principal, address }) => {
        const page = pageOf(query, dependencies.pageSize);
        return pageBody(address, page, await organizationsFor(dependencies, principal, page));
      },
    });

    route(app, {
      method: "POST",
      path: "/v1/auth/jwt/change-organization/",
      operationId: "auth_jwt_change-organization_create",
      ...{ tag, access: "session" },
      summary: "Change the organization",
      description: "Issues a JWT of the same session for another organization of the user.",
      body: TokenChangeOrg,
      responses: { 201: issued },
      handler: ({ body, principal }) => changeOrganization(dependencies, principal, body.organization),
    });
  };
}
