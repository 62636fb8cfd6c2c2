import type { FastifyPluginAsync } from "fastify";
import Type from "typebox";
import { PlatformError } from "../errors/platform-error.ts";
import type { Principal } from "../http/principal.ts";
import { route } from "../http/route.ts";
import { acquireBlock, blockOf, releaseBlock, userHolderPrefix } from "./interface-blocks.ts";
import type { RegistryContext } from "./resource.ts";
import { readRow } from "./resource-store.ts";
import { networkInterfaces } from "./resources/network-interfaces.ts";
import { resourceSchemas, uuidParameters } from "./schemas.ts";

const greatestBlockSeconds = 31 * 24 * 3600;

const BlockRequest = Type.Object(
  {
    expires_in_seconds: Type.Optional(
      Type.Integer({
        ...{ minimum: 1, maximum: greatestBlockSeconds },
        description: "The block ends by itself after this time. Without it, it lasts until it is given back.",
      }),
    ),
  },
  { $id: "BlockRequest", additionalProperties: false },
);

const path = "/v1/metering/network-interfaces/:id";

/** Block and unblock of network interfaces, which the contract describes and gives no address. */
export function blockRoutes(context: RegistryContext): FastifyPluginAsync {
  const shared = {
    method: "POST" as const,
    tag: networkInterfaces.tag,
    params: uuidParameters(networkInterfaces),
    responses: { 200: { description: "The network interface", schema: resourceSchemas(networkInterfaces).read } },
  };
  return async (app) => {
    route(app, {
      ...shared,
      path: `${path}/block`,
      operationId: "metering_network-interfaces_block",
      summary: "Block a network interface",
      description: "Nobody else talks over it until it is unblocked. Answers 409 when it is blocked already.",
      body: BlockRequest,
      handler: async ({ params, body, principal, scope }) => {
        const { can_block } = await readRow(context, networkInterfaces, params.id, scope);
        if (!can_block) throw new PlatformError("not_blockable");
        // Who blocks twice is told so: only leases of the head-end are prolonged.
        const request = { seconds: body.expires_in_seconds, prolong: false };
        const blocked = await acquireBlock(context.db, params.id, holderOf(principal), request);
        if (!blocked) throw await heldBy(context, params.id);
        return readRow(context, networkInterfaces, params.id, scope);
      },
    });
    route(app, {
      ...shared,
      path: `${path}/unblock`,
      operationId: "metering_network-interfaces_unblock",
      summary: "Unblock a network interface",
      description:
        "Ends a block that was taken through the API, whoever took it. A block of the head-end ends with its session: 409.",
      handler: async ({ params, scope }) => {
        await readRow(context, networkInterfaces, params.id, scope);
        const block = await blockOf(context.db, params.id);
        if (block && !(await release(context, params.id, block.holder))) throw await heldBy(context, params.id);
        return readRow(context, networkInterfaces, params.id, scope);
      },
    });
  };
}

async function release({ db }: RegistryContext, id: string, holder: string): Promise<boolean> {
  return holder.startsWith(userHolderPrefix) && (await releaseBlock(db, id, holder));
}

function holderOf({ username }: Principal): string {
  return `${userHolderPrefix}${username}`;
}

async function heldBy({ db }: RegistryContext, id: string): Promise<PlatformError> {
  const block = await blockOf(db, id);
  if (!block) return new PlatformError("blocked");
  const until = block.expiresAt ? `until ${block.expiresAt.toISOString()}` : "until it is unblocked";
  return new PlatformError("blocked", {
    message: `The network interface is blocked by ${block.holder} since ${block.since.toISOString()}, ${until}.`,
    details: { holder: block.holder, since: block.since, expires_at: block.expiresAt },
  });
}
