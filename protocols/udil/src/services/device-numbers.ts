/** Numbers whose meaning changed between versions (section 3.4.6; v3's 3.3.6). Inside, v3's hold. */
import type { UdilVersion } from "../versions.ts";

/** v1: 0 always on, 1 periodic, 2 on demand. v3: 1 at intervals, 2 always on; on demand is 1 with wake-up numbers. */
export function communicationTypeIn(version: UdilVersion, value: number | undefined, interval: number | undefined) {
  // Left out in v1's own example: at intervals where an interval is given, else always on.
  if (value === undefined) return interval !== undefined && interval > 0 ? 1 : 2;
  if (version !== "v1") return value === 0 ? undefined : value;
  return value === 0 ? 2 : 1;
}

export function communicationTypeOut(version: UdilVersion, value: number): number {
  if (version !== "v1") return value;
  return value === 2 ? 0 : 1;
}

/** v1 calls 3 "other"; v3 calls 3 APMS, 4 grid meter and 5 other. */
export function deviceTypeIn(version: UdilVersion, value: number): number | undefined {
  if (version !== "v1") return value;
  return value > 3 ? undefined : value === 3 ? 5 : value;
}

export function deviceTypeOut(version: UdilVersion, value: number): number {
  return version === "v1" && value > 2 ? 3 : value;
}
