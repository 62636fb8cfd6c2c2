/**
 * The neighbourhood as a process of its own. Prints one line of JSON when every meter listens, then runs until SIGINT or
 * SIGTERM, or until its standard input ends when asked to, so that it never outlives the process that started it.
 */
import { parseArgs } from "node:util";
import { askedToEnd, runProgram, startBeside, whole } from "./command-line.ts";
import { startControlServer } from "./control/control-server.ts";
import { isCapturePeriod } from "./meters/dlms/profiles/capture-periods.ts";
import type { NeighbourhoodDescription } from "./neighbourhood/description.ts";
import { startNeighbourhood } from "./neighbourhood/neighbourhood.ts";
import { otherMeters } from "./neighbourhood/others.ts";

/** The line printed when everything listens. */
export interface ReadyLine {
  readonly type: "ready";
  readonly neighbourhood: NeighbourhoodDescription;
  /** URL of the control server, when one was asked for. */
  readonly control?: string;
}

const usage = `node simulator/src/main.ts [options]
  --seed N              which neighbourhood (default 1)
  --meters N            how many DLMS meters (default 60)
  --others N|none       how many meters of other protocols, in the order of their table (default all)
  --host ADDRESS        where they listen (default 127.0.0.1)
  --port-base N         port of the first meter, 0 = any free ports (default 0)
  --history-days N      days of load profile behind now (default 30)
  --capture-period N    seconds of a load profile's period (default 900)
  --push-to HOST:PORT   where DLMS meters push and dial in to (default: nowhere)
  --memory FILE         remember ports, clocks and counters in this file
  --control-port N      serve the control interface here, 0 = any free port (default: not at all)
  --until-input-ends    stop when standard input ends
`;

/** A month of a meter takes about 150 kB: larger neighbourhoods compute what is read. */
const mostPrepared = 500;

const options = {
  seed: { type: "string", default: "1" },
  meters: { type: "string", default: "60" },
  others: { type: "string", default: String(otherMeters.length) },
  host: { type: "string", default: "127.0.0.1" },
  "port-base": { type: "string", default: "0" },
  "history-days": { type: "string", default: "30" },
  "capture-period": { type: "string", default: "900" },
  "push-to": { type: "string" },
  memory: { type: "string" },
  "control-port": { type: "string" },
  "until-input-ends": { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

await runProgram(main);

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const asked = values["control-port"];
  const controlPort = asked === undefined ? undefined : whole("control-port", asked, 0, 65_535);
  const neighbourhood = await startNeighbourhood({
    seed: whole("seed", values.seed, 0, 0xffff_ffff),
    meters: whole("meters", values.meters, 0, 20_000),
    others: otherMeters.slice(0, values.others === "none" ? 0 : whole("others", values.others, 0, otherMeters.length)),
    host: values.host,
    startPort: whole("port-base", values["port-base"], 0, 65_535),
    historyDays: whole("history-days", values["history-days"], 1, 400),
    capturePeriod: capturePeriod(values["capture-period"]),
    ...(values["push-to"] !== undefined && { pushTo: destination(values["push-to"]) }),
    ...(values.memory !== undefined && { memoryFile: values.memory }),
  });
  const control =
    controlPort === undefined
      ? undefined
      : await startBeside(neighbourhood, () => startControlServer(neighbourhood, values.host, controlPort));
  const ready: ReadyLine = {
    type: "ready",
    neighbourhood: neighbourhood.description,
    ...(control && { control: control.url }),
  };
  const ended = askedToEnd(values["until-input-ends"]);
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  if (neighbourhood.meters.length <= mostPrepared) void neighbourhood.prepare();
  await ended;
  await Promise.all([control?.close(), neighbourhood.close()]);
  process.stdin.destroy();
}

function capturePeriod(text: string): number {
  const seconds = whole("capture-period", text, 60, 86_400);
  if (isCapturePeriod(seconds)) return seconds;
  throw new RangeError(`--capture-period is ${seconds}, not seconds of whole minutes that divide a day`);
}

/** HOST:PORT; an IPv6 address may stand in brackets. */
function destination(text: string): { host: string; port: number } {
  const [, host, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text)?.filter((part) => part !== undefined) ?? [];
  if (host === undefined || port === undefined) throw new RangeError(`--push-to is "${text}", not HOST:PORT`);
  return { host, port: whole("push-to", port, 1, 65_535) };
}
