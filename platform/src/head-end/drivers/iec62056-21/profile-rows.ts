/** Rows of a load profile as rows of UDIL's LOAD_PROFILE_DATA. */
import { decimalOf, type ProfileRow as MeterRow } from "@anymeter/iec62056-21";
import type { ProfileRow } from "../../../readings/profile-rows/profile-row.ts";
import type { ContactedDevice } from "../driver.ts";
import { fieldValue, type PlannedField, planFields, rowOf } from "../udil-rows.ts";
import type { TimedRow } from "./load-profile-reader.ts";

/** Several profiles of a meter are channels: `P.01` is 0, `P.02` is 1. */
export function loadProfileRows(rows: readonly TimedRow[], device: ContactedDevice, readAt: number): ProfileRow[] {
  let header: MeterRow["header"] | undefined;
  let plan: readonly (PlannedField | undefined)[] = [];
  return rows.map(({ row, instant: at }) => {
    if (row.header !== header) {
      header = row.header;
      plan = planFields(
        header.columns.map(({ address, unit }, index) => ({
          name: address,
          unit: unit ?? row.values[index]?.unit ?? null,
        })),
      ).fields;
    }
    const fields: Record<string, string | number> = {};
    plan.forEach((planned, index) => {
      const decimal = planned && decimalOf(row.values[index]?.value ?? "");
      const value = decimal === undefined ? undefined : fieldValue(planned!, decimal);
      if (value !== undefined) fields[planned!.field] = value;
    });
    const { address, interval } = row.header;
    return rowOf(device, { table: "LPRO", at, readAt, channel: channelOf(address), interval }, fields);
  });
}

function channelOf(address: string): number {
  const number = /^P\.0*(\d+)$/.exec(address)?.[1];
  return number === undefined ? 0 : Math.max(0, Number(number) - 1);
}
