/** The line on which meters listen: one meter alone, or several of one protocol behind a gateway. */
import type { LineFaults } from "./faults.ts";
import type { ServedLine } from "./meter-server.ts";
import type { SimulatedMeter } from "./simulated-meter.ts";

/** At least one meter; the first makes the sessions. */
export function lineOf(meters: readonly SimulatedMeter[]): ServedLine {
  const [first, ...others] = meters;
  if (first === undefined) throw new RangeError("a line has at least one meter");
  return {
    newSession: () => first.newSession(meters),
    get faults(): LineFaults {
      if (others.length === 0) return first.faults.current;
      return Object.assign({}, ...meters.map(({ faults }) => faults.current)) as LineFaults;
    },
    logPower(event) {
      for (const meter of meters) meter.logPower?.(event);
    },
  };
}
