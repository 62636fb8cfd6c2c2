/** Events these meters log, in the words of UDIL's lists; v1 knows the first ones, and readers must accept the rest. */

export const eventDescriptions = {
  101: "MDI reset",
  102: "Parameterization",
  111: "Power fail start",
  112: "Power fail end",
  114: "Over voltage",
  115: "Under voltage",
  116: "Demand overload",
  201: "Time synchronization",
  202: "Contactor on",
  203: "Contactor off",
  206: "Door open",
  301: "Optical port login",
  303: "Sanctioned load control programmed",
  304: "Load shedding schedule programmed",
  305: "IP and port programmed",
  306: "Time of use programmed",
  307: "Wake up SIM programmed",
  324: "Sanctioned load control cancelled",
  325: "Load shedding schedule cancelled",
  326: "Time of use cancelled",
  327: "Uni-directional metering programmed",
  328: "Bi-directional metering programmed",
  330: "MDI reset date programmed",
  331: "Data sampling programmed",
  332: "Optical port activated",
} as const satisfies Readonly<Record<number, string>>;

export type EventCode = keyof typeof eventDescriptions;

/** In v1, whatever is programmed is one event. */
export function programmingCode(version: "v1" | "v3.2" | "v3.3", code: EventCode): EventCode {
  return version === "v1" && code > 301 ? 102 : code;
}

/** What happens at a meter now and then without anybody's order: the cover is opened, somebody reads it by its port. */

export const incidentCodes = { v1: [102], "v3.2": [206, 301], "v3.3": [206, 301] } as const;
