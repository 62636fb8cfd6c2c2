import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";
import { limits, type Timeouts } from "./limits.ts";

/** The body of a request that is on its way. */
interface Arrival {
  /** Ordinary bodies must be complete by then, streams must have moved on; milliseconds of `performance.now()`. */
  deadline: number;
  /** Bytes the connection had received when the deadline was set. */
  bytesBefore: number;
}

/** Requests whose bodies are taken while they arrive, however long that is. */
const streams = new WeakSet<IncomingMessage>();

/**
 * Lets the body of a request take as long as it needs, as long as it keeps the least rate. For routes that take
 * bodies of any length in constant memory.
 */
export function takeAsStream(request: IncomingMessage): void {
  streams.add(request);
}

/**
 * Refuses the requests of an application whose bodies do not arrive in time, whether somebody reads them or not. Node's own
 * `requestTimeout` knows one time for all requests, which would end every long upload.
 *
 * @param refuse answers such a request and hangs up
 * @returns what every request must be shown to when its headers have arrived
 */
export function refuseSlowRequests(
  app: FastifyInstance,
  times: Timeouts,
  refuse: (request: IncomingMessage) => void,
): (request: IncomingMessage) => void {
  const arrivals = new Map<IncomingMessage, Arrival>();
  const timer = setInterval(() => {
    const now = performance.now();
    for (const [request, arrival] of arrivals) {
      if (isInTime(request, arrival, now, times)) continue;
      arrivals.delete(request);
      refuse(request);
    }
  }, times.check).unref();
  app.addHook("onClose", async () => clearInterval(timer));
  return (request) => {
    const { "content-length": length = "0", "transfer-encoding": encoding } = request.headers;
    if (length === "0" && encoding === undefined) return;
    arrivals.set(request, { deadline: performance.now() + times.request, bytesBefore: request.socket.bytesRead });
    request.once("close", () => arrivals.delete(request));
  };
}

function isInTime(request: IncomingMessage, arrival: Arrival, now: number, times: Timeouts): boolean {
  if (request.complete || now < arrival.deadline) return true;
  if (!streams.has(request)) return false;
  const { bytesRead } = request.socket;
  const enough = (limits.streamBytesPerSecond * times.stream) / 1000;
  // What waits to be read is held up by this side.
  if (request.readableLength === 0 && bytesRead - arrival.bytesBefore < enough) return false;
  arrival.bytesBefore = bytesRead;
  arrival.deadline = now + times.stream;
  return true;
}
