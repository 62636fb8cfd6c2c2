/**
 * Settings in force, as the columns of METER_VISUALS that UDIL has for each command. Every command's file shows what its
 * command writes.
 */
import { type CosemDateTime, type CosemTime, type Data, toEpochMilliseconds } from "@anymeter/dlms-cosem";
import type { CommandHomes } from "../../../../registry/protocols/dlms-commands.ts";
import type { CallContext } from "../call.ts";
import type { MeterObjects } from "./meter-objects.ts";

/** undefined where the meter has no such setting, or does not show it. */
export type ShowSetting = (asked: AskedSetting) => Promise<ShownFields | undefined>;
export type ShownFields = Record<string, string | number | undefined>;

export interface AskedSetting {
  readonly context: CallContext;
  readonly objects: MeterObjects;
  readonly homes: CommandHomes;
}

/** A field for a time that is specified. */
export function instantField(name: string, time: CosemDateTime | undefined, { epoch }: CallContext): ShownFields {
  const instant = time && toEpochMilliseconds(time, epoch);
  return instant === undefined ? {} : { [name]: instant };
}

export function timeText({ hour, minute, second }: CosemTime, withSeconds: boolean): string {
  const parts = withSeconds ? [hour, minute, second] : [hour, minute];
  return parts.map((part) => String(part ?? 0).padStart(2, "0")).join(":");
}

export function numberIn(data: Data | undefined): number | undefined {
  const value = data?.value;
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
}

/** Names that are bytes have none that can be shown. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "").trim();
}
