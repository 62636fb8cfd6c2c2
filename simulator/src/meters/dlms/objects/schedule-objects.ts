/** Load shedding (schedule, class 10) and the end of billing periods (single action schedule, class 22). */
import {
  type ScheduleEntry,
  type ScriptReference,
  scheduleValues,
  singleActionScheduleValues,
} from "@anymeter/dlms-cosem";
import { endOfBillingScript, factoryBilling } from "../operation/factory.ts";
import { endOfBillingName, scheduleName, writtenAttributes } from "../operation/written-attributes.ts";
import { type CosemObject, type ObjectMethod, results } from "./object-model.ts";
import type { Programming } from "./programming.ts";
import { readValue, writtenAttributesOf } from "./written-attribute.ts";

/** `greatestIndex` is that of an entry; there are no more entries than that. */
export function scheduleObject({ operation, programmed }: Programming, greatestIndex: number): CosemObject {
  const { written } = operation;
  const entries = () => written.read<readonly ScheduleEntry[]>(writtenAttributes.scheduleEntries, []);
  const isPossible = ({ index, switchTime, scriptLogicalName, scriptSelector }: ScheduleEntry) =>
    index >= 1 &&
    index <= greatestIndex &&
    switchTime.hour !== undefined &&
    switchTime.minute !== undefined &&
    operation.scripts.has({ scriptLogicalName, scriptSelector });
  const programmedWith = ({ length }: readonly ScheduleEntry[]) =>
    programmed(length === 0 ? "shedding-cancelled" : "shedding-programmed");
  const replace = (changed: readonly ScheduleEntry[]) => {
    const sorted = changed.toSorted((one, other) => one.index - other.index);
    written.write(writtenAttributes.scheduleEntries, sorted);
    programmedWith(sorted);
  };
  return {
    classId: 10,
    version: 0,
    logicalName: scheduleName,
    audience: "management",
    attributes: [
      writtenAttributesOf(
        written,
        10,
        scheduleName,
      )({
        number: 2,
        codec: scheduleValues.entries,
        factory: [],
        accepts: (values) => values.length <= greatestIndex && values.every(isPossible),
        changed: programmedWith,
      }),
    ],
    methods: [
      method(1, scheduleValues.enableDisable, ({ firstIndexA, lastIndexA, firstIndexB, lastIndexB }) => {
        const enabled = ({ index, enable }: ScheduleEntry) =>
          (index >= firstIndexB && index <= lastIndexB) || (enable && !(index >= firstIndexA && index <= lastIndexA));
        replace(entries().map((entry) => ({ ...entry, enable: enabled(entry) })));
        return true;
      }),
      method(2, scheduleValues.insert, (entry) => {
        if (!isPossible(entry)) return false;
        replace([...entries().filter(({ index }) => index !== entry.index), entry]);
        return true;
      }),
      method(3, scheduleValues.delete, ({ firstIndex, lastIndex }) => {
        replace(entries().filter(({ index }) => index < firstIndex || index > lastIndex));
        return true;
      }),
    ],
  };
}

export function endOfBillingObject({ operation, programmed }: Programming): CosemObject {
  const attribute = writtenAttributesOf(operation.written, 22, endOfBillingName);
  const changed = () => programmed("billing-day-programmed");
  return {
    classId: 22,
    version: 0,
    logicalName: endOfBillingName,
    audience: "management",
    attributes: [
      attribute({
        number: 2,
        codec: singleActionScheduleValues.executedScript,
        factory: endOfBillingScript,
        accepts: (script: ScriptReference) => operation.scripts.has(script),
        changed,
      }),
      attribute({ number: 3, codec: singleActionScheduleValues.type, factory: oneTimeWithWildcards, changed }),
      attribute({
        number: 4,
        codec: singleActionScheduleValues.executionTime,
        factory: factoryBilling,
        accepts: (times) => times.every(({ time }) => time.hour !== undefined && time.minute !== undefined),
        changed,
      }),
    ],
  };
}

function method<Value>(
  number: number,
  codec: Parameters<typeof readValue<Value>>[0],
  act: (value: Value) => boolean,
): ObjectMethod {
  return {
    number,
    invoke: (parameter) => {
      const value = readValue(codec, parameter);
      if (value === undefined) return { result: results.typeUnmatched };
      return { result: act(value) ? results.success : results.otherReason };
    },
  };
}

const oneTimeWithWildcards = 1;
