import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { registerNeighbourhood } from "@anymeter/simulator";
import { type Configuration, readConfiguration } from "../configuration.ts";
import { startPlatform } from "../platform.ts";
import { type Command, type Terminal, UsageError } from "./command.ts";
import { type DemoCredentials, demoCredentials, demoCredentialsFile } from "./demo-credentials.ts";
import { startDemoNeighbourhood } from "./demo-neighbourhood.ts";
import { showProgress } from "./demo-progress.ts";
import { stopRequested } from "./stop-requested.ts";

/** `anymeter demo`: the platform and a simulated neighbourhood whose meters it reads over sockets. */
export const demo: Command = {
  name: "demo",
  summary: "run the platform with a simulated neighbourhood of meters",
  usage:
    "Usage: anymeter demo\n\nRuns until Ctrl-C. Log lines go to <data>/demo.log, credentials to <data>/demo-credentials.json.\n" +
    "Start it again and it goes on where it was.",
  async run(words, terminal) {
    if (words.length > 0) throw new UsageError(`takes no words, but was given "${words[0]}"`);
    const configuration = readConfiguration(terminal.environment);
    const stop = stopRequested();
    const credentials = await demoCredentials(configuration);
    const { password, token, username } = credentials;
    const log = createWriteStream(join(configuration.dataDirectory, "demo.log"), { flags: "a", mode: 0o600 });
    const platform = await startPlatform(
      { ...configuration, administrator: { username, password, token } },
      { write: (line) => void log.write(line) },
    );
    try {
      if (platform.address === undefined) throw new UsageError("needs the role api: leave ANYMETER_ROLES unset");
      await inhabit(platform.address, configuration, credentials, terminal, stop);
    } finally {
      await platform.close();
      await new Promise((resolve) => log.end(resolve));
    }
    return 0;
  },
};

/** Moves the neighbourhood in, registers it through the public API as any client would, and watches until the stop. */
async function inhabit(
  address: string,
  { dataDirectory }: Configuration,
  credentials: DemoCredentials,
  { stdout }: Terminal,
  stop: Promise<void>,
): Promise<void> {
  const { token, username, password } = credentials;
  stdout.write(
    `\n  Portal    ${address}   sign in as ${username} with ${password}\n` +
      `  API       ${address}/docs   Authorization: Token ${token}\n` +
      `  Both are kept in ${demoCredentialsFile(dataDirectory)}\n\n`,
  );
  const neighbourhood = await startDemoNeighbourhood(join(dataDirectory, "neighbourhood.json"));
  const watching = new AbortController();
  const watch = async () => {
    const { description } = neighbourhood;
    const { meters, historyDays } = description;
    stdout.write(`  ${meters.length} meters listen on loopback, each with ${historyDays} days of load profile.\n`);
    const { created } = await registerNeighbourhood({ baseUrl: address, token, neighbourhood: description });
    stdout.write(
      created > 0
        ? `  Registered through the public API: ${created} objects. Reading what they kept …\n`
        : "  They are registered already. Reading goes on where it was.\n",
    );
    await showProgress({ address, token, meters: meters.length, stdout, signal: watching.signal });
    throw new Error(`the neighbourhood ended by itself (${await neighbourhood.ended})`);
  };
  try {
    await Promise.race([stop, watch()]);
    stdout.write("\n  Stopping …\n");
  } finally {
    watching.abort();
    await neighbourhood.close();
  }
}
