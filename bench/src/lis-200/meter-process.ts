/** Volume converters on sockets. */
import { Lis200ServerSession } from "@anymeter/lis-200";
import { serveMeters } from "../meter-reads/serve-meters.ts";
import { benchmarkDevice } from "./benchmark-device.ts";

await serveMeters(() => new Lis200ServerSession(benchmarkDevice));
