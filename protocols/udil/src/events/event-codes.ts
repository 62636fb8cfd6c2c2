/** Codes of EVENTS (v1 section 3.1.5; v3.2 and v3.3 section 3.1.5). A reader takes codes that are not here, too. */
import type { UdilVersion } from "../versions.ts";

export interface EventCode {
  readonly code: number;
  /** Goes into event_description. */
  readonly name: string;
  readonly since: UdilVersion;
  /** The code of v1's list for it and its like. Not there: v1 has none. */
  readonly v1?: number;
  /** The code of the end, of an event that has one. */
  readonly end?: number;
}

const entry = (code: number, name: string, more: Partial<EventCode> = {}): EventCode => ({
  code,
  name,
  since: "v3.2",
  ...more,
});
const basic = (code: number, name: string, end?: number) =>
  entry(code, name, { since: "v1", v1: code, ...(end === undefined ? {} : { end }) });
const newest = (code: number, name: string) => entry(code, name, { since: "v3.3" });

/** Starts and ends of three phases, six codes from the first on. */
const ofPhases = (first: number, name: string, v1?: number) =>
  ["L1", "L2", "L3"].flatMap((phase, index) => {
    const start = first + 2 * index;
    return [
      entry(start, `${name} ${phase} Start`, { end: start + 1, ...(v1 === undefined ? {} : { v1 }) }),
      entry(start + 1, `${name} ${phase} End`),
    ];
  });

/** A start and its end. */
const pair = (first: number, name: string, [start, end]: readonly [string, string] = ["Start", "End"], v1?: number) => [
  entry(first, `${name} ${start}`, { end: first + 1, ...(v1 === undefined ? {} : { v1 }) }),
  entry(first + 1, `${name} ${end}`),
];

/** The functions of APMS, in the order of their codes. */
const functions = [
  "Over Voltage",
  "Under Voltage",
  "Over Current",
  "Over Load",
  "Phase Failure",
  "Voltage Unbalance",
  "Current Unbalance",
  "High Apparent Power",
];

const list: readonly EventCode[] = [
  basic(101, "MDI Reset"),
  basic(102, "Parameterization"),
  basic(111, "Power Fail Start", 112),
  basic(112, "Power Fail End"),
  basic(113, "Phase Failure"),
  basic(114, "Over Voltage"),
  basic(115, "Under Voltage"),
  basic(116, "Demand Overload", 159),
  basic(117, "Reverse Energy"),
  basic(118, "Reverse Polarity"),
  basic(121, "CT Bypass", 122),
  entry(122, "CT Bypass End"),
  ...ofPhases(131, "Phase Failure", 113),
  entry(137, "Phase Failure Trip", { v1: 113 }),
  ...ofPhases(138, "Over Voltage", 114),
  entry(144, "Over Voltage Trip", { v1: 114 }),
  ...ofPhases(145, "Under Voltage", 115),
  entry(151, "Under Voltage Trip", { v1: 115 }),
  ...ofPhases(152, "Phase Over Current"),
  entry(158, "Phase Over Current Trip"),
  entry(159, "Demand Overload End"),
  ...pair(160, "Overload", ["Start", "End"], 116),
  entry(162, "Over Load Trip", { v1: 116 }),
  ...pair(163, "Voltage Unbalance"),
  ...pair(165, "Current Unbalance"),
  ...pair(167, "High Apparent Power"),
  entry(169, "Remote Switch ON"),
  entry(170, "Remote Switch OFF"),
  entry(171, "Automatic Switch ON"),
  entry(172, "Automatic Switch OFF"),
  entry(173, "Manual Switch ON"),
  entry(174, "Manual Switch OFF"),
  ...pair(175, "Residual Current Alarm"),
  entry(177, "Residual Current Trip"),
  entry(179, "Short Circuit Trip"),
  entry(180, "MCCB Trip"),
  ...ofPhases(187, "Reverse Energy", 117),
  ...ofPhases(193, "Reverse Polarity", 118),
  entry(201, "Time Synchronization"),
  entry(202, "Contactor ON"),
  entry(203, "Contactor OFF"),
  entry(206, "Door Open"),
  entry(207, "Battery Low"),
  entry(208, "Memory Failure"),
  newest(209, "SIM Removed"),
  newest(210, "SIM Inserted"),
  entry(301, "Optical Port Login"),
  newest(302, "Optical Port Login Failure"),
  ...[
    "Sanction Load Control Programmed",
    "Load Shedding Schedule Programmed",
    "IP & Port Programmed",
    "Time of Use Programmed",
    "Wakeup SIM Programmed",
    ...functions.map((name) => `${name} Function Programmed`),
    ...functions.map((name) => `${name} Function Cancelled`),
    "Sanction Load Control Cancelled",
    "Load Shedding Schedule Cancelled",
    "Time of Use Programmed Cancelled",
  ].map((name, index) => entry(303 + index, name, index < 13 ? { v1: 102 } : {})),
  newest(327, "Uni-Directional Programmed"),
  newest(328, "Bi-Directional Programmed"),
  newest(329, "Display Sequence Programmed"),
  newest(330, "MDI Reset Date Programmed"),
  newest(331, "Meter Data Sampling Programmed"),
  newest(332, "Optical Port Activated"),
];

/** Every defined code, by its number. */
export const eventCodes: ReadonlyMap<number, EventCode> = new Map(list.map((declared) => [declared.code, declared]));

/** What to write as event_description where the meter gave none. */
export function eventDescription(code: number): string {
  return eventCodes.get(code)?.name ?? `Event ${code}`;
}

/** The code of v1's list for an event; its own, where the list has none. Several events have the same. */
export function coarseEventCode(code: number): number {
  return eventCodes.get(code)?.v1 ?? code;
}

/** Reported at once, whatever the mode of communication (v3.3, section 3.1.5); 111 as last gasp. */
export const majorAlarms = {
  normal: [207, 202, 203, 206, 111, 112, 117, 101, 328, 301, 302],
  bidirectional: [207, 202, 203, 206, 111, 112, 101, 327, 301, 302],
  apms: [207, 202, 203, 111, 112, 206, 137, 144, 151, 158, 162, 177, 179, 180, 301, 302],
} as const;
