/** Modbus TCP meters on sockets. */
import { ModbusServer } from "@anymeter/modbus";
import { serveMeters } from "../meter-reads/serve-meters.ts";
import { benchmarkMeter } from "./benchmark-meter.ts";

await serveMeters(() => new ModbusServer({ device: () => benchmarkMeter }));
