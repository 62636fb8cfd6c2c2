/** The whole platform in a process of its own, to be killed. Settings come by the environment; prints where it is served. */
import { flushCompileCache } from "node:module";
import { readConfiguration } from "../../../configuration.ts";
import { startPlatform } from "../../../platform.ts";

const platform = await startPlatform(readConfiguration(process.env), { write: () => {} });
// A process that is killed writes nothing down: the next one starts sooner for it.
flushCompileCache();
process.stdout.write(`${platform.address}\n`);
