/** A small gas volume converter for tests: two values, two locks, one archive. */
import type { Address } from "../address/address.ts";
import { addressText } from "../address/address.ts";
import type { LockNumber } from "../locks.ts";
import type { Lis200Device, ServedArchive } from "../server/device.ts";

export class ExampleMeter implements Lis200Device {
  readonly identification: Lis200Device["identification"] = {
    manufacturer: "Els",
    baudCharacter: "6",
    escapes: ["2"],
    model: "EK280",
  };
  readonly deviceAddress = "12345678";
  readonly operand = "1234567";
  readonly lockCodes = new Map<LockNumber, string>([
    [3, "12345678"],
    [4, "00000000"],
  ]);
  /** What was written, in order. */
  readonly written: string[] = [];
  clock = "2021-03-01,06:30:00";
  rows: ServedArchive["rows"] = hourlyRows(24);

  read(address: Address, openLocks: ReadonlySet<LockNumber>): string | number {
    const text = addressText(address);
    if (text === "1:400.0") return this.clock;
    if (text === "2:302.0") return "1234.5678*m3";
    if (text === "1:181.0") return "EK280";
    if (text === "3:141.0") return openLocks.has(3) ? "6" : 18;
    return address.object === "302" ? 3 : 1;
  }

  write(address: Address, value: string, openLocks: ReadonlySet<LockNumber>): number | undefined {
    if (addressText(address) === "2:302.0") return 9;
    if (addressText(address) !== "1:400.0") return 1;
    if (!openLocks.has(3)) return 19;
    this.clock = value;
    this.written.push(value);
    return undefined;
  }

  archive(number: number): ServedArchive | number | undefined {
    if (number === 3) return { columns: exampleColumns, rows: this.rows };
    if (number === 4) return { columns: exampleColumns, rows: [] };
    return number === 5 ? 18 : undefined;
  }
}

/** Hours of the first of March 2021, from midnight on; an extra row after the fourth, row numbers from 101. */
export function hourlyRows(count: number): ServedArchive["rows"] {
  return Array.from({ length: count }, (_, index) => {
    const time = new Date(Date.UTC(2021, 2, 1, index)).toISOString().slice(0, 19).replace("T", ",");
    return [`${101 + index}`, `${1 + index}`, time, `${1000 + index}.25`, "0.98", "0", "0x8104", "CRC Ok"];
  });
}

export const exampleColumns: ServedArchive["columns"] = [
  { header: "GONo" },
  { header: "AONo" },
  { header: "Time", source: "1:400.0" },
  { header: "VbT", unit: "m3", source: "02:0302.0" },
  { header: "p.MP", unit: "bar", source: "7:310.0" },
  { header: "StSy", source: "2:110.0" },
  { header: "Er" },
  { header: "Check" },
];
