/**
 * Complete meter reads: connect, associate with HLS-GMAC, read a day of profile (96 rows of 5 columns) by range, release,
 * close; every APDU ciphered. Read by the head-end's own line and session, from meters in another process.
 */
import { type MeterLine, measureReads } from "../meter-reads/measure-reads.ts";
import type { BenchResult } from "../result.ts";
import { dayOfProfile, profileRows } from "./benchmark-meter.ts";
import { sessionOver } from "./lines.ts";

export async function run(): Promise<BenchResult[]> {
  return await measureReads({
    name: "complete DLMS meter reads",
    meterProcess: "../dlms/meter-process.ts",
    read: readMeter,
  });
}

/** One complete read, by the library over a line of the head-end. */
export async function readMeter(line: MeterLine): Promise<void> {
  const session = sessionOver(line, 1);
  await session.connect();
  const data = await session.read(dayOfProfile);
  if (data.type !== "array" || data.value.length !== profileRows) throw new Error("the profile is not whole");
  await session.release();
}
