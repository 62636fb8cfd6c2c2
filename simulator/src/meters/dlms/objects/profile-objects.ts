/** Profile generic objects (class 7) over row stores. */
import { array, captureObjectToData, type Data, doubleLongUnsigned, enumerated } from "@anymeter/dlms-cosem";
import type { ZoneName } from "../../zone.ts";
import { eventCodeColumn } from "../profiles/event-log.ts";
import { type CaptureObject, clockColumn, type RowStore } from "../profiles/row-store.ts";
import { entriesInUse, readBuffer } from "../profiles/selection.ts";
import { attribute, type CosemObject, results } from "./object-model.ts";
import { whole } from "./plain-codecs.ts";
import { registerValue } from "./register-objects.ts";
import { readValue } from "./written-attribute.ts";

/** `changed` is told after the buffer was emptied. */
export function profileObject(
  logicalName: string,
  store: RowStore,
  zone: ZoneName,
  changed: () => void = () => {},
): CosemObject {
  const captureObjects = captureObjectsData(store);
  return {
    classId: 7,
    version: 1,
    logicalName,
    audience: "management",
    attributes: [
      { number: 2, read: ({ selection }) => readBuffer(store, selection, zone), selectors: [1, 2] },
      attribute(3, () => captureObjects),
      {
        number: 4,
        read: () => ({ data: doubleLongUnsigned(store.capturePeriod) }),
        ...(store.setCapturePeriod !== undefined && {
          write: (data) => {
            const seconds = readValue(period, data);
            if (seconds === undefined) return results.typeUnmatched;
            if (!store.setCapturePeriod!(seconds)) return results.otherReason;
            changed();
            return results.success;
          },
        }),
      },
      attribute(5, () => enumerated(sortMethods[store.sort])),
      attribute(6, () => captureObject(clockColumn)),
      attribute(7, () => doubleLongUnsigned(entriesInUse(store))),
      attribute(8, () => doubleLongUnsigned(store.capacity)),
    ],
    methods:
      store.clear === undefined
        ? []
        : [
            {
              number: 1,
              invoke: () => {
                store.clear!();
                changed();
                return { result: results.success };
              },
            },
          ],
  };
}

/** Meters of a make capture the same. */
function captureObjectsData({ columns }: RowStore): Data {
  const data = dataOfColumns.get(columns) ?? array(...columns.map(captureObject));
  dataOfColumns.set(columns, data);
  return data;
}

const dataOfColumns = new WeakMap<readonly CaptureObject[], Data>();

const period = whole("double-long-unsigned");

/** The event code that the event log captures (class 1): that of the last event. */
export function eventCodeObject(type: "unsigned" | "long-unsigned", code: () => number): CosemObject {
  return {
    classId: eventCodeColumn.classId,
    version: 0,
    logicalName: eventCodeColumn.logicalName,
    audience: "management",
    attributes: [attribute(2, () => registerValue(type, code()))],
  };
}

const sortMethods = { fifo: 1, lifo: 2 } as const;

function captureObject(column: CaptureObject): Data {
  return captureObjectToData({ ...column, dataIndex: 0 });
}
