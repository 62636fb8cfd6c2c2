/** UDIL's codes of events that meters log by codes of another standard. */
import { type EventScheme, eventCodes, eventDescription, udilEventOf } from "@anymeter/udil";
import type { MeterSystemEvent } from "../../events/event-writer.ts";
import type { ProfileRow } from "../../readings/profile-rows/profile-row.ts";
import { isStorableInteger } from "../../readings/profile-rows/storable-values.ts";

/** Whose codes a meter logs; `udil` = they are UDIL's already. */
export type EventCodes = EventScheme | "udil";

/** Events of one meter, in the order of time: what a "normal" ends depends on what began before. */
export class EventCrosswalk {
  readonly #scheme: EventCodes;
  readonly #open = new Set<number>();

  constructor(scheme: EventCodes = "idis") {
    this.#scheme = scheme;
  }

  /** A row of EVENTS; undefined for what UDIL has no code for. */
  rowOf({ organizationNumber, deviceNumber, timestamp: at }: MeterSystemEvent, code: number, readAt: number) {
    const udil = this.#scheme === "udil" ? code : udilEventOf(this.#scheme, code, this.#open);
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
