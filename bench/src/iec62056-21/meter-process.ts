/** IEC 62056-21 meters on sockets. */
import { ServerSession } from "@anymeter/iec62056-21";
import { serveMeters } from "../meter-reads/serve-meters.ts";
import { benchmarkMeter } from "./benchmark-meter.ts";

await serveMeters(() => new ServerSession(benchmarkMeter));
