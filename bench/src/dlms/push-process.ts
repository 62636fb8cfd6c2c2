/**
 * Meters that push, in a process of their own. Started with the port of a head-end and of a bare server; answers each
 * request with the seconds it took until every push was answered.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import {
  countFrom,
  encodeApdu,
  fullProtection,
  obisToBytes,
  protect,
  SecurityContext,
  wrapperFrame,
} from "@anymeter/dlms-cosem";
import { keys, pushedRegisters, titleOf } from "./pushing-meters.ts";

export interface PushRequest {
  readonly port: number;
  readonly meters: number;
  readonly pushesPerMeter: number;
  /** Minutes of the first push's clock since midnight: no reading is pushed twice. */
  readonly firstMinute: number;
  /** Counters begin here. */
  readonly firstCounter: number;
}

process.on("disconnect", () => process.exit());
process.on("message", async (request: PushRequest) => {
  const frames = Array.from({ length: request.meters }, (_, meter) => framesOf(meter, request));
  const sockets = await Promise.all(frames.map(() => open(request.port)));
  const started = performance.now();
  await Promise.all(sockets.map((socket, meter) => pushAll(socket, frames[meter]!)));
  const seconds = (performance.now() - started) / 1000;
  for (const socket of sockets) socket.destroy();
  process.send!(seconds);
});
process.send!("ready");

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket;
}

/** One after another, as a meter waits for its answer. */
function pushAll(socket: Socket, frames: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let answered = 0;
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("a push was not answered")));
    socket.on("data", () => {
      answered++;
      if (answered === frames.length) resolve();
      else socket.write(frames[answered]!);
    });
    socket.write(frames[0]!);
  });
}

function framesOf(meter: number, { pushesPerMeter, firstMinute, firstCounter }: PushRequest): Uint8Array[] {
  const context = new SecurityContext({
    suite: 0,
    systemTitle: titleOf(meter),
    keys,
    counter: countFrom(firstCounter),
  });
  return Array.from({ length: pushesPerMeter }, (_, push) => {
    const minute = firstMinute + push;
    const apdu = encodeApdu({
      type: "data-notification",
      invocation: {
        ...{ invokeId: push, confirmed: true, highPriority: false },
        ...{ selfDescriptive: false, processingBreakOnError: false },
      },
      dateTime: {
        ...{ year: 2026, month: 1, day: 1 + Math.floor(minute / 1440), hour: Math.floor(minute / 60) % 24 },
        ...{ minute: minute % 60, second: 0, deviation: 0 },
      },
      body: {
        type: "structure",
        value: pushedRegisters.map((obis, register) => ({
          type: "structure" as const,
          value: [
            { type: "octet-string" as const, value: obisToBytes(obis) },
            { type: "double-long-unsigned" as const, value: minute * 10 + register },
            {
              type: "structure" as const,
              value: [
                { type: "integer" as const, value: 0 },
                { type: "enum" as const, value: 30 },
              ],
            },
          ],
        })),
      },
    });
    return wrapperFrame(1, 103, protect(apdu, { context, policy: fullProtection, form: "general-global" }));
  });
}
