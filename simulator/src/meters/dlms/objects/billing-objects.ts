/** What tells of billing periods beside their profile: how many ended, and when the last one did. */
import { doubleLongUnsigned, octetString } from "@anymeter/dlms-cosem";
import type { ClockHabit } from "../makes.ts";
import type { Billing } from "../operation/billing.ts";
import { resetCountName, resetTimeName, unspecifiedTime } from "../profiles/columns.ts";
import { meterTime } from "../profiles/row-writer.ts";
import { attribute, type CosemObject } from "./object-model.ts";

export function billingObjects(billing: Billing, clock: ClockHabit): readonly CosemObject[] {
  return [
    {
      classId: 1,
      version: 0,
      logicalName: resetCountName,
      audience: "management",
      attributes: [attribute(2, () => doubleLongUnsigned(billing.resets.length))],
    },
    {
      classId: 1,
      version: 0,
      logicalName: resetTimeName,
      audience: "management",
      attributes: [
        attribute(2, () => {
          const last = billing.resets.at(-1);
          return octetString(last === undefined ? unspecifiedTime : meterTime(last.time, clock));
        }),
      ],
    },
  ];
}
