/** DLMS meters on sockets. Started with the latency of their answers in milliseconds. */
import { ServerSession } from "@anymeter/dlms-cosem";
import { serveMeters } from "../meter-reads/serve-meters.ts";
import { benchmarkMeter } from "./benchmark-meter.ts";

const meter = benchmarkMeter();
await serveMeters(newSession, Number(process.argv[2] ?? 0));

function newSession() {
  const session = new ServerSession(meter);
  return {
    receive(bytes: Uint8Array): void {
      session.receive(bytes);
      for (let event = session.nextEvent(); event !== undefined; event = session.nextEvent()) {
        if ("error" in event && event.error !== undefined) throw event.error;
      }
    },
    takeOutput: () => session.takeOutput(),
  };
}
