/**
 * A vendor's MDC as a process of its own. Prints one line of JSON when it listens, then runs until SIGINT or SIGTERM, or
 * until its standard input ends when asked to, so that it never outlives the process that started it.
 */
import { parseArgs } from "node:util";
import { udilVersions } from "@anymeter/udil";
import { askedToEnd, oneOf, runProgram, startBeside, whole } from "../command-line.ts";
import { startVendorControl } from "./control/control-server.ts";
import type { HabitValues } from "./habits/habits.ts";
import { mostMeters } from "./meters/plan.ts";
import type { VendorMdcDescription } from "./options.ts";
import { CsvFolder } from "./transports/csv-folder.ts";
import { openDatabase } from "./transports/database-connection.ts";
import { DatabaseTables } from "./transports/database-tables.ts";
import type { Transport } from "./transports/transport.ts";
import { startVendorMdc } from "./vendor-mdc.ts";

/** The line printed when it listens. */
export interface VendorReadyLine extends VendorMdcDescription {
  readonly type: "ready";
  /** URL of the control server, when one was asked for. */
  readonly control?: string;
}

const usage = `node simulator/src/vendor-mdc/main.ts [options]
  --seed N               which vendor (default 1); serial numbers of seeds below 90 never meet
  --meters N             meters in service (default 10)
  --stock N              meters that device_creation can bring into service (default 2)
  --version V            ${udilVersions.join(", ")} (default v1)
  --format json|xml      of answers to clients that name none (default json)
  --host ADDRESS         where it listens (default 127.0.0.1)
  --port N               0 = any free one (default: the remembered one, else any)
  --base-path PATH       in front of the services' names (default none)
  --history-days N       days of rows behind now (default 3)
  --interval MINUTES     of the load profile (default 30)
  --energy abs|pos       what active energy of v1's load profile is: both directions (default) or import
  --pace X               1 = commands take as long as in the field, 0 = no time (default 1)
  --habits JSON          what it does that UDIL does not say, as {"lateRows": 20, "zeroDates": true}
  --memory FILE          remember rows, orders, meters, certificate and port in this file
  --database-url URL     keep the tables in a PostgreSQL database as well
  --folder DIRECTORY     write rows as CSV files into this folder as well
  --control-port N       serve the control interface on a loopback address, 0 = any free port (default: not at all)
  --until-input-ends     stop when standard input ends
`;

const options = {
  seed: { type: "string", default: "1" },
  meters: { type: "string", default: "10" },
  stock: { type: "string", default: "2" },
  version: { type: "string", default: "v1" },
  format: { type: "string", default: "json" },
  host: { type: "string", default: "127.0.0.1" },
  port: { type: "string" },
  "base-path": { type: "string", default: "" },
  "history-days": { type: "string", default: "3" },
  interval: { type: "string", default: "30" },
  energy: { type: "string", default: "abs" },
  pace: { type: "string", default: "1" },
  habits: { type: "string", default: "{}" },
  memory: { type: "string" },
  "database-url": { type: "string" },
  folder: { type: "string" },
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
  const transports: Transport[] = [];
  if (values["database-url"] !== undefined) {
    transports.push(new DatabaseTables(await openDatabase(values["database-url"])));
  }
  if (values.folder !== undefined) transports.push(new CsvFolder(values.folder));
  const vendor = await startVendorMdc({
    seed: whole("seed", values.seed, 0, 0xffff_ffff),
    meters: whole("meters", values.meters, 0, mostMeters),
    stock: whole("stock", values.stock, 0, mostMeters),
    version: oneOf("version", values.version, udilVersions),
    format: oneOf("format", values.format, ["json", "xml"]),
    host: values.host,
    ...(values.port !== undefined && { port: whole("port", values.port, 0, 65_535) }),
    basePath: path("base-path", values["base-path"]),
    historyDays: whole("history-days", values["history-days"], 1, 400),
    intervals: { LPRO: whole("interval", values.interval, 1, 1_440) },
    loadProfileEnergy: oneOf("energy", values.energy, ["abs", "pos"]),
    pace: number("pace", values.pace),
    habits: habitsFrom(values.habits),
    transports,
    ...(values.memory !== undefined && { memoryFile: values.memory }),
  });
  const control =
    controlPort === undefined ? undefined : await startBeside(vendor, () => startVendorControl(vendor, controlPort));
  const ready: VendorReadyLine = { type: "ready", ...vendor.description, ...(control && { control: control.url }) };
  const ended = askedToEnd(values["until-input-ends"]);
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  await ended;
  await control?.close();
  await vendor.close();
  process.stdin.destroy();
}

function habitsFrom(text: string): HabitValues {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    values = undefined;
  }
  if (typeof values === "object" && values !== null && !Array.isArray(values)) return values;
  throw new RangeError(`--habits is ${text}, not a JSON object`);
}

function path(name: string, text: string): string {
  if (/^(\/[\w.~-]+)*$/.test(text)) return text;
  throw new RangeError(`--${name} is "${text}", not a path such as /udil`);
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1_000) return value;
  throw new RangeError(`--${name} is "${text}", not a number from 0 to 1000`);
}
