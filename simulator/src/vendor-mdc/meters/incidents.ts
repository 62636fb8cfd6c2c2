/** What happens at a meter now and then without anybody's order: its cover is opened, somebody uses its port. */
import { dayMilliseconds, dayOf } from "../../calendar.ts";
import { seedFor, unit } from "../../random.ts";

/** The first moment after an instant; on about one day of five there is one. */
export function nextIncident(meterSeed: number, after: number): number {
  for (let day = dayOf(after); ; day++) {
    const seed = seedFor(seedFor(meterSeed, "incident"), day);
    if (unit(seed, 0) >= 0.2) continue;
    const at = (day + unit(seed, 1)) * dayMilliseconds;
    if (at > after) return at;
  }
}
