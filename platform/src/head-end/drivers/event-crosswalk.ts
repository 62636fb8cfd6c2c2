/** UDIL's codes of events that meters log by codes of another standard. */
import { type EventScheme, eventCodes, eventDescription, udilEventOf } from "@anymeter/udil";
import type { MeterSystemEvent } from "../../events/event-writer.ts";
import type { ProfileRow } from "../../readings/profile-rows/profile-row.ts";
import { isStorableInteger } from "../../readings/profile-rows/storable-values.ts";

/** Whose codes a meter logs; `udil` = they are UDIL's already. */
export type EventCodes = EventScheme | "udil";

/** Codes of one model that mean something else than its scheme says; null = nothing that UDIL has a code for. */
export type OwnEventCodes = readonly { readonly code: number; readonly udil: number | null }[];

/**
 * UDIL's code for what a meter logged; undefined where it has none.
 * @param open codes of UDIL whose start was seen and whose end was not
 */
export function udilCodeOf(
  code: number,
  scheme: EventCodes = "idis",
  own: OwnEventCodes = [],
  open: Iterable<number> = [],
): number | undefined {
  const special = own.find((event) => event.code === code);
  if (special) return special.udil ?? undefined;
  if (scheme === "udil") return code;
  return udilEventOf(scheme, code, open);
}

/**
 * What ends an over- or under-voltage of no phase in particular: UDIL has codes for its start (114, 115), and ends of phases
 * alone.
 */
export const endsWithoutPhase: Readonly<Partial<Record<EventCodes, Readonly<Record<number, string>>>>> = {
  is15959: { 8: "Over Voltage End", 10: "Under Voltage End" },
};

/** Events of one meter, in the order of time: what a "normal" ends depends on what began before. */
export class EventCrosswalk {
  readonly #scheme: EventCodes;
  readonly #own: OwnEventCodes;
  readonly #open = new Set<number>();

  constructor(scheme: EventCodes = "idis", own: OwnEventCodes = []) {
    this.#scheme = scheme;
    this.#own = own;
  }

  /** A row of EVENTS; undefined for what UDIL has no code for. */
  rowOf({ organizationNumber, deviceNumber, timestamp: at }: MeterSystemEvent, code: number, readAt: number) {
    const udil = udilCodeOf(code, this.#scheme, this.#own, this.#open);
    if (udil === undefined || !isStorableInteger(udil)) return undefined;
    if (eventCodes.get(udil)?.end !== undefined) this.#open.add(udil);
    this.#open.delete(udil - 1);
    return eventRow({ organizationNumber, deviceNumber, at, readAt }, udil);
  }
}

/** A row of EVENTS by UDIL's own code. */
export function eventRow(
  event: Pick<ProfileRow, "organizationNumber" | "deviceNumber" | "at" | "readAt">,
  code: number,
): ProfileRow {
  return {
    ...event,
    table: "EVNT",
    source: 0,
    fields: { event_code: code, event_description: eventDescription(code) },
  };
}
