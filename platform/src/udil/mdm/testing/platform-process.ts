/** The whole platform in a process of its own, to be killed. Settings come by the environment; prints where it is served. */
import { readConfiguration } from "../../../configuration.ts";
import { startPlatform } from "../../../platform.ts";

const platform = await startPlatform(readConfiguration(process.env), { write: () => {} });
process.stdout.write(`${platform.address}\n`);
