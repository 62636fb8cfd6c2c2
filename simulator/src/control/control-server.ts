/**
 * Switches a running neighbourhood over HTTP, for tests and demonstrations that run it in another process.
 *
 *   GET    /meters                       names, addresses, faults, open connections, truth
 *   PUT    /meters/{name}/faults         {"latency": 200, "silent": null}: sets, and heals what is null
 *   DELETE /meters/{name}/faults         heals all
 *   PUT    /meters/{name}/joint-faults   [{"kind": "step", "leg": "line", "from": …, "ohms": 0.1}]
 *   POST   /meters/{name}/reboot         {"duration": 5000}
 *   POST   /meters/{name}/button         presses the button at the meter's switch
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Neighbourhood, NeighbourhoodMeter } from "../neighbourhood/neighbourhood.ts";
import { ControlError, durationFrom, jointFaultsFrom, meterFaultsFrom } from "./requests.ts";

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves on a loopback address; port 0 = any free one. */
export async function startControlServer(
  neighbourhood: Neighbourhood,
  host: string,
  port: number,
): Promise<ControlServer> {
  const server = createServer((request, response) => {
    answer(neighbourhood, request).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        if (error instanceof ControlError) send(response, 400, { error: error.message });
        else if (error instanceof NotFound) send(response, 404, { error: error.message });
        else send(response, 500, { error: String(error) });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return { url: urlOf(server, host), close: () => closeServer(server) };
}

class NotFound extends Error {}

type Action = (meter: NeighbourhoodMeter, body: unknown) => void;

const actions: Readonly<Record<string, Action>> = {
  "PUT faults": (meter, body) => meter.faults.set(meterFaultsFrom(body, meter.device.ownFaults)),
  "DELETE faults": (meter) => meter.faults.clear(),
  "PUT joint-faults": (meter, body) => {
    if (meter.supply.medium !== "electricity")
      throw new ControlError(`${meter.name} measures ${meter.supply.medium}: it has no joints`);
    meter.setJointFaults(jointFaultsFrom(body));
  },
  "POST button": ({ name, device }) => {
    if (device.controlState === undefined) throw new ControlError(`${name} cannot be disconnected: it has no button`);
    if (device.pressButton?.() !== true) throw new ControlError(`the button of ${name} does nothing now`);
  },
  "POST reboot": (meter, body) => meter.reboot(durationFrom(body)),
};

async function answer(neighbourhood: Neighbourhood, request: IncomingMessage): Promise<unknown> {
  const [collection, name, part, ...rest] = new URL(request.url ?? "/", "http://meters").pathname.split("/").slice(1);
  if (collection !== "meters" || rest.length > 0) throw new NotFound("only /meters is served here");
  if (name === undefined) return neighbourhood.meters.map(status);
  const meter = neighbourhood.meters.find((candidate) => candidate.name === decodeURIComponent(name));
  if (meter === undefined) throw new NotFound(`there is no meter ${name}`);
  const action = actions[`${request.method} ${part}`];
  if (action === undefined)
    throw new NotFound(`${request.method} of ${part} is not served; see ${Object.keys(actions).join(", ")}`);
  action(meter, await readBody(request));
  return status(meter);
}

function status(meter: NeighbourhoodMeter) {
  const { name, protocol, host, port, make, model, truth } = meter;
  return {
    name,
    protocol,
    host,
    port,
    make,
    model,
    truth,
    faults: meter.faults.current,
    connections: meter.connections(),
    controlState: meter.device.controlState,
  };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > longestBody) throw new ControlError(`a body has at most ${longestBody} characters`);
  }
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new ControlError("the body is not JSON");
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  return `http://${host}:${typeof address === "object" && address !== null ? address.port : ""}`;
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

const longestBody = 65_536;
