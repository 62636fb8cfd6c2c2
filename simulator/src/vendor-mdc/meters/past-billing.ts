/** What stood in a meter's registers before its history begins, with the months that were closed before. */
import type { UdilRow } from "@anymeter/udil";
import { unit } from "../../random.ts";
import type { LocalTime } from "../local-time.ts";
import type { HouseholdLoad } from "./household-load.ts";
import type { MeterPlan } from "./plan.ts";
import { type RegisterState, registersOf, resetDemand } from "./registers.ts";
import { monthlyBillingRow } from "./rows.ts";

export interface Past {
  readonly registers: RegisterState;
  /** Rows of MONTHLY_BILLING_DATA, oldest first, and when they were kept by true time. */
  readonly months: readonly { readonly row: UdilRow; readonly at: number }[];
}

/** `resetDate` is the day of the month at whose midnight billing periods end. */
export function pastOf(
  { plan, load, localTime }: { plan: MeterPlan; load: HouseholdLoad; localTime: LocalTime },
  resetDate: number,
  startsAt: number,
): Past {
  const share = 0.16 + 0.14 * unit(plan.seed, 22);
  const shares = [share, 1 - share];
  const resetCount = 3 + Math.floor(unit(plan.seed, 23) * 40);
  const registers = registersOf(load.energy(startsAt), shares, resetCount);
  const months = [];
  for (const [index, local] of resetsBefore(localTime.of(startsAt + plan.clockError), resetDate).entries()) {
    const at = localTime.toInstant(local) - plan.clockError;
    const closed = registersOf(load.energy(at), shares, resetCount - monthsKept + index + 1);
    closed.demand.pos.splice(0, 2, peak(plan, index, 0), peak(plan, index, 1));
    closed.cumulativeDemand.pos.splice(0, 4, ...registers.cumulativeDemand.pos);
    closed.resetAt = at + plan.clockError;
    months.push({ row: monthlyBillingRow({ ...plan, registers: closed }, closed.resetAt), at });
    resetDemand(closed);
    registers.cumulativeDemand.pos.splice(0, 4, ...closed.cumulativeDemand.pos);
    registers.resetAt = closed.resetAt;
  }
  return { registers, months };
}

/** Local times of the last resets by the meter's clock, oldest first. */
function resetsBefore(local: number, date: number): number[] {
  const day = new Date(local);
  const ofMonth = (month: number) => Date.UTC(day.getUTCFullYear(), month, date);
  const newest = ofMonth(day.getUTCMonth()) <= local ? day.getUTCMonth() : day.getUTCMonth() - 1;
  return Array.from({ length: monthsKept }, (_, index) => ofMonth(newest - monthsKept + 1 + index));
}

/** W: the greatest demand of a month long closed. */
function peak({ seed, model }: MeterPlan, month: number, tariff: number): number {
  return Math.round(model.phases * (1_800 + 2_600 * unit(seed, 30 + month * 2 + tariff)));
}

const monthsKept = 3;
