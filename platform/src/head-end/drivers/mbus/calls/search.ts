/** `search`: lists the meters that answer on the bus of this meter's gateway. */
import { type FoundMeter, formatSecondaryAddress, mediumName, parseSecondaryAddress } from "@anymeter/mbus";
import type { MbusArguments } from "../../../../registry/protocols/mbus.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import type { MbusContext } from "../mbus-driver.ts";

export async function search({ client, request, call }: MbusContext): Promise<StartedCall> {
  const { mask, by = "secondary-address", first_address, last_address } = call.kwargs as MbusArguments<"search">;
  const { meters, unresolved, probes, complete } = await request(
    by === "primary-address"
      ? client.searchPrimary(first_address, last_address)
      : client.search(mask ? parseSecondaryAddress(mask) : undefined),
  );
  const notes = [
    ...(complete ? [] : [`The time of the session allowed ${probes} tries; narrow the mask to find the rest.`]),
    ...unresolved.map(({ address, reason }) => `${addressText(address)}: ${reasons[reason]}`),
  ];
  const result = { meters: meters.map(entryOf), probes, complete };
  return { outcome: Promise.resolve({ rowsRead: meters.length, notes, result }) };
}

function entryOf({ primary, secondary }: FoundMeter): Record<string, unknown> {
  const medium = secondary?.medium;
  return {
    primary_address: primary,
    secondary_address: secondary ? formatSecondaryAddress(secondary) : null,
    medium: medium === undefined ? null : mediumName(medium),
  };
}

function addressText(address: Parameters<typeof formatSecondaryAddress>[0] | number): string {
  return typeof address === "number" ? `primary address ${address}` : formatSecondaryAddress(address);
}

const reasons = {
  collision: "several meters answer at once and nothing tells them apart.",
  mute: "a meter takes the selection and sends no data.",
} as const;
