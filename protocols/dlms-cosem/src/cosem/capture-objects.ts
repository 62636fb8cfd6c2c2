/** Capture objects of a profile generic (class 7, attributes 3 and 6): what its columns hold. */
import type { Data } from "../data/data.ts";
import { dlmsError } from "../errors.ts";
import { logicalNameFromBytes, obisToBytes } from "./obis.ts";

export interface CaptureObject {
  readonly classId: number;
  /** "1.0.1.8.0.255". */
  readonly logicalName: string;
  /** 0 = all attributes. */
  readonly attribute: number;
  /** 0 = the whole attribute, n = its n-th element. */
  readonly dataIndex: number;
}

/** The clock, by which profiles are nearly always sorted and selected. */
export const clockCaptureObject: CaptureObject = {
  classId: 8,
  logicalName: "0.0.1.0.0.255",
  attribute: 2,
  dataIndex: 0,
};

/** Decodes attribute 3. Throws `capture_object_invalid` with the index, counted from 1. */
export function captureObjectsFromData(data: Data): CaptureObject[] {
  if (data.type !== "array") throw invalid(0, `capture_objects is ${data.type}, not an array`);
  return data.value.map((entry, index) => captureObjectFromData(entry, index + 1));
}

export function captureObjectsToData(objects: readonly CaptureObject[]): Data {
  return { type: "array", value: objects.map(captureObjectToData) };
}

/** Decodes one, such as attribute 6 (`index` 0 there: it only goes into the error). */
export function captureObjectFromData(data: Data, index = 0): CaptureObject {
  if (data.type !== "structure") throw invalid(index, `it is ${data.type}, not a structure`);
  const [classId, name, attribute, dataIndex] = data.value;
  if (name?.type !== "octet-string" || name.value.length !== 6) {
    throw invalid(index, "its logical name is not an octet-string of 6 bytes");
  }
  if (typeof classId?.value !== "number" || typeof attribute?.value !== "number") {
    throw invalid(index, "its class id and attribute index must be numbers");
  }
  // Attribute lists of other classes have no data index; 0 means the whole attribute.
  const element = typeof dataIndex?.value === "number" ? dataIndex.value : 0;
  return {
    classId: classId.value,
    logicalName: logicalNameFromBytes(name.value),
    attribute: attribute.value,
    dataIndex: element,
  };
}

export function captureObjectToData(object: CaptureObject): Data {
  return {
    type: "structure",
    value: [
      { type: "long-unsigned", value: object.classId },
      { type: "octet-string", value: obisToBytes(object.logicalName) },
      { type: "integer", value: object.attribute },
      { type: "long-unsigned", value: object.dataIndex },
    ],
  };
}

export function sameCaptureObject(one: CaptureObject, other: CaptureObject): boolean {
  return (
    one.classId === other.classId &&
    one.logicalName === other.logicalName &&
    one.attribute === other.attribute &&
    one.dataIndex === other.dataIndex
  );
}

function invalid(index: number, reason: string): Error {
  return dlmsError("capture_object_invalid", { index, reason });
}
