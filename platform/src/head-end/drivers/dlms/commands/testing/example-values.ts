/** Values of schedules and script tables that several tests need. */
import { type Data, integer, type ScheduleEntry, type Script, scriptTableValues } from "@anymeter/dlms-cosem";

/** 15:00 in Karachi. */
export const at = Date.parse("2026-11-21T10:00:00Z");

/** On every day of November and December 2026. */
export function entryAt(hour: number, scriptSelector: number): ScheduleEntry {
  return {
    ...{ index: hour, enable: true, scriptLogicalName: "0.0.10.0.106.255", scriptSelector },
    switchTime: { hour, minute: 0, second: 0 },
    ...{ validityWindow: 0xffff, execWeekdays: "1111111", execSpecdays: "" },
    beginDate: { year: 2026, month: 11, day: 1 },
    endDate: { year: 2026, month: 12, day: 31 },
  };
}

/** Scripts by their number, each invoking that method of the relay. */
export function scripts(methods: Readonly<Record<number, number>>): Data {
  return scriptTableValues.scripts.toData(
    Object.entries(methods).map(
      ([identifier, index]): Script => ({
        scriptIdentifier: Number(identifier),
        actions: [{ serviceId: 2, classId: 70, logicalName: "0.0.96.3.10.255", index, parameter: integer(0) }],
      }),
    ),
  );
}
