/** An MDC behind real HTTPS whose every answer the test writes: for what no vendor's MDC does on purpose. */
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { pakistanTime, parseRequest, type ServiceName, serviceOfPath, type UdilRequest } from "@anymeter/udil";
import { generate } from "selfsigned";
import { cleanUpAfterTests } from "../../../stores/testing/clean-up.ts";

export interface HandmadeAnswer {
  readonly status?: number;
  readonly contentType?: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HandmadeMdc {
  readonly url: string;
  /** PEM. */
  readonly certificate: string;
  /** Requests as they came, authorizations too. */
  readonly requests: {
    service: ServiceName;
    request: UdilRequest | undefined;
    headers: NodeJS.Dict<string | string[]>;
    raw: readonly string[];
    body: string;
    /** The connection it came by. */
    port: number | undefined;
  }[];
  asked(service: ServiceName): number;
}

export type Answering = (
  request: UdilRequest,
  service: ServiceName,
) => HandmadeAnswer | Promise<HandmadeAnswer> | undefined;

/** @param answering undefined = the connection is cut */
export async function startHandmadeMdc(
  answering: Answering,
  authorize: () => HandmadeAnswer = () => json({ status: "1", privatekey: "a key", message: "" }),
): Promise<HandmadeMdc> {
  const { cert, private: key } = await generate([{ name: "commonName", value: "handmade" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
  });
  const requests: HandmadeMdc["requests"] = [];
  const server = createServer({ cert, key }, async (incoming, outgoing) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const service = serviceOfPath(incoming.url ?? "")!;
    const request = service === "authorization_service" ? undefined : requestOf(incoming, service, body);
    const { headers, rawHeaders: raw } = incoming;
    requests.push({ service, request, headers, raw, body: body.toString(), port: incoming.socket.remotePort });
    const answer = request ? await answering(request, service) : authorize();
    if (answer === undefined) return void outgoing.destroy();
    const { status = 200, contentType = "application/json", headers: more = {} } = answer;
    outgoing.writeHead(status, { "content-type": contentType, ...more }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUpAfterTests(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate: cert,
    requests,
    asked: (wanted) => requests.filter(({ service }) => service === wanted).length,
  };
}

function requestOf({ headers }: IncomingMessage, service: ServiceName, body: Buffer): UdilRequest {
  try {
    const contentType = headers["content-type"];
    return parseRequest({ service, headers, body, version: "v1", zone: pakistanTime, contentType });
  } catch (error) {
    // A read of all meters names none, which UDIL does not know.
    if (!(error instanceof Error && /has no global_device_id/.test(error.message))) throw error;
    return { service, ids: [], transactionIds: [], fields: {}, notes: [] } as unknown as UdilRequest;
  }
}

export function json(value: object, more: Partial<HandmadeAnswer> = {}): HandmadeAnswer {
  return { body: JSON.stringify(value), ...more };
}
