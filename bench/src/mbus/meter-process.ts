/** Gateways on sockets, each connection with a bus of its own. */
import { MbusGatewaySession } from "@anymeter/mbus";
import { serveMeters } from "../meter-reads/serve-meters.ts";
import { benchmarkBus } from "./benchmark-bus.ts";

await serveMeters(() => new MbusGatewaySession(benchmarkBus()));
