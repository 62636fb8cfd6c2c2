import { readConfiguration } from "../configuration.ts";
import { startPlatform } from "../platform.ts";
import { type Command, UsageError } from "./command.ts";
import { stopRequested } from "./stop-requested.ts";

/** `anymeter serve`: the platform for your own meters, until Ctrl-C or SIGTERM. */
export const serve: Command = {
  usage: "Usage: anymeter serve\n\nRuns until Ctrl-C or SIGTERM. Log lines are JSON on standard output.",
  async run(words, { environment, stderr }) {
    if (words.length > 0) throw new UsageError(`takes no words, but was given "${words[0]}"`);
    const stop = stopRequested();
    const platform = await startPlatform(readConfiguration(environment));
    const { administrator, address, secureAddress } = platform;
    if (administrator !== undefined) {
      const { username, password, token, generated } = administrator;
      const keep = generated.password || generated.token ? " Keep what follows, it is not shown again:" : "";
      stderr.write(`The first staff user is "${username}".${keep}\n`);
      if (generated.password) stderr.write(`  password  ${password}\n`);
      if (generated.token) stderr.write(`  token     ${token}\n`);
    }
    if (address !== undefined) stderr.write(`Anymeter is at ${address} and ${secureAddress}; API: ${address}/docs\n`);
    await stop;
    await platform.close();
    return 0;
  },
};
