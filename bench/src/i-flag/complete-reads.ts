/**
 * Complete converter reads: wake-up, sign-on, PASS, the parameter map and the pulse weight, six present values, a day of
 * hourly records (24 of 90 bytes, in nine frames that are acknowledged one by one), break.
 */
import { IFlagClient } from "@anymeter/i-flag";
import { Conversation } from "@anymeter/sans-io";
import { type MeterLine, measureReads } from "../meter-reads/measure-reads.ts";
import type { BenchResult } from "../result.ts";
import { names, recordsOfADay } from "./benchmark-converter.ts";

export async function run(): Promise<BenchResult[]> {
  return await measureReads({
    name: "complete i-flag converter reads",
    meterProcess: "../i-flag/meter-process.ts",
    read: readConverter,
  });
}

async function readConverter(line: MeterLine): Promise<void> {
  const client = new IFlagClient();
  const conversation = new Conversation(client, line);
  const values = await conversation.request(client.readNamed(names));
  if (Object.keys(values).length !== names.length) throw new Error(`${Object.keys(values).length} values`);
  const { records } = await conversation.request(client.readDatabase({ database: "hourly" }));
  if (records.length !== recordsOfADay.length) throw new Error(`${records.length} records`);
  await conversation.request(client.signOff());
}
