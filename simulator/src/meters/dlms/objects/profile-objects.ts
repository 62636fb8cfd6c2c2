/** Profile generic objects (class 7) over row stores. */
import { array, captureObjectToData, type Data, doubleLongUnsigned, enumerated, unsigned } from "@anymeter/dlms-cosem";
import type { ZoneName } from "../../zone.ts";
import { eventCodeColumn } from "../profiles/event-log.ts";
import { type CaptureObject, clockColumn, type RowStore } from "../profiles/row-store.ts";
import { entriesInUse, readBuffer } from "../profiles/selection.ts";
import { attribute, type CosemObject } from "./object-model.ts";

export const loadProfileName = "1.0.99.1.0.255";
export const dailyProfileName = "1.0.99.2.0.255";
export const eventLogName = "0.0.99.98.0.255";

export function profileObject(logicalName: string, store: RowStore, zone: ZoneName): CosemObject {
  const captureObjects = array(...store.columns.map(captureObject));
  return {
    classId: 7,
    version: 1,
    logicalName,
    audience: "management",
    attributes: [
      { number: 2, read: ({ selection }) => readBuffer(store, selection, zone), selectors: [1, 2] },
      attribute(3, () => captureObjects),
      attribute(4, () => doubleLongUnsigned(store.capturePeriod)),
      attribute(5, () => enumerated(sortMethods[store.sort])),
      attribute(6, () => captureObject(clockColumn)),
      attribute(7, () => doubleLongUnsigned(entriesInUse(store))),
      attribute(8, () => doubleLongUnsigned(store.capacity)),
    ],
  };
}

/** The event code that the event log captures (class 1). */
export function eventCodeObject(): CosemObject {
  return {
    classId: eventCodeColumn.classId,
    version: 0,
    logicalName: eventCodeColumn.logicalName,
    audience: "management",
    attributes: [attribute(2, () => unsigned(0))],
  };
}

const sortMethods = { fifo: 1, lifo: 2 } as const;

function captureObject(column: CaptureObject): Data {
  return captureObjectToData({ ...column, dataIndex: 0 });
}
