/** How date-times of a meter become instants: its zone, and what is peculiar about its clock. */
import type { EpochOptions } from "@anymeter/dlms-cosem";
import type { CompleteDlmsSettings } from "../../../registry/protocols/dlms.ts";
import type { ZoneOffsets } from "../zone-offsets.ts";

export function epochOf(settings: CompleteDlmsSettings, offsets: ZoneOffsets): EpochOptions {
  const standardTime = settings.clock === "standard-time-all-year";
  return {
    zoneOffset: standardTime ? ({ year }) => standardOffset(offsets, year) : offsets.atLocal,
    ...(settings.deviation_sign && { deviationSign: settings.deviation_sign }),
  };
}

/** Minutes east of UTC on which a clock without a deviation runs at an instant. */
export function offsetAt(
  instant: number,
  { clock }: Pick<CompleteDlmsSettings, "clock">,
  offsets: ZoneOffsets,
): number {
  if (clock !== "standard-time-all-year") return offsets.at(instant);
  return standardOffset(offsets, new Date(instant).getUTCFullYear());
}

/** Minutes east of UTC outside summer time, in either hemisphere. */
export function standardOffset(offsets: ZoneOffsets, year: number): number {
  return Math.min(offsets.at(Date.UTC(year, 0, 1)), offsets.at(Date.UTC(year, 6, 1)));
}
