/** The readout of a meter: identity, clock, registers, and the values stored at the last ends of months. */
import type { EnergyRegisters } from "../../supply/supply-point.ts";
import { instantOfLocal, zoneOffset } from "../zone.ts";
import { localDigits, seasonDigit } from "./local-time.ts";
import type { Iec62056Model } from "./models.ts";
import { energyRegisters, type MeasuredState, presentRegisters, type Register } from "./registers.ts";

export interface ReadoutContent {
  readonly model: Iec62056Model;
  readonly address: string;
  /** What the clock shows, milliseconds UTC. */
  readonly clockTime: number;
  readonly state: MeasuredState;
  /** Registers when the clock showed a time. */
  readonly monthEnd: (time: number) => EnergyRegisters;
}

export function readoutText({ model, address, clockTime, state, monthEnd }: ReadoutContent): string {
  const zone = model.zone.value;
  const written = (reduced: string, stored = "") =>
    model.addresses.value === "full" ? `1-0:${reduced}*${stored || "255"}` : `${reduced}${stored && `*${stored}`}`;
  const line = (register: Register, measured: MeasuredState, stored = "", time = "") =>
    `${written(register.address, stored)}(${register.text(measured)}*${register.unit})${time}`;
  const digits = localDigits(zone, clockTime);
  const stored = lastMonthEnds(model, clockTime).flatMap((time) => {
    const measured = { ...state, energy: monthEnd(time) };
    const number = storedNumber(localDigits(zone, time));
    const stamp = `(${localDigits(zone, time).slice(0, 10)})`;
    return energyRegisters.map((register) => line(register, measured, number, stamp));
  });
  return [
    "F.F(00)",
    `${written("0.0.0")}(${address})`,
    `${written("0.9.1")}(${seasonDigit(zone, clockTime)}${digits.slice(6)})`,
    `${written("0.9.2")}(${seasonDigit(zone, clockTime)}${digits.slice(0, 6)})`,
    ...energyRegisters.map((register) => line(register, state)),
    ...presentRegisters.map((register) => line(register, state)),
    ...stored,
  ]
    .map((text) => `${text}\r\n`)
    .join("");
}

/** The first instants of this month and the one before, by the meter's clock; milliseconds UTC. */
function lastMonthEnds({ zone }: Iec62056Model, clockTime: number): readonly number[] {
  const local = new Date(clockTime + zoneOffset(zone.value, clockTime) * 60_000);
  return [0, 1].map((back) =>
    instantOfLocal(zone.value, Date.UTC(local.getUTCFullYear(), local.getUTCMonth() - back, 1)),
  );
}

/** Resets are counted with two digits, from January 2020. */
function storedNumber(digits: string): string {
  const [year, month] = [Number(digits.slice(0, 2)), Number(digits.slice(2, 4))];
  return String(((year - 20) * 12 + month) % 100).padStart(2, "0");
}
