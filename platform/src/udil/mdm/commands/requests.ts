/** Commands of the pipeline in the words of the wire format. */
import { localDateTimeOf } from "@anymeter/sans-io";
import type { DeviceIdentity, UdilCommand, UdilTable } from "@anymeter/udil";
import type { PeerCommand } from "../../../commands/peers.ts";
import { commands } from "../../../registry/commands/index.ts";
import type { Mdc } from "../peers/mdc.ts";

/**
 * The same command with every instant in UTC (one without an offset is of the MDC's zone) and every time of day with seconds.
 * @param ids global device ids of those it is for: a creation names them itself
 */
export function udilCommand(
  { name, parameters }: Pick<PeerCommand, "name" | "parameters">,
  { zone }: Pick<Mdc, "zone">,
  ids: readonly string[],
): UdilCommand {
  // Which MDC it is for is nothing that is told to it.
  const { udil_mdc: _, device_identity: identities, ...rest } = parameters;
  const values = Object.entries(rest).map(([field, value]) => {
    if (typeof value !== "string") return [field, value];
    if (field.endsWith("_time")) return [field, withoutSeconds.test(value) ? `${value}:00` : value];
    if (!field.endsWith("_datetime") || value === "") return [field, value];
    const instant = withOffset.test(value)
      ? Date.parse(value)
      : zone.toInstant(localDateTimeOf(Date.parse(`${value}Z`)));
    return [field, new Date(instant).toISOString()];
  });
  const named = Array.isArray(identities) ? { device_identity: identitiesOf(identities, ids) } : {};
  return { name, parameters: { ...Object.fromEntries(values), ...named } } as UdilCommand;
}

/** The kind of rows an on-demand read is answered with. */
export function typeOf({ name, parameters }: Pick<PeerCommand, "name" | "parameters">): UdilTable | undefined {
  return name === "on_demand_read" ? (parameters.type as UdilTable) : undefined;
}

/** Tells the MDC of what the platform did already: no meter is asked for anything. */
export function isAnnouncement({ name }: Pick<PeerCommand, "name">): boolean {
  return commands[name].carriedOutBy === "platform";
}

function identitiesOf(identities: readonly DeviceIdentity[], ids: readonly string[]): DeviceIdentity[] {
  // The first of an id: another one of the same id was refused.
  const byId = new Map(identities.toReversed().map((identity) => [identity.global_device_id, identity]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

const withOffset = /(?:Z|[+-]\d{2}:?\d{2})$/i;
const withoutSeconds = /^\d{2}:\d{2}$/;
