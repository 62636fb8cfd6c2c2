/**
 * Complete device reads: sign on, open the supplier's lock, read the base volume and a day of the measuring-period archive
 * (96 rows of 17 columns, in partial blocks of 50), break. The archive's layout is known, as it is to a head-end that has
 * read the device before.
 */
import { Lis200Client, parseLayout } from "@anymeter/lis-200";
import { Conversation } from "@anymeter/sans-io";
import { type MeterLine, measureReads } from "../meter-reads/measure-reads.ts";
import type { BenchResult } from "../result.ts";
import { archiveOfADay, layoutTexts, lock } from "./benchmark-device.ts";

export async function run(): Promise<BenchResult[]> {
  return await measureReads({
    name: "complete LIS-200 device reads",
    meterProcess: "../lis-200/meter-process.ts",
    read: readDevice,
  });
}

const layout = parseLayout(3, layoutTexts);

async function readDevice(line: MeterLine): Promise<void> {
  const client = new Lis200Client();
  const conversation = new Conversation(client, line);
  await conversation.request(client.connect());
  await conversation.request(client.openLock(lock.number, lock.code));
  await conversation.request(client.read("2:302.0"));
  const { rows } = await conversation.request(client.readArchive({ archive: 3, layout, rowsPerBlock: 50 }));
  if (rows.length !== archiveOfADay.length) throw new Error(`${rows.length} rows`);
  await conversation.request(client.disconnect());
}
