import { createWriteStream } from "node:fs";
import { join } from "node:path";
import {
  type NeighbourhoodDescription,
  protocols,
  type ReadyLine,
  registerNeighbourhood,
  registerUdil,
  type VendorMdcDescription,
} from "@anymeter/simulator";
import { readConfiguration } from "../configuration.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { type Command, type Terminal, UsageError } from "./command.ts";
import { type DemoCredentials, demoCredentials, demoCredentialsFile } from "./demo-credentials.ts";
import { startDemoNeighbourhood } from "./demo-neighbourhood.ts";
import type { DemoProcess } from "./demo-process.ts";
import { showProgress } from "./demo-progress.ts";
import { demoPushHost, demoPushPort } from "./demo-push-port.ts";
import { startDemoVendors } from "./demo-vendors.ts";
import { stopRequested } from "./stop-requested.ts";

/** `anymeter demo`: the platform, a simulated neighbourhood whose meters it reads over sockets, and two vendors' MDCs. */
export const demo: Command = {
  usage:
    "Usage: anymeter demo\n\nRuns until Ctrl-C. Log lines go to <data>/demo.log, credentials to <data>/demo-credentials.json.\n" +
    "Start it again and it goes on where it was.",
  async run(words, terminal) {
    if (words.length > 0) throw new UsageError(`takes no words, but was given "${words[0]}"`);
    const configuration = readConfiguration(terminal.environment);
    if (!configuration.roles.has("api")) throw new UsageError("needs the role api: leave ANYMETER_ROLES unset");
    const { dataDirectory } = configuration;
    const stop = stopRequested();
    const credentials = await demoCredentials(configuration);
    const log = createWriteStream(join(dataDirectory, "demo.log"), { flags: "a", mode: 0o600 });
    // The meters were there before the platform: one that goes on after a power cut must find them.
    const dlmsPush = { ...configuration.dlmsPush, port: await demoPushPort(configuration.dlmsPush) };
    const neighbourhood = await startDemoNeighbourhood(join(dataDirectory, "neighbourhood.json"), {
      host: demoPushHost(dlmsPush),
      port: dlmsPush.port,
    });
    const world: DemoProcess<unknown>[] = [neighbourhood];
    try {
      const vendors = await startDemoVendors(dataDirectory);
      world.push(...vendors);
      const platform = await startPlatform(
        { ...configuration, dlmsPush, administrator: credentials },
        { write: (line) => void log.write(line) },
      );
      try {
        tellAddresses(platform, credentials, dataDirectory, terminal);
        await Promise.race([stop, inhabit(platform, { neighbourhood, vendors }, credentials, terminal)]);
        terminal.stdout.write("\n  Stopping …\n");
      } finally {
        await platform.close();
      }
    } finally {
      await Promise.all(world.map((part) => part.close()));
      await new Promise((resolve) => log.end(resolve));
    }
    return 0;
  },
};

function tellAddresses(
  { address, secureAddress }: Platform,
  { token, username, password }: DemoCredentials,
  dataDirectory: string,
  { stdout }: Terminal,
): void {
  stdout.write(
    `\n  Portal    ${address}   sign in as ${username} with ${password}\n` +
      `  API       ${address}/docs   Authorization: Token ${token}\n` +
      `  UDIL      ${secureAddress}/udil/   for MDM systems\n` +
      `  Credentials of all three are kept in ${demoCredentialsFile(dataDirectory)}\n\n`,
  );
}

/** "60 DLMS, 12 M-Bus, 6 Modbus" */
function census(meters: NeighbourhoodDescription["meters"]): string {
  return [...Map.groupBy(meters, ({ protocol }) => protocol)]
    .map(([protocol, members]) => `${members.length} ${protocols[protocol].label}`)
    .join(", ");
}

interface World {
  readonly neighbourhood: DemoProcess<ReadyLine>;
  readonly vendors: readonly DemoProcess<VendorMdcDescription>[];
}

/** Registers the world through the public API as any client would, and watches it being read; never ends by itself. */
async function inhabit(
  { address }: Platform,
  { neighbourhood, vendors }: World,
  { token, udil }: DemoCredentials,
  { stdout }: Terminal,
): Promise<never> {
  const description = neighbourhood.ready.neighbourhood;
  const { meters, historyDays } = description;
  stdout.write(
    `  ${meters.length} meters listen on loopback, with ${historyDays} days of history: ${census(meters)}.\n`,
  );
  for (const { ready } of vendors) {
    stdout.write(`  ${ready.meters.length} more are behind ${ready.name}: UDIL ${ready.version}, ${ready.format}.\n`);
  }
  const client = { baseUrl: address!, token };
  const registered = await registerNeighbourhood({ ...client, neighbourhood: description });
  const peers = await registerUdil({
    ...client,
    organization: registered.organization,
    client: udil,
    vendors: vendors.map(({ ready }) => ready),
  });
  const created = registered.created + peers.created;
  stdout.write(
    created > 0
      ? `  Registered through the public API: ${created} objects. Reading what they kept …\n`
      : "  They are registered already. Reading goes on where it was.\n",
  );
  const vendorsMeters = vendors.reduce((sum, { ready }) => sum + ready.meters.length, 0);
  await showProgress({ address: address!, token, meters, vendorsMeters, stdout });
  const ends = [neighbourhood, ...vendors].map(({ ended }) => ended);
  throw new Error(`a part of the neighbourhood ended by itself (${await Promise.race(ends)})`);
}
