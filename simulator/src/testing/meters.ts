/** Meters without sockets for tests: a make behind a supply point of a known neighbourhood, at a time the test tells. */
import {
  type CaptureObject,
  captureObjectsFromData,
  type Data,
  dataFromBytes,
  decodeProfileRows,
  fromEpochMilliseconds,
  type GetAnswer,
  type ProfileRow,
  type Selection,
  selectByRange,
} from "@anymeter/dlms-cosem";
import { DlmsMeter } from "../meters/dlms/dlms-meter.ts";
import { freshMemory, type MeterMemory } from "../meters/dlms/memory.ts";
import { zoneOffset } from "../meters/zone.ts";
import { planNeighbourhood } from "../neighbourhood/plan.ts";
import { SupplyArea } from "../supply/supply-area.ts";
import { SupplyPoint } from "../supply/supply-point.ts";

export interface TestMeter {
  readonly meter: DlmsMeter;
  readonly supply: SupplyPoint;
  readonly memory: MeterMemory;
  /** The true time, for the test to move. */
  now: number;
}

export interface TestMeterOptions {
  readonly now: number;
  readonly seed?: number;
  readonly clockError?: number;
  readonly memory?: MeterMemory;
  readonly historyDays?: number;
}

/** The first meter of the make with these FLAG letters. */
export function meterOf(flag: string, options: TestMeterOptions): TestMeter {
  const { seed = 7, clockError = 0, historyDays = 5 } = options;
  const plan = planNeighbourhood(seed, flag === "GLM" ? 60 : 6, 15);
  const meterPlan = plan.meters.find(({ make }) => make.flag === flag)!;
  const area = new SupplyArea(plan.areas[meterPlan.area]!);
  const supply = new SupplyPoint(area, meterPlan.service);
  const memory = options.memory ?? structuredClone(freshMemory);
  const result = { now: options.now, supply, memory } as TestMeter & { meter: DlmsMeter };
  result.meter = new DlmsMeter({
    ...{ make: meterPlan.make, identity: meterPlan.identity, supply, seed: meterPlan.seed, clockError, memory },
    ...{ now: () => result.now, remember: () => undefined, historyDays, capturePeriod: 900 },
  });
  return result;
}

/** Reads an attribute as the management client does, without a session. */
export function readAttribute(
  { meter }: TestMeter,
  classId: number,
  logicalName: string,
  attribute: number,
  selection?: Selection,
): GetAnswer {
  return meter.get({ classId, logicalName, attribute, ...(selection && { selection }) }, managementOf(meter));
}

function managementOf({ associations }: DlmsMeter) {
  return associations.find(({ name }) => name === "management")!;
}

/** Writes an attribute as the management client does. @returns the data-access-result */
export function writeAttribute(
  { meter }: TestMeter,
  classId: number,
  logicalName: string,
  attribute: number,
  data: Data,
): number {
  return meter.set({ classId, logicalName, attribute }, data, managementOf(meter));
}

/** Invokes a method as the management client does. @returns the action-result */
export function invokeMethod(
  { meter }: TestMeter,
  classId: number,
  logicalName: string,
  method: number,
  parameter: Data = { type: "integer", value: 0 },
): number {
  return meter.action({ classId, logicalName, method }, parameter, managementOf(meter)).result;
}

/** The value of a register or of any attribute that is a number or a flag. */
export function attributeValue(test: TestMeter, classId: number, logicalName: string, attribute = 2): unknown {
  return dataOf(readAttribute(test, classId, logicalName, attribute)).value;
}

/** What comes after a restart of the meter with what it remembers, at the same time. */
export function restarted(test: TestMeter): TestMeter {
  const { flag } = test.meter.make;
  return meterOf(flag, { now: test.now, memory: JSON.parse(JSON.stringify(test.memory)) as MeterMemory });
}

export function dataOf(answer: GetAnswer): Data {
  if ("error" in answer) throw new Error(`data-access-result ${answer.error}`);
  return "data" in answer ? answer.data : dataFromBytes(answer.encoded);
}

/** Rows of a profile, decoded by the library. */
export function readRows(test: TestMeter, logicalName: string, selection?: Selection): ProfileRow[] {
  const columns = captureObjectsOf(test, logicalName);
  const capturePeriodSeconds = dataOf(readAttribute(test, 7, logicalName, 4)).value as number;
  return decodeRows(test, dataOf(readAttribute(test, 7, logicalName, 2, selection)), columns, capturePeriodSeconds);
}

export function captureObjectsOf(test: TestMeter, logicalName: string): CaptureObject[] {
  return captureObjectsFromData(dataOf(readAttribute(test, 7, logicalName, 3)));
}

export function decodeRows(
  { meter }: { readonly meter: DlmsMeter },
  buffer: Data,
  columns: readonly CaptureObject[],
  capturePeriodSeconds: number,
): ProfileRow[] {
  const { zone } = meter.make.clock.value;
  return decodeProfileRows(buffer, columns, {
    capturePeriodSeconds,
    clockNull: "previous-plus-period",
    sortMethod: meter.make.profile.value.sort,
    order: "oldest-first",
    epoch: {
      zoneOffset: ({ year, month, day, hour, minute }, daylightSaving) => {
        const winter = Date.UTC(year, month - 1, day, hour - 1, minute);
        return daylightSaving ? 120 : zoneOffset(zone === "utc" ? "utc" : "central-european-standard", winter);
      },
    },
  });
}

/** The number in the column of a logical name. */
export function columnValue(row: ProfileRow, columns: readonly CaptureObject[], logicalName: string): number {
  const index = columns.findIndex((column) => column.logicalName === logicalName);
  return Number(row.values[index]!.data!.value);
}

/** Selection of a profile by a range of instants, both inclusive, in UTC. */
export function rangeOf(from: number, to: number, columns: readonly CaptureObject[] = []): Selection {
  return selectByRange({ from: fromEpochMilliseconds(from), to: fromEpochMilliseconds(to), columns });
}
