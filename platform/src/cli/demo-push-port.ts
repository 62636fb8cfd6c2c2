import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { Configuration } from "../configuration.ts";

/**
 * The port the demo's meters push to and dial in to: the configured one, or another when a program has it that nobody
 * told us of. It must be known before the platform listens, because its meters were there first.
 */
export async function demoPushPort({ host, port, mustListen }: Configuration["dlmsPush"]): Promise<number> {
  if (mustListen && port !== 0) return port;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const wanted = attempt === 0 ? port : 0;
    const found = await freePort(host, wanted).catch(() => undefined);
    if (found !== undefined) return found;
  }
  return port;
}

/** Where the meters find it: a platform that listens on all addresses is found on this machine. */
export function demoPushHost({ host }: Configuration["dlmsPush"]): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}

/** Free for TCP and UDP. */
async function freePort(host: string, wanted: number): Promise<number> {
  const server = createServer().listen(wanted, host);
  try {
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    try {
      socket.bind(port, host);
      await once(socket, "listening");
      return port;
    } finally {
      socket.close();
    }
  } finally {
    server.close();
  }
}

const attempts = 10;
