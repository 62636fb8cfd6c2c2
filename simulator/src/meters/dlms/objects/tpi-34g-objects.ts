/**
 * Objects of the maker's own, at the addresses of the TPI-34G: the load limit with its retries, the window of the optical
 * port, wake-up numbers, and the addresses it connects to.
 */
import { activityCalendarValues, type CosemDateTime, type ValueCodec } from "@anymeter/dlms-cosem";
import { unlimitedWatts } from "../operation/factory.ts";
import { limitRegisters } from "../operation/written-attributes.ts";
import { makersObjects, second, watt } from "./makers-objects.ts";
import type { CosemObject } from "./object-model.ts";
import { characters, flag, listOf, octets, whole } from "./plain-codecs.ts";
import type { Programming } from "./programming.ts";

export const opticalPortName = "0.0.96.60.16.255";
export const wakeUpNumberNames = ["0.0.96.12.128.255", "0.0.96.12.129.255", "0.0.96.12.130.255"] as const;
export const addressesName = "0.0.25.4.128.255";

export function tpi34gObjects(programming: Programming): readonly CosemObject[] {
  const { data, register } = makersObjects(programming);
  return [
    data(limitRegisters.enable, flag, false, "limit-changed"),
    ...limitRegisters.thresholds.map((name) => register(name, watt, unlimitedWatts)),
    ...limitRegisters.durations.map((name) => register(name, second, 0)),
    data(limitRegisters.tries, whole("unsigned"), 0, "limit-changed"),
    register(limitRegisters.pause, second, 0),
    register(limitRegisters.clearing, second, 0),
    data(opticalPortName, portWindow, [{}, {}], "optical-port-programmed"),
    ...wakeUpNumberNames.map((name) => data(name, characters, "", "wake-up-programmed")),
    data(addressesName, listOf("structure", octets), factoryAddresses, "destination-programmed"),
  ];
}

/** On and off. */
const portWindow: ValueCodec<readonly CosemDateTime[]> = listOf(
  "structure",
  activityCalendarValues.activatePassiveCalendarTime,
);

/** Two addresses of four octets with their ports of two, then the access point and what belongs to it: 21 elements. */
const factoryAddresses: readonly string[] = [
  ...["00000000", "0fdb", "00000000", "0fdb"],
  ...Array.from({ length: 17 }, () => ""),
];
