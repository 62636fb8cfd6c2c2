/**
 * The other side of the LIS-200 benchmark, in a process of its own: devices on some ports, and on others bare sockets that
 * answer as many bytes with as many others.
 */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { Lis200ServerSession } from "@anymeter/lis-200";
import type { MeterPorts, Script } from "../dlms/meter-process.ts";
import { benchmarkDevice } from "./benchmark-device.ts";

/** More than one, so that closed connections do not use up the ports of the client's side. */
const portsOfEachKind = 8;

const zeros = new Uint8Array(0x1_0000);
let script: Script = [];
process.on("message", (message) => {
  script = message as Script;
  process.send!("script taken");
});
process.on("disconnect", () => process.exit());
const ports: MeterPorts = { meters: await listen(beMeter), bare: await listen(beBare) };
process.send!(ports);

function beMeter(socket: Socket): void {
  const session = new Lis200ServerSession(benchmarkDevice);
  socket.on("data", (bytes) => {
    session.receive(bytes);
    for (let answer = session.takeOutput(); answer; answer = session.takeOutput()) socket.write(answer);
  });
}

function beBare(socket: Socket): void {
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
