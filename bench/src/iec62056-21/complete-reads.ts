/**
 * Complete meter reads: sign on, give the password, read a register and a day of load profile (96 rows of 6 columns, in four
 * partial blocks), break.
 */
import { ClientSession } from "@anymeter/iec62056-21";
import { Conversation } from "@anymeter/sans-io";
import { type MeterLine, measureReads } from "../meter-reads/measure-reads.ts";
import type { BenchResult } from "../result.ts";
import { password, rowsOfProfile } from "./benchmark-meter.ts";

export async function run(): Promise<BenchResult[]> {
  return await measureReads({
    name: "complete IEC 62056-21 meter reads",
    meterProcess: "../iec62056-21/meter-process.ts",
    read: readMeter,
  });
}

async function readMeter(line: MeterLine): Promise<void> {
  const client = new ClientSession({ password });
  const conversation = new Conversation(client, line);
  await conversation.request(client.openProgramming());
  await conversation.request(client.read("1.8.0"));
  const { rows } = await conversation.request(client.readLoadProfile({ command: "R6" }));
  if (rows.length !== rowsOfProfile) throw new Error(`${rows.length} rows`);
  await conversation.request(client.endDialogue());
}
