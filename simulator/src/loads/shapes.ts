/**
 * How the amount of a kind of use (energy, gas, heat, water) spreads over the days of a week and the slots of a day.
 * Weights are relative: the amount comes from the cumulated curve, which makes registers computable at any instant.
 */
import { livingOffsetMinutes } from "../calendar.ts";
import { between, seedFor, unit } from "../random.ts";
import { daySunshine, meanTemperature, passingClouds, sunHeight } from "./weather.ts";

export interface DayContext {
  readonly seed: number;
  readonly weatherSeed: number;
  readonly day: number;
  /** 0 = Monday. */
  readonly weekday: number;
}

export interface SlotContext extends DayContext {
  readonly slotMinutes: number;
  /** What the day takes in all, in the curve's own unit. */
  readonly amount: number;
}

export interface LoadShape {
  /** Relative amount of a day within its week, > 0 for at least one day. */
  dayWeight(context: DayContext): number;
  /** Fills the relative amount of every slot of a UTC day. */
  slotWeights(weights: Float64Array, context: SlotContext): void;
}

export type ShapeName =
  | "household"
  | "electric-vehicle"
  | "photovoltaic"
  | "heat-pump"
  | "shop"
  | "standby"
  | "boiler"
  | "taps";

export const shapes: Readonly<Record<ShapeName, LoadShape>> = {
  household: {
    dayWeight: ({ seed, day, weekday }) => (weekday < 5 ? 1 : 1.18) * between(seed, day, 0.7, 1.3),
    slotWeights(weights, context) {
      const hours = context.weekday < 5 ? householdWorkday : householdWeekend;
      const seed = seedFor(context.seed, context.day);
      for (let slot = 0; slot < weights.length; slot++) {
        const activity = atHour(hours, localHour(slot, context.slotMinutes));
        // Kettles, ovens, washing machines: seldom, short and several times the rest of the house.
        const appliance = unit(seed, slot) < activity * 0.16 ? between(seed, slot + 2000, 1, 5.5) : 0;
        weights[slot] = activity * between(seed, slot + 4000, 0.6, 1.4) + appliance;
      }
    },
  },
  "electric-vehicle": {
    dayWeight: ({ seed, day, weekday }) =>
      unit(seed, day) < 0.5 || weekday === Math.floor(unit(seed + 1, 0) * 7) ? between(seed + 2, day, 0.6, 1.4) : 0,
    slotWeights(weights, context) {
      // Plugged in between 17 and 20 o'clock, done by midnight UTC; fast enough to be done by then.
      const start = between(context.seed + 3, context.day, 16, 19) * 60;
      const wanted = (context.amount / chargerWatts) * 60;
      const end = Math.min(24 * 60, start + Math.max(wanted, context.slotMinutes));
      for (let slot = 0; slot < weights.length; slot++) {
        weights[slot] = overlap(slot * context.slotMinutes, (slot + 1) * context.slotMinutes, start, end);
      }
    },
  },
  photovoltaic: {
    dayWeight: ({ weatherSeed, day }) => daySunshine(weatherSeed, day),
    slotWeights(weights, context) {
      for (let slot = 0; slot < weights.length; slot++) {
        const minute = (slot + 0.5) * context.slotMinutes;
        // Below a tenth of the sky the house itself takes what the panels give.
        const height = Math.max(0, sunHeight(context.day, minute) - 0.1);
        weights[slot] = height * passingClouds(context.weatherSeed, context.day, minute);
      }
    },
  },
  "heat-pump": {
    dayWeight: ({ weatherSeed, day }) => Math.max(0.5, 18 - meanTemperature(weatherSeed, day)),
    slotWeights(weights, context) {
      const seed = seedFor(context.seed, context.day);
      for (let slot = 0; slot < weights.length; slot++) {
        const hour = localHour(slot, context.slotMinutes);
        const runs = unit(seed, slot) < (hour > 5 && hour < 9 ? 0.8 : 0.45);
        weights[slot] = runs ? between(seed, slot + 2000, 0.8, 1.2) : 0.02;
      }
    },
  },
  shop: {
    dayWeight: ({ seed, day, weekday }) => (weekday === 6 ? 0.25 : 1) * between(seed, day, 0.9, 1.1),
    slotWeights(weights, context) {
      const seed = seedFor(context.seed, context.day);
      for (let slot = 0; slot < weights.length; slot++) {
        const hour = localHour(slot, context.slotMinutes);
        const open = context.weekday < 6 && hour >= 8 && hour < 18.5;
        weights[slot] = (open ? 1 : 0.14) * between(seed, slot, 0.75, 1.25);
      }
    },
  },
  boiler: {
    dayWeight: ({ weatherSeed, day }) => Math.max(0.5, 18 - meanTemperature(weatherSeed, day)),
    slotWeights(weights, context) {
      const seed = seedFor(context.seed, context.day);
      for (let slot = 0; slot < weights.length; slot++) {
        // Lowered by night, at full power in the morning.
        const hour = localHour(slot, context.slotMinutes);
        const wanted = hour < 5 || hour > 22 ? 0.35 : hour < 9 ? 1.6 : 1;
        weights[slot] = wanted * between(seed, slot, 0.7, 1.3);
      }
    },
  },
  taps: {
    dayWeight: ({ seed, day, weekday }) => (weekday < 5 ? 1 : 1.25) * between(seed, day, 0.6, 1.4),
    slotWeights(weights, context) {
      const hours = context.weekday < 5 ? householdWorkday : householdWeekend;
      const seed = seedFor(context.seed, context.day);
      for (let slot = 0; slot < weights.length; slot++) {
        // Nobody draws water in most slots; a shower or a washing machine is much at once.
        const activity = atHour(hours, localHour(slot, context.slotMinutes));
        weights[slot] = unit(seed, slot) < activity * 0.3 ? activity * between(seed, slot + 2000, 0.2, 3) : 0;
      }
    },
  },
  standby: {
    dayWeight: () => 1,
    slotWeights(weights, context) {
      const seed = seedFor(context.seed, context.day);
      for (let slot = 0; slot < weights.length; slot++) weights[slot] = between(seed, slot, 0.8, 1.2);
    },
  },
};

function localHour(slot: number, slotMinutes: number): number {
  return (((slot + 0.5) * slotMinutes + livingOffsetMinutes) / 60) % 24;
}

function atHour(hours: readonly number[], hour: number): number {
  const index = Math.floor(hour);
  const before = hours[index]!;
  return before + (hours[(index + 1) % 24]! - before) * (hour - index);
}

function overlap(from: number, to: number, start: number, end: number): number {
  return Math.max(0, Math.min(to, end) - Math.max(from, start));
}

/** Relative use at each hour of a working day and of a weekend day, after the standard profile H0. */
const householdWorkday = [
  0.55, 0.45, 0.4, 0.38, 0.4, 0.5, 0.9, 1.3, 1.15, 0.95, 0.9, 0.95, 1.15, 1.0, 0.85, 0.85, 1.0, 1.4, 1.8, 1.9, 1.7, 1.4,
  1.05, 0.75,
];
const householdWeekend = [
  0.7, 0.55, 0.45, 0.4, 0.4, 0.42, 0.55, 0.8, 1.15, 1.4, 1.45, 1.5, 1.7, 1.5, 1.25, 1.2, 1.25, 1.45, 1.7, 1.75, 1.6,
  1.35, 1.1, 0.85,
];
const chargerWatts = 7400;
