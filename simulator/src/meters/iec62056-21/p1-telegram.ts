/** The telegram of a P1 port (DSMR 5): written out here, apart from the library that reads it. */
import { isDaylightSaving, type ZoneName } from "../zone.ts";
import { localDigits } from "./local-time.ts";
import type { MeasuredState, Register } from "./registers.ts";

export interface P1Content {
  readonly identification: string;
  readonly serial: string;
  readonly zone: ZoneName;
  /** What the clock shows, milliseconds UTC. */
  readonly time: number;
  readonly registers: readonly Register[];
  readonly state: MeasuredState;
}

export function p1Telegram({ identification, serial, zone, time, registers, state }: P1Content): Uint8Array {
  const season = isDaylightSaving(zone, time) ? "S" : "W";
  const lines = [
    `/${identification}`,
    "",
    "1-3:0.2.8(50)",
    `0-0:1.0.0(${localDigits(zone, time)}${season})`,
    `0-0:96.1.1(${Buffer.from(serial, "latin1").toString("hex").toUpperCase()})`,
    ...registers.map((register) => `1-0:${register.address}(${register.text(state)}*${register.unit})`),
    "!",
  ].join("\r\n");
  return Buffer.from(`${lines}${checksum(lines)}\r\n`, "latin1");
}

/** CRC-16/ARC, bit by bit. */
function checksum(text: string): string {
  let crc = 0;
  for (let index = 0; index < text.length; index++) {
    crc ^= text.charCodeAt(index);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
}
