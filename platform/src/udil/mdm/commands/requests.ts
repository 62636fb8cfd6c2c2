/** Commands of the pipeline in the words of the wire format. */
import { localDateTimeOf } from "@anymeter/sans-io";
import type { UdilCommand, UdilTable } from "@anymeter/udil";
import type { PeerCommand } from "../../../commands/peers.ts";
import type { Mdc } from "../peers/mdc.ts";

/** The same command with every instant in UTC: one without an offset is of the MDC's zone. */
export function udilCommand(
  { name, parameters }: Pick<PeerCommand, "name" | "parameters">,
  { zone }: Mdc,
): UdilCommand {
  const values = Object.entries(parameters).map(([field, value]) => {
    if (!field.endsWith("_datetime") || typeof value !== "string" || value === "") return [field, value];
    const instant = withOffset.test(value)
      ? Date.parse(value)
      : zone.toInstant(localDateTimeOf(Date.parse(`${value}Z`)));
    return [field, new Date(instant).toISOString()];
  });
  return { name, parameters: Object.fromEntries(values) } as UdilCommand;
}

/** The kind of rows an on-demand read is answered with. */
export function typeOf({ name, parameters }: Pick<PeerCommand, "name" | "parameters">): UdilTable | undefined {
  return name === "on_demand_read" ? (parameters.type as UdilTable) : undefined;
}

const withOffset = /(?:Z|[+-]\d{2}:?\d{2})$/i;
