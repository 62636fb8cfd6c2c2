/** Which meter of the bus the settings mean. */
import { type MbusTarget, parseSecondaryAddress } from "@anymeter/mbus";
import type { CompleteMbusSettings } from "../../../registry/protocols/mbus.ts";
import { RunFailure } from "../../causes.ts";

/** @throws RunFailure `settings_invalid` when there is no address */
export function targetOf({ primary_address, secondary_address }: CompleteMbusSettings): MbusTarget {
  if (secondary_address !== undefined) return { secondary: parseSecondaryAddress(secondary_address) };
  if (primary_address !== undefined) return { primary: primary_address };
  throw new RunFailure("settings_invalid", "Set primary_address or secondary_address in mbus_settings.");
}
