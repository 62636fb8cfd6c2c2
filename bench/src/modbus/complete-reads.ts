/** Complete meter reads: connect, read all 24 values of an SDM630's map in as many requests as its gaps ask for, close. */
import { ModbusClient } from "@anymeter/modbus";
import { Conversation } from "@anymeter/sans-io";
import { type MeterLine, measureReads } from "../meter-reads/measure-reads.ts";
import type { BenchResult } from "../result.ts";
import { map } from "./benchmark-meter.ts";

export async function run(): Promise<BenchResult[]> {
  return await measureReads({
    name: "complete Modbus meter reads",
    meterProcess: "../modbus/meter-process.ts",
    read: readMeter,
  });
}

async function readMeter(line: MeterLine): Promise<void> {
  const client = new ModbusClient();
  const { values } = await new Conversation(client, line).request(client.readMap(map));
  if (values.length !== map.entries.length) throw new Error(`${values.length} values`);
}
