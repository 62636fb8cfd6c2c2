/**
 * Switches a running MDC over HTTP on a loopback address, for tests and demonstrations that run it in another process.
 *
 *   GET    /                  what it is: the ready line's description
 *   GET    /meters            what is true of each meter
 *   GET    /habits            what there is, why, and what is set
 *   PUT    /habits            {"lateRows": 3, "zeroDates": null}: sets, and ends what is null
 *   DELETE /habits            ends all
 *   POST   /clock             {"jump": 3600000}: lets so many milliseconds pass
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HabitError } from "../habits/habit-switches.ts";
import { habits } from "../habits/habits.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import type { VendorMdc } from "../vendor-mdc.ts";

export interface VendorControl {
  readonly url: string;
  close(): Promise<void>;
}

/** Port 0 = any free one. */
export async function startVendorControl(vendor: VendorMdc, port: number): Promise<VendorControl> {
  const server = createServer((request, response) => {
    answer(vendor, request).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        if (error instanceof HabitError || error instanceof RangeError)
          send(response, 400, { error: (error as Error).message });
        else if (error instanceof NotFound) send(response, 404, { error: error.message });
        else send(response, 500, { error: String(error) });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

class NotFound extends Error {}

type Action = (vendor: VendorMdc, body: Record<string, unknown>) => unknown;

const actions: Readonly<Record<string, Action>> = {
  "GET /": ({ description }) => description,
  "GET /meters": (vendor) => {
    vendor.advance();
    return [...vendor.meters.values()].map(truth);
  },
  "GET /habits": ({ habits: switches }) =>
    Object.entries(habits).map(([name, { check, because }]) => ({
      ...{ name, takes: check.expected, because },
      value: switches.current[name as keyof typeof switches.current] ?? null,
    })),
  "PUT /habits": ({ habits: switches }, body) => {
    switches.set(body);
    return switches.current;
  },
  "DELETE /habits": ({ habits: switches }) => {
    switches.clear();
    return switches.current;
  },
  "POST /clock": (vendor, { jump }) => {
    if (!Number.isInteger(jump) || (jump as number) < 0 || (jump as number) > longestJump)
      throw new RangeError(`jump must be a whole number of milliseconds from 0 to ${longestJump}`);
    vendor.jump(jump as number);
    return { now: vendor.now() };
  },
};

async function answer(vendor: VendorMdc, request: IncomingMessage): Promise<unknown> {
  const name = `${request.method} ${new URL(request.url ?? "/", "http://control").pathname}`;
  const action = actions[name];
  if (action === undefined) throw new NotFound(`${name} is not served; there are ${Object.keys(actions).join(", ")}`);
  return action(vendor, await readBody(request));
}

function truth(meter: VendorMeter) {
  const { msn, tariffs, plan, state } = meter;
  return { msn, customer: plan.customer, tariff_in_force: tariffs.tariff, ...state };
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > longestBody) throw new RangeError(`a body has at most ${longestBody} characters`);
  }
  if (text === "") return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new RangeError("the body is not JSON");
  }
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new RangeError("the body must be a JSON object");
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

const longestBody = 65_536;
/** A month: what the meters keep in between takes memory. */
const longestJump = 31 * 86_400_000;
