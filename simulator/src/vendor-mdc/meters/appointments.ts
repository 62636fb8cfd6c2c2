/** What happens to a meter at times that can be told beforehand, as a table: when it is next, and what it is. */
import { dayMilliseconds, dayOf, minuteMilliseconds } from "../../calendar.ts";
import { pick } from "../../random.ts";
import { incidentCodes } from "./event-codes.ts";
import { nextIncident } from "./incidents.ts";
import { nextSheddingAction } from "./load-shedding.ts";
import { closeDemandPeriod, resetDemand } from "./registers.ts";
import { loadProfileRow, monthlyBillingRow } from "./rows.ts";
import { nextCapture, type SampledTable, sampledTables } from "./sampling.ts";
import type { VendorMeter } from "./vendor-meter.ts";

export interface Appointment {
  /** True time. */
  at: number;
  /** The next one after a true time; Infinity = none. */
  readonly next: (after: number) => number;
  /** Others may be at other times after it. */
  readonly disturbs?: true;
  /** Called when the meter has counted up to it. */
  readonly happen: (now: number) => void;
}

/** In the order in which they happen at one instant. */
export function appointmentsOf(meter: VendorMeter): Omit<Appointment, "at">[] {
  /** By the meter's clock. */
  const local = (next: (after: number) => number) => (after: number) => meter.instantOf(next(meter.localOf(after)));
  return [
    { next: (after) => nextPowerChange(meter, after), happen: () => changePower(meter) },
    {
      next: () => meter.tariffs.nextActivation,
      disturbs: true,
      happen: (now) => meter.tariffs.activate(meter.localOf(now)),
    },
    {
      next: local((after) => meter.tariffs.nextSwitch(after)),
      happen: (now) => meter.tariffs.switch(meter.localOf(now)),
    },
    { next: local((after) => nextShedding(meter, after)), happen: (now) => shed(meter, now) },
    { next: (after) => nextLimiterLook(meter, after), happen: () => limit(meter) },
    {
      next: local((after) => nextMultiple(after, demandPeriod)),
      happen: (now) => {
        const tariff = meter.tariffs.at(meter.localOf(now) - demandPeriod);
        closeDemandPeriod(meter.registers, tariff, demandPeriod / 3_600_000);
      },
    },
    { next: local((after) => nextReset(meter, after)), happen: (now) => reset(meter, now) },
    { next: (after) => nextIncident(meter.plan.seed, after), happen: (now) => haveIncident(meter, now) },
    ...sampledTables.map((table) => ({
      next: local((after) => nextCapture(meter.state.sampling.current[table], after)),
      happen: () => capture(meter, table),
    })),
    {
      next: () => Math.min(...meter.state.sampling.pending.map(({ at }) => at)),
      disturbs: true,
      happen: (now) => activateSampling(meter, now),
    },
  ];
}

function nextPowerChange({ load }: VendorMeter, after: number): number {
  const outage = load.outages(after, after + dayMilliseconds).find(({ to }) => to > after);
  if (outage === undefined) return after + dayMilliseconds;
  return outage.from > after ? outage.from : outage.to;
}

function changePower(meter: VendorMeter): void {
  const { at } = meter;
  const powered = !meter.load.outages(at, at).some(({ from, to }) => from <= at && to > at);
  if (powered === meter.state.powered) return;
  meter.state.powered = powered;
  meter.logEvent(powered ? 112 : 111);
}

function activateSampling({ state: { sampling } }: VendorMeter, now: number): void {
  for (const { table, sampling: activated } of sampling.pending.filter(({ at }) => at <= now)) {
    sampling.current[table] = activated;
  }
  sampling.pending = sampling.pending.filter(({ at }) => at > now);
}

function nextShedding({ state: { schedule } }: VendorMeter, afterLocal: number): number {
  const action = schedule && nextSheddingAction(schedule, afterLocal);
  return action?.at ?? Number.POSITIVE_INFINITY;
}

function shed(meter: VendorMeter, now: number): void {
  const { schedule } = meter.state;
  const action = schedule && nextSheddingAction(schedule, meter.localOf(now) - 1);
  if (schedule === undefined || action === undefined) return;
  if (action.at >= schedule.end) meter.state.schedule = undefined;
  // What the limiter or a person opened during the last slab comes back as well: the last one to move it decides.
  if (meter.relay.closed !== action.closed) meter.moveRelay(action.closed, "schedule");
}

function nextLimiterLook({ limiter, state }: VendorMeter, after: number): number {
  if (limiter.limit === undefined || !state.powered) return Number.POSITIVE_INFINITY;
  return Math.min(limiter.next(), nextMultiple(after, loadSlot));
}

function limit(meter: VendorMeter): void {
  const kilowatts = meter.load.now(meter.at).watts.reduce((sum, watts) => sum + watts, 0) / 1000;
  const act = meter.limiter.observe(kilowatts, meter.at);
  if (act === "trip") {
    meter.logEvent(116, `${kilowatts.toFixed(3)} kW`);
    meter.logEvent(203);
  }
  if (act === "retry") meter.logEvent(202);
}

function nextReset({ parameters: { mdiReset } }: VendorMeter, afterLocal: number): number {
  const day = new Date(afterLocal);
  const ofMonth = (month: number) => Date.UTC(day.getUTCFullYear(), month, mdiReset.date) + mdiReset.time;
  const here = ofMonth(day.getUTCMonth());
  return here > afterLocal ? here : ofMonth(day.getUTCMonth() + 1);
}

function reset(meter: VendorMeter, now: number): void {
  const at = meter.clockAt(now);
  meter.registers.resetCount++;
  meter.registers.resetAt = at;
  meter.keepRow("MBIL", monthlyBillingRow(meter, at));
  resetDemand(meter.registers);
  meter.logEvent(101);
}

function haveIncident(meter: VendorMeter, now: number): void {
  if (meter.state.powered) meter.logEvent(pick(meter.plan.seed, dayOf(now), incidentCodes[meter.version]));
}

/** A meter without supply keeps nothing. */
function capture(meter: VendorMeter, table: SampledTable): void {
  if (!meter.state.powered) return;
  if (table === "INST") return meter.keepInstantaneous();
  if (table === "BILL") return meter.keepRow(table, meter.billing());
  watchVoltage(meter);
  const { interval } = meter.state.sampling.current.LPRO;
  meter.keepRow(table, loadProfileRow(meter, meter.clockAt(meter.at), interval));
}

function watchVoltage(meter: VendorMeter): void {
  const volts = meter.measure().volts.filter((_, phase) => meter.phases[phase]);
  const code = Math.max(...volts) > nominal * 1.1 ? 114 : Math.min(...volts) < nominal * 0.9 ? 115 : undefined;
  if (code !== undefined && code !== meter.state.voltageEvent) meter.logEvent(code);
  meter.state.voltageEvent = code;
}

function nextMultiple(after: number, period: number): number {
  return (Math.floor(after / period) + 1) * period;
}

const nominal = 230;
const demandPeriod = 30 * minuteMilliseconds;
/** Loads are constant for so long. */
const loadSlot = 15 * minuteMilliseconds;
