/**
 * Titles of events by log and code: the standard codes that IDIS, DLMS UA's companion of most European meters, gives them;
 * of meters that log other codes, what UDIL calls the event. A code that is not known is named by its number.
 */
import { eventDescription } from "@anymeter/udil";
import { type EventCodes, endsWithoutPhase, type OwnEventCodes, udilCodeOf } from "../event-crosswalk.ts";

/** Codes are numbered across all logs, so that a log of another address can be read with the same table. */
const codes: Readonly<Record<number, string>> = {
  1: "Power down",
  2: "Power up",
  3: "Daylight saving time changed",
  4: "Clock adjusted (old time)",
  5: "Clock adjusted (new time)",
  6: "Clock invalid",
  7: "Replace battery",
  8: "Battery voltage low",
  9: "Tariff schedule activated",
  10: "Error register cleared",
  11: "Alarm register cleared",
  12: "Program memory error",
  13: "RAM error",
  14: "Non-volatile memory error",
  15: "Watchdog error",
  16: "Measurement system error",
  17: "Firmware ready for activation",
  18: "Firmware activated",
  19: "Passive tariff programmed",
  20: "External alert detected",
  21: "End of non-periodic billing",
  40: "Terminal cover removed",
  41: "Terminal cover closed",
  42: "Strong magnetic field detected",
  43: "Strong magnetic field gone",
  44: "Meter cover removed",
  45: "Meter cover closed",
  46: "Association authentication failed",
  47: "Parameters changed",
  48: "Global key changed",
  49: "Decryption or authentication failed",
  50: "Replay attack",
  51: "Firmware verification failed",
  52: "Unexpected consumption",
  59: "Disconnector ready for reconnection",
  60: "Manual disconnection",
  61: "Manual connection",
  62: "Remote disconnection",
  63: "Remote connection",
  64: "Local disconnection",
  65: "Limiter threshold exceeded",
  66: "Limiter threshold normal",
  67: "Limiter threshold changed",
  68: "Disconnect or reconnect failed",
  69: "Local reconnection",
  70: "Supervision threshold exceeded",
  71: "Supervision threshold normal",
  76: "Undervoltage phase 1",
  77: "Undervoltage phase 2",
  78: "Undervoltage phase 3",
  79: "Overvoltage phase 1",
  80: "Overvoltage phase 2",
  81: "Overvoltage phase 3",
  82: "Missing voltage phase 1",
  83: "Missing voltage phase 2",
  84: "Missing voltage phase 3",
  85: "Voltage normal phase 1",
  86: "Voltage normal phase 2",
  87: "Voltage normal phase 3",
  88: "Phase sequence reversed",
  89: "Missing neutral",
  90: "Phase asymmetry",
  91: "Current reversal",
  92: "Bad voltage quality phase 1",
  93: "Bad voltage quality phase 2",
  94: "Bad voltage quality phase 3",
  140: "No connection timeout",
  255: "Event log cleared",
};

/** The logs 0-b:99.98.e by their last group but one. */
const logNames: Readonly<Record<number, string>> = {
  0: "Standard event log",
  1: "Fraud detection log",
  2: "Disconnector control log",
  3: "M-Bus event log",
  4: "Power quality log",
  5: "Communication log",
};

/**
 * @param scheme whose codes the meter logs (`event_codes` of its DLMS settings)
 * @param own what its model's codes mean beside (`event_crosswalk`)
 */
export function eventTitle(code: number, scheme: EventCodes = "idis", own: OwnEventCodes = []): string {
  const isOwn = own.some((event) => event.code === code);
  if (scheme === "idis" && !isOwn) return codes[code] ?? `Event ${code}`;
  const udil = udilCodeOf(code, scheme, own);
  return udil === undefined ? (endsWithoutPhase[scheme]?.[code] ?? `Event ${code}`) : eventDescription(udil);
}

/** "Power quality log 0-0:99.98.4" */
export function eventLogName(obis: string): string {
  const group = /:99\.98\.(\d+)$/.exec(obis)?.[1];
  const name = group === undefined ? undefined : logNames[Number(group)];
  return `${name ?? "Event log"} ${obis}`;
}
