/** The addresses of UDIL's services, and who may ask them. */
import { ProtocolError } from "@anymeter/sans-io";
import {
  limits,
  negotiate,
  parseRequest,
  readHeaders,
  type ServiceKind,
  type ServiceName,
  serviceOfPath,
  services,
  type UdilRequest,
} from "@anymeter/udil";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { PlatformError } from "../../errors/platform-error.ts";
import { route } from "../../http/route.ts";
import { peerZone } from "../peer-zone.ts";
import type { Authorization } from "./authorization/authorization.ts";
import { keyLifetimeMinutes, type PrivateKeys } from "./authorization/keys.ts";
import type { MdmClient } from "./clients/mdm-client.ts";
import { documentationOf } from "./documentation.ts";
import { takeBodiesAsBytes } from "./exchange/request-body.ts";
import { refusePlainHttp } from "./exchange/secure.ts";
import { sendAnswer, writingFor } from "./exchange/send.ts";
import { storable } from "./exchange/storable.ts";
import { mdcLimits } from "./limits.ts";
import { type MdcAnswer, whole } from "./services/answer.ts";
import { takeCommand } from "./services/commands.ts";
import type { Exchange } from "./services/exchange.ts";
import { type OnDemandServices, readDataNow, readParametersNow } from "./services/on-demand.ts";
import { type ReadServices, readRows } from "./services/reads.ts";
import { ReadsUnderWay } from "./services/reads-under-way.ts";
import { type TransactionServices, transactionCancel, transactionStatus } from "./services/transactions.ts";

export interface ServiceRoutesOptions extends OnDemandServices, ReadServices, TransactionServices {
  readonly commands: OnDemandServices["commands"] & TransactionServices["commands"];
  readonly keys: PrivateKeys;
  readonly authorization: Authorization;
  readonly plainHttp: boolean;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Whose key a request of UDIL came with. */
    mdmClient: MdmClient | null;
  }
}

const knownBody = { bytes: limits.requestBytes, advice: "Divide the devices over several requests." };
const unknownBody = {
  bytes: mdcLimits.unknownBodyBytes,
  advice: "Send the privatekey as a header: more is taken from those who are known.",
};

/** @param paths addresses that end in the name of a service */
export function serviceRoutes(paths: readonly string[], options: ServiceRoutesOptions): FastifyPluginAsync {
  const answers = answersOf(options);

  return async (app) => {
    app.decorateRequest("mdmClient", null);
    takeBodiesAsBytes(app, ({ mdmClient }) => (mdmClient ? knownBody : unknownBody));
    // Nobody without a key makes us read a long body.
    app.addHook("onRequest", async (request) => {
      if (!options.plainHttp) refusePlainHttp(request);
      // Some show the key that is over while they ask for a new one.
      if (serviceOfPath(request.routeOptions.url ?? "") === "authorization_service") return;
      const { privatekey } = readHeaders(request.headers);
      if (privatekey !== undefined) request.mdmClient = await clientOf(privatekey);
    });
    // Whoever waits for a meter is told to come back, or closing would last as long as the meter's answer.
    app.addHook("preClose", async () => options.waits.close());
    for (const path of paths) {
      const service = serviceOfPath(path)!;
      route(app, {
        method: "POST",
        path,
        ...documentationOf(path, service),
        access: "public",
        handler: ({ raw }, reply) =>
          service === "authorization_service" ? authorize(raw, reply) : serve(service, raw, reply),
      });
    }
  };

  async function authorize(raw: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { credentials } = parsed("authorization_service", raw, undefined);
    if (!credentials) throw notAuthorized("Send username, password and code as headers.");
    const authorized = await options.authorization.authorize(credentials, raw.ip);
    if (!authorized) throw notAuthorized("The username, the password or the code is wrong.");
    const { client, key } = authorized;
    const message = `You are authenticated successfully. Private key will be valid for ${keyLifetimeMinutes} Minutes`;
    const answer = whole({ kind: "authorization", status: 1, privatekey: key, message });
    const format = negotiate(raw.headers.accept, client.format);
    return sendAnswer(reply.header("cache-control", "no-store"), answer, writingFor(client, format));
  }

  async function serve(service: ServiceName, raw: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    // Some send their key in the form instead: then it is known only now.
    raw.mdmClient ??= await clientOf(keyInBody(service, raw));
    const client = raw.mdmClient;
    const request = parsed(service, raw, client);
    refuseSeveralTransactions(request);
    if (services[service].kind === "on-demand") reply.raw.setTimeout(options.waits.longest + mdcLimits.answerSilence);
    const answer = await answers[kindOf(service)]({ client, request, signal: hangUpOf(reply) });
    return sendAnswer(reply, answer, writingFor(client, negotiate(raw.headers.accept, client.format)));
  }

  async function clientOf(key: string | undefined): Promise<MdmClient> {
    if (key === undefined) throw notAuthorized("Send the privatekey that authorization_service gave, as a header.");
    const client = await options.keys.clientOf(key);
    if (client) return client;
    throw notAuthorized(
      `The privatekey is not known, or its ${keyLifetimeMinutes} minutes are over. Ask authorization_service for a new one.`,
    );
  }
}

type AnsweredKind = Exclude<ServiceKind, "authorization">;

function kindOf(service: ServiceName): AnsweredKind {
  return services[service].kind as AnsweredKind;
}

function answersOf(
  options: ServiceRoutesOptions,
): Readonly<Record<AnsweredKind, (exchange: Exchange) => Promise<MdcAnswer>>> {
  const readsUnderWay = new ReadsUnderWay(mdcLimits.readsUnderWay);
  const statusUnderWay = new ReadsUnderWay(mdcLimits.statusUnderWay);
  return {
    command: (exchange) => takeCommand(exchange, options),
    "on-demand": (exchange) => {
      if (exchange.request.service === "on_demand_data_read") return readDataNow(exchange, options);
      if (exchange.request.service === "on_demand_parameter_read") return readParametersNow(exchange, options);
      return takeCommand(exchange, options);
    },
    read: (exchange) => {
      readsUnderWay.begin(exchange.client.id, exchange.signal);
      return readRows(exchange, options);
    },
    status: (exchange) => {
      statusUnderWay.begin(exchange.client.id, exchange.signal);
      return transactionStatus(exchange, options);
    },
    cancel: (exchange) => transactionCancel(exchange, options),
  };
}

/** @returns a signal that is aborted when the answer is sent, or the client hangs up, which it may have done already */
function hangUpOf({ raw }: FastifyReply): AbortSignal {
  const hungUp = new AbortController();
  if (raw.closed) hungUp.abort();
  else raw.once("close", () => hungUp.abort());
  return hungUp.signal;
}

/** A command that names two transactions would be known by one of them only. */
function refuseSeveralTransactions({ service, transactionIds }: UdilRequest): void {
  if (transactionIds.length <= 1 || !["command", "on-demand", "cancel"].includes(kindOf(service))) return;
  throw new PlatformError("malformed_request", {
    message: `${service} takes one transactionid; ${transactionIds.length} were named.`,
  });
}

/** @throws PlatformError `malformed_request` saying what is wrong */
function parsed(service: ServiceName, { headers, body }: FastifyRequest, client: MdmClient | undefined): UdilRequest {
  try {
    return storable(
      parseRequest({
        ...{ service, headers, body: (body as Uint8Array | undefined) ?? new Uint8Array() },
        contentType: headers["content-type"],
        zone: peerZone(client?.timezone ?? "UTC"),
        ...(client && { version: client.version }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.fault !== "caller") throw error;
    throw new PlatformError("malformed_request", { message: error.message, cause: error });
  }
}

/** Who shows no key hears nothing of what else is wrong. */
function keyInBody(service: ServiceName, request: FastifyRequest): string | undefined {
  try {
    return parsed(service, request, undefined).privatekey;
  } catch {
    return undefined;
  }
}

/** Keys go in no Authorization header, but HTTP wants the name of a scheme. */
function notAuthorized(message: string): PlatformError {
  return new PlatformError("not_authenticated", { message, details: { scheme: "UDIL" } });
}
