/** Who is connected, so that a server that closes need not wait for connections on which nothing is owed to anybody. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { Socket } from "node:net";

/** Hanging up at once could take the answer from a client that is still sending; never would suit one that never stops. */
export const lingerMilliseconds = 1000;

export class Connections {
  /** Requests of each connection whose answers are not sent yet. */
  readonly #owed = new Map<Socket, number>();
  readonly #servers: (Server | SecureServer)[] = [];
  #closing = false;

  /** @param connected the server's event for a connection on which requests come */
  watch(server: Server | SecureServer, connected: "connection" | "secureConnection"): void {
    this.#servers.push(server);
    server.on(connected, (socket: Socket) => {
      this.#owed.set(socket, 0);
      socket.once("close", () => this.#owed.delete(socket));
      if (this.#closing) socket.destroy();
    });
    server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.#owe(socket, 1);
      response.once("close", () => this.#owe(socket, -1));
    });
  }

  /**
   * Hangs up on everybody as soon as nothing is owed to them. Node ends idle connections alone, and once: one that is answered
   * later, or goes on sending a body that was refused, would be kept for the next request.
   */
  close(): void {
    this.#closing = true;
    for (const server of this.#servers) server.closeIdleConnections();
    for (const [socket, owed] of this.#owed) if (owed === 0) hangUp(socket);
  }

  #owe(socket: Socket, step: number): void {
    const owed = this.#owed.get(socket);
    if (owed === undefined) return;
    this.#owed.set(socket, owed + step);
    if (this.#closing && owed + step === 0) hangUp(socket);
  }
}

function hangUp(socket: Socket): void {
  socket.end();
  setTimeout(() => socket.destroy(), lingerMilliseconds).unref();
}
