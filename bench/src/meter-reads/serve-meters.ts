/**
 * The other side of a benchmark of complete reads, in a process of its own: meters on some ports, and on others bare sockets
 * that answer as many bytes with as many others. A protocol's `meter-process.ts` is one call of this.
 */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Session } from "@anymeter/sans-io";
import type { MeterPorts, Script } from "../dlms/meter-process.ts";

/** Listens, tells the ports to the parent process, takes a script for the bare sockets from it, and ends with it. */
export async function serveMeters(newSession: () => Session): Promise<void> {
  let script: Script = [];
  process.on("message", (message) => {
    script = message as Script;
    process.send!("script taken");
  });
  process.on("disconnect", () => process.exit());
  const ports: MeterPorts = {
    meters: await listen((socket) => beMeter(socket, newSession())),
    bare: await listen((socket) => beBare(socket, script)),
  };
  process.send!(ports);
}

function beMeter(socket: Socket, session: Session): void {
  socket.on("data", (bytes) => {
    session.receive(bytes);
    for (let answer = session.takeOutput(); answer; answer = session.takeOutput()) socket.write(answer);
  });
}

function beBare(socket: Socket, script: Script): void {
  let turn = 0;
  let received = 0;
  socket.on("data", (bytes) => {
    received += bytes.length;
    for (let next = script[turn]; next && received >= next[0]; next = script[turn]) {
      received -= next[0];
      turn++;
      if (next[1] > 0) socket.write(zeros.subarray(0, next[1]));
    }
  });
}

async function listen(serve: (socket: Socket) => void): Promise<number[]> {
  const servers = Array.from({ length: portsOfEachKind }, () =>
    createServer({ noDelay: true }, (socket) => {
      socket.on("error", () => socket.destroy());
      serve(socket);
    }).listen({ host: "127.0.0.1", port: 0, backlog: 4096 }),
  );
  await Promise.all(servers.map((server) => once(server, "listening")));
  return servers.flatMap((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? [address.port] : [];
  });
}

/** More than one, so that closed connections do not use up the ports of the client's side. */
const portsOfEachKind = 8;
const zeros = new Uint8Array(0x1_0000);
