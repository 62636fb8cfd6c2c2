/** Gas converters on sockets. */
import { IFlagServer } from "@anymeter/i-flag";
import { serveMeters } from "../meter-reads/serve-meters.ts";
import { newConverter } from "./benchmark-converter.ts";

await serveMeters(() => new IFlagServer(newConverter()));
