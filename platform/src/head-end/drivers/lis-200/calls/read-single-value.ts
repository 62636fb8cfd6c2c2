/** `read_single_value`: the present value of an address, stored as a reading where it is a number and has a series. */
import { decimalOf } from "@anymeter/iec62056-21";
import { canonicalAddress } from "@anymeter/lis-200";
import type { Lis200Arguments } from "../../../../registry/protocols/lis-200.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import { ReadingCollector, storeReadings } from "../../meter-values.ts";
import type { Lis200Context } from "../lis-200-driver.ts";
import { namesOfAddress } from "../series-names.ts";

export async function readSingleValue(context: Lis200Context): Promise<StartedCall> {
  const { client, request, clock, device, settings } = context;
  const address = canonicalAddress((context.call.kwargs as Lis200Arguments<"read_single_value">).address);
  const { text, unit } = await request(client.read(address));
  const timestamp = clock.now();
  const collector = new ReadingCollector(device);
  const decimal = decimalOf(text);
  if (decimal !== undefined) {
    collector.add({ names: namesOfAddress(address, settings), value: decimal, unit: unit ?? null, timestamp });
  }
  const outcome = {
    rowsRead: 1,
    readingsStored: collector.collected,
    notes: collector.notes,
    result: { [address]: { value: text, unit: unit ?? null, timestamp: new Date(timestamp).toISOString() } },
  };
  return { outcome: storeReadings(context.readings, collector.take()).then(() => outcome) };
}
