/**
 * The other side of the DLMS benchmarks, in a process of its own: meters on some ports, and on others bare sockets that
 * answer as many bytes with as many others. Started with the latency in milliseconds; tells its ports to its parent.
 */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { ServerSession } from "@anymeter/dlms-cosem";
import { benchmarkMeter } from "./benchmark-meter.ts";

/** What happened on a connection, in turns: so many bytes up, so many down. */
export type Script = readonly (readonly [up: number, down: number])[];

export interface MeterPorts {
  readonly meters: readonly number[];
  readonly bare: readonly number[];
}

/** More than one, so that closed connections do not use up the ports of the client's side. */
const portsOfEachKind = 8;

const latency = Number(process.argv[2] ?? 0);
const meter = benchmarkMeter();
const zeros = new Uint8Array(0x1_0000);
let script: Script = [];
process.on("message", (message) => {
  script = message as Script;
  process.send!("script taken");
});
process.on("disconnect", () => process.exit());
const ports: MeterPorts = {
  meters: await listen((socket) => beMeter(socket, new ServerSession(meter))),
  bare: await listen((socket) => beBare(socket)),
};
process.send!(ports);

function beMeter(socket: Socket, session: ServerSession): void {
  socket.on("data", (bytes) => {
    session.receive(bytes);
    for (let event = session.nextEvent(); event !== undefined; event = session.nextEvent()) {
      if ("error" in event && event.error !== undefined) throw event.error;
    }
    const answer = session.takeOutput();
    if (answer !== undefined) sendLate(socket, answer);
  });
}

function beBare(socket: Socket): void {
  let turn = 0;
  let received = 0;
  socket.on("data", (bytes) => {
    received += bytes.length;
    const [up, down] = script[Math.min(turn, script.length - 1)]!;
    if (received < up) return;
    received -= up;
    turn++;
    if (down > 0) sendLate(socket, zeros.subarray(0, down));
  });
}

function sendLate(socket: Socket, bytes: Uint8Array): void {
  if (latency === 0) socket.write(bytes);
  else setTimeout(() => socket.write(bytes), latency);
}

async function listen(serve: (socket: Socket) => void): Promise<number[]> {
  const ports: number[] = [];
  for (let index = 0; index < portsOfEachKind; index++) {
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on("error", () => socket.destroy());
      serve(socket);
    });
    server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 });
    await once(server, "listening");
    const address = server.address();
    if (typeof address === "object" && address !== null) ports.push(address.port);
  }
  return ports;
}
