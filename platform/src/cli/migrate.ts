import { readConfiguration } from "../configuration.ts";
import { openStores } from "../open-stores.ts";
import { type Command, UsageError } from "./command.ts";

/** `anymeter migrate`: brings both stores up to this version and ends, for deployments that do it as a step of its own. */
export const migrate: Command = {
  usage: "Usage: anymeter migrate\n\nSafe to repeat, and from several machines at once.",
  async run(words, terminal) {
    if (words.length > 0) throw new UsageError(`takes no words, but was given "${words[0]}"`);
    const stores = await openStores(readConfiguration(terminal.environment));
    try {
      for (const [name, store] of Object.entries({ relational: stores.relational, columnar: stores.columnar })) {
        const { applied } = await store.migrate();
        const done = applied.length === 0 ? "up to date" : `applied ${applied.join(", ")}`;
        terminal.stdout.write(`${name} (${store.engine}): ${done}\n`);
      }
    } finally {
      await stores.close();
    }
    return 0;
  },
};
