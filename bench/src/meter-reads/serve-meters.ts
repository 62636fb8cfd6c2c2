/**
 * The other side of a benchmark of complete reads, in a process of its own: meters on some ports, and on others bare sockets
 * that answer as many bytes with as many others. A protocol's `meter-process.ts` is one call of this.
 */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Session } from "@anymeter/sans-io";

/** What happened on a connection, in turns: so many bytes up, so many down. */
export type Script = readonly (readonly [up: number, down: number])[];

export interface MeterPorts {
  readonly meters: readonly number[];
  readonly bare: readonly number[];
}

type Served = Pick<Session, "receive" | "takeOutput">;

/**
 * Listens, tells the ports to the parent process, takes a script for the bare sockets from it, and ends with it.
 * @param latency of every answer, in milliseconds
 */
export async function serveMeters(newSession: () => Served, latency = 0): Promise<void> {
  let script: Script = [];
  process.on("message", (message) => {
    script = message as Script;
    process.send!("script taken");
  });
  process.on("disconnect", () => process.exit());
  const send = (socket: Socket, bytes: Uint8Array) => {
    if (latency === 0) socket.write(bytes);
    else setTimeout(() => socket.write(bytes), latency);
  };
  const ports: MeterPorts = {
    meters: await listen((socket) => beMeter(socket, newSession(), send)),
    bare: await listen((socket) => beBare(socket, script, send)),
  };
  process.send!(ports);
}

type Send = (socket: Socket, bytes: Uint8Array) => void;

function beMeter(socket: Socket, session: Served, send: Send): void {
  socket.on("data", (bytes) => {
    session.receive(bytes);
    for (let answer = session.takeOutput(); answer; answer = session.takeOutput()) send(socket, answer);
  });
}

/** Whoever goes on after the script repeats its last turn. */
function beBare(socket: Socket, script: Script, send: Send): void {
  let turn = 0;
  let received = 0;
  const turnNow = () => script[Math.min(turn, script.length - 1)]!;
  socket.on("data", (bytes) => {
    received += bytes.length;
    for (let [up, down] = turnNow(); received >= up; [up, down] = turnNow()) {
      received -= up;
      turn++;
      if (down > 0) send(socket, zeros.subarray(0, down));
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
