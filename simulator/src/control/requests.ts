/** Checks what comes over the control socket: faults of meters and joints as JSON. Every message names the field. */
import type { MeterFaults } from "../meters/dlms/faults.ts";
import type { JointFault } from "../physics/joint-faults.ts";

/** What is wrong with a request; its message is for the person who sent it. */
export class ControlError extends Error {}

/** Faults to set; null heals one. */
export function meterFaultsFrom(body: unknown): MeterFaults {
  const faults: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(objectFrom(body, "faults"))) {
    const check = faultChecks[name as keyof MeterFaults];
    if (check === undefined)
      throw new ControlError(`${name} is no fault; the faults are ${Object.keys(faultChecks).join(", ")}`);
    if (value !== null && !check.accepts(value))
      throw new ControlError(`${name} must be ${check.expected}, or null to heal it`);
    faults[name] = value ?? undefined;
  }
  return faults;
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

interface Check {
  readonly expected: string;
  accepts(value: unknown): boolean;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isWhole = (value: unknown, most: number) =>
  isNumber(value) && Number.isInteger(value) && value >= 0 && value <= most;

const milliseconds: Check = {
  expected: "a whole number of milliseconds up to 3,600,000",
  accepts: (value) => isWhole(value, 3_600_000),
};
const share: Check = {
  expected: "a number from 0 to 1",
  accepts: (value) => isNumber(value) && value >= 0 && value <= 1,
};
const yesOrNo: Check = { expected: "true or false", accepts: (value) => typeof value === "boolean" };
const ohms: Check = { expected: "ohms, a number not below 0", accepts: (value) => isNumber(value) && value >= 0 };
const instant: Check = { expected: "milliseconds since 1970", accepts: (value) => isWhole(value, 8.64e15) };
const leg: Check = {
  expected: "line, a, b, c or neutral",
  accepts: (value) => ["line", "a", "b", "c", "neutral"].includes(value as string),
};

const faultChecks: Readonly<Record<keyof MeterFaults, Check>> = {
  latency: milliseconds,
  loss: share,
  resetAfter: { expected: "a whole number of answers up to 1,000,000", accepts: (value) => isWhole(value, 1_000_000) },
  silent: yesOrNo,
  garbage: { expected: '"before" or "instead"', accepts: (value) => value === "before" || value === "instead" },
  byteInterval: milliseconds,
  truncatedApdu: yesOrNo,
  wrongTag: yesOrNo,
  replayedCounter: yesOrNo,
  wrongKey: yesOrNo,
};

const jointFields: Readonly<Record<JointFault["kind"], Readonly<Record<string, Check>>>> = {
  step: { leg, from: instant, ohms },
  ramp: { leg, from: instant, ohmsPerDay: ohms, limitOhms: ohms },
  intermittent: {
    leg,
    from: instant,
    ohms,
    share,
    seed: { expected: "a whole number", accepts: (value) => isWhole(value, 2 ** 32) },
  },
  "open-neutral": { from: instant, earthPathOhms: ohms },
};

const mostJointFaults = 16;

function objectFrom(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ControlError(`${what} must be a JSON object`);
}
