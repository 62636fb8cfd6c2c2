/** Checks what comes over the control socket: faults of meters and joints as JSON. Every message names the field. */
import {
  type FaultCheck,
  type FaultChecks,
  type LineFaults,
  lineFaultChecks,
  milliseconds,
  type OwnFaults,
  share,
} from "../meters/faults.ts";
import type { JointFault } from "../physics/joint-faults.ts";

/** What is wrong with a request; its message is for the person who sent it. */
export class ControlError extends Error {}

/** Faults to set, of the line or the meter's own; null heals one. */
export function meterFaultsFrom(body: unknown, own: FaultChecks): LineFaults & OwnFaults {
  const checks: Readonly<Record<string, FaultCheck>> = { ...lineFaultChecks, ...own };
  const faults: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(objectFrom(body, "faults"))) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined)
      throw new ControlError(`${name} is no fault; the faults are ${Object.keys(checks).join(", ")}`);
    if (value !== null && !check.accepts(value))
      throw new ControlError(`${name} must be ${check.expected}, or null to heal it`);
    faults[name] = value ?? undefined;
  }
  return faults as LineFaults & OwnFaults;
}

export function jointFaultsFrom(body: unknown): JointFault[] {
  if (!Array.isArray(body) || body.length > mostJointFaults) {
    throw new ControlError(`joint faults are an array of at most ${mostJointFaults}`);
  }
  return body.map((element, index) => {
    const fault = objectFrom(element, `joint fault ${index}`);
    const fields = jointFields[fault.kind as JointFault["kind"]];
    if (fields === undefined) {
      throw new ControlError(`joint fault ${index}: kind must be one of ${Object.keys(jointFields).join(", ")}`);
    }
    for (const [name, check] of Object.entries(fields)) {
      if (!check.accepts(fault[name]))
        throw new ControlError(`joint fault ${index}: ${name} must be ${check.expected}`);
    }
    return fault as unknown as JointFault;
  });
}

/** Milliseconds of a reboot. */
export function durationFrom(body: unknown): number {
  const { duration } = objectFrom(body, "reboot");
  if (!milliseconds.accepts(duration)) throw new ControlError(`duration must be ${milliseconds.expected}`);
  return duration as number;
}

const ohms: FaultCheck = {
  expected: "ohms, a number not below 0",
  accepts: (value) => Number.isFinite(value) && (value as number) >= 0,
};
const instant: FaultCheck = {
  expected: "milliseconds since 1970",
  accepts: (value) => Number.isInteger(value) && Math.abs(value as number) <= 8.64e15,
};
const leg: FaultCheck = {
  expected: "line, a, b, c or neutral",
  accepts: (value) => ["line", "a", "b", "c", "neutral"].includes(value as string),
};

const jointFields: Readonly<Record<JointFault["kind"], Readonly<Record<string, FaultCheck>>>> = {
  step: { leg, from: instant, ohms },
  ramp: { leg, from: instant, ohmsPerDay: ohms, limitOhms: ohms },
  intermittent: {
    leg,
    from: instant,
    ohms,
    share,
    seed: { expected: "a whole number", accepts: Number.isInteger },
  },
  "open-neutral": { from: instant, earthPathOhms: ohms },
};

const mostJointFaults = 16;

function objectFrom(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ControlError(`${what} must be a JSON object`);
}
