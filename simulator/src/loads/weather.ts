/** One sky over the neighbourhood: heat pumps and solar panels of all houses follow the same days. */
import { yearFraction } from "../calendar.ts";
import { smoothNoise, unit } from "../random.ts";

/** Mean outdoor temperature of a day in °C, about 52° north near the sea. */
export function meanTemperature(seed: number, day: number): number {
  const season = 10.5 - 7.5 * Math.cos(2 * Math.PI * (yearFraction(day) - 0.055));
  return season + 9 * (smoothNoise(seed, day / 4) - 0.5) + 3 * (unit(seed + 1, day) - 0.5);
}

/** Share of the clear-sky energy that reaches the ground on a day, 0.2–1. */
export function daySunshine(seed: number, day: number): number {
  return 0.2 + 0.8 * smoothNoise(seed + 2, day / 1.7);
}

/** Share of clear-sky power at an instant of a day: clouds passing, 0.15–1. */
export function passingClouds(seed: number, day: number, minute: number): number {
  const sunshine = daySunshine(seed, day);
  const cloud = smoothNoise(seed + 3, day * 72 + minute / 20);
  return Math.max(0.15, Math.min(1, sunshine + 0.6 * (cloud - 0.5)));
}

/** Sine of the sun's height at 52° north, 0 at night. `minute` is of the UTC day, noon near 12:00. */
export function sunHeight(day: number, minute: number): number {
  const declination = -0.409 * Math.cos(2 * Math.PI * (yearFraction(day) + 10 / 365));
  const hourAngle = ((minute - 720) / 720) * Math.PI;
  return Math.max(
    0,
    latitudeSine * Math.sin(declination) + latitudeCosine * Math.cos(declination) * Math.cos(hourAngle),
  );
}

const latitudeSine = Math.sin((52 * Math.PI) / 180);
const latitudeCosine = Math.cos((52 * Math.PI) / 180);
