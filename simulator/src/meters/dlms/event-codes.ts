/** What meters log, and the numbers they log it by: IDIS' standard event log, or the codes of UDIL (version 3, EVENTS). */

export type EventCodes = "idis" | "udil";

interface Codes {
  /** Absent = meters with these codes do not log it. */
  readonly idis?: number;
  readonly udil?: number;
  /** By how much the UDIL codes of two phases differ. */
  readonly step?: number;
}

const events = {
  "power-down": { idis: 1, udil: 111 },
  "power-up": { idis: 2, udil: 112 },
  "clock-adjusted-from": { idis: 4 },
  "clock-adjusted-to": { idis: 5, udil: 201 },
  "tariff-activated": { idis: 9 },
  "tariff-programmed": { idis: 19, udil: 306 },
  "tariff-cancelled": { udil: 326 },
  "parameters-changed": { idis: 47, udil: 102 },
  "ready-for-reconnection": { idis: 59 },
  "manual-disconnection": { idis: 60, udil: 203 },
  "manual-connection": { idis: 61, udil: 202 },
  "remote-disconnection": { idis: 62, udil: 203 },
  "remote-connection": { idis: 63, udil: 202 },
  "local-disconnection": { idis: 64, udil: 203 },
  "local-connection": { idis: 69, udil: 202 },
  "limit-exceeded": { idis: 65, udil: 116 },
  "limit-kept": { idis: 66, udil: 159 },
  "limit-changed": { idis: 67, udil: 303 },
  "limit-cancelled": { udil: 324 },
  "shedding-programmed": { idis: 47, udil: 304 },
  "shedding-cancelled": { udil: 325 },
  "destination-programmed": { idis: 47, udil: 305 },
  "wake-up-programmed": { idis: 47, udil: 307 },
  "billing-day-programmed": { idis: 47, udil: 330 },
  "sampling-programmed": { idis: 47, udil: 331 },
  "optical-port-programmed": { idis: 47, udil: 332 },
  "billing-reset": { udil: 101 },
  "voltage-sag": { idis: 76, udil: 145, step: 2 },
  "voltage-sag-over": { idis: 85, udil: 146, step: 2 },
  "voltage-swell": { idis: 79, udil: 138, step: 2 },
  "voltage-swell-over": { idis: 85, udil: 139, step: 2 },
} as const satisfies Record<string, Codes>;

export type EventName = keyof typeof events;

/** The code of an event; undefined when a meter with such codes does not log it. `line` counts the phases it has from 0. */
export function eventCode(codes: EventCodes, event: EventName, line = 0): number | undefined {
  const { [codes]: first, step = 1 }: Codes = events[event];
  return first === undefined ? undefined : first + line * (codes === "idis" ? 1 : step);
}
