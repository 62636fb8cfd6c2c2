/** Complete meter reads: connect to a gateway, select a meter among six, read its three telegrams, close. */
import { MbusClient } from "@anymeter/mbus";
import { Conversation } from "@anymeter/sans-io";
import { type MeterLine, measureReads } from "../meter-reads/measure-reads.ts";
import type { BenchResult } from "../result.ts";
import { heatMeter, recordsOfTheMeter } from "./benchmark-bus.ts";

export async function run(): Promise<BenchResult[]> {
  return await measureReads({
    name: "complete M-Bus meter reads",
    meterProcess: "../mbus/meter-process.ts",
    read: readMeter,
  });
}

async function readMeter(line: MeterLine): Promise<void> {
  const client = new MbusClient();
  const { telegrams, end } = await new Conversation(client, line).request(client.readMeter({ secondary: heatMeter }));
  const records = telegrams.flatMap((telegram) => telegram.records);
  if (end !== "complete" || records.length !== recordsOfTheMeter) throw new Error(`${records.length} records, ${end}`);
}
