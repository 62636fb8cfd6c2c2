/**
 * The body of a data-notification as values with their objects. Meters send it in four shapes: led by the list of its
 * objects; as the bare values of a push setup, whose list is known from elsewhere; as pairs of name and value; and as
 * triples with scaler and unit.
 */
import {
  type CaptureObject,
  captureObjectsFromData,
  type Data,
  latin1FromBytes,
  logicalNameFromBytes,
  logicalNameOf,
  type ScalerUnit,
  scalerUnitFromData,
} from "@anymeter/dlms-cosem";

/** A value and the attribute it is of. */
export interface PushedItem extends CaptureObject {
  readonly data: Data;
  /** As told beside the value. */
  readonly scalerUnit?: ScalerUnit;
}

/** What a push setup sends, in its order. */
export interface PushLayout {
  readonly columns: readonly CaptureObject[];
  readonly scalerUnits: readonly (ScalerUnit | null)[];
}

export interface PushBody {
  /** "bare": only a layout can tell what the values are. */
  readonly shape: "listed" | "bare" | "named";
  readonly items: readonly PushedItem[];
  /** Of a bare body. */
  readonly values: readonly Data[];
  /** The push setup that sent it, when the body begins with its name: "0.0.25.9.0.255". */
  readonly pushSetup?: string;
}

export function bodyOf(body: Data): PushBody {
  const elements = elementsOf(body);
  const pushSetup = pushSetupIn(elements);
  const listed = listedItems(elements);
  if (listed) return { shape: "listed", items: listed, values: elements, ...(pushSetup && { pushSetup }) };
  // The name of the push setup is no name of the value behind it.
  const named = namedItems(pushSetup === undefined ? elements : elements.slice(1));
  if (named) return { shape: "named", items: named, values: elements, ...(pushSetup && { pushSetup }) };
  return { shape: "bare", items: [], values: elements, ...(pushSetup && { pushSetup }) };
}

/** A bare body by its layout; undefined when the two do not have the same length, for then one of them is another's. */
export function itemsByLayout(values: readonly Data[], layout: PushLayout): readonly PushedItem[] | undefined {
  if (layout.columns.length !== values.length) return undefined;
  return values.map((data, index) => {
    const scalerUnit = layout.scalerUnits[index];
    return { ...layout.columns[index]!, data, ...(scalerUnit && { scalerUnit }) };
  });
}

/** The logical device name a body holds, as its bytes in hexadecimal: the value of 0.0.42.0.0.255. */
export function logicalDeviceNameIn(body: PushBody): string | undefined {
  const bytes = bytesOf(body.items.find(({ logicalName }) => logicalName === logicalDeviceNameObject)?.data);
  return bytes && bytes.length > 0 && bytes.length <= 32 ? Buffer.from(bytes).toString("hex").toUpperCase() : undefined;
}

/** The text of a body that is nothing but a name: a heartbeat. */
export function onlyNameIn(body: PushBody): string | undefined {
  const bytes = body.shape === "bare" && body.values.length === 1 ? bytesOf(body.values[0]) : undefined;
  const text = bytes && latin1FromBytes(bytes);
  return text !== undefined && /^[\x21-\x7e]{4,32}$/.test(text) ? text : undefined;
}

const logicalDeviceNameObject = "0.0.42.0.0.255";

/** A single value is a body of its own. */
function elementsOf(body: Data): readonly Data[] {
  return body.type === "structure" || body.type === "array" ? body.value : [body];
}

/** Class 40, as its logical name 0-b:25.9.e says (Blue Book 6.2.8). */
function pushSetupIn([first]: readonly Data[]): string | undefined {
  const name = first && objectNameIn(first);
  return name !== undefined && /^0\.\d+\.25\.9\.\d+\.\d+$/.test(name) ? name : undefined;
}

/** The first element is the list; it describes the elements behind it, or itself as well. */
function listedItems([list, ...others]: readonly Data[]): readonly PushedItem[] | undefined {
  if (list?.type !== "array" || list.value.length === 0) return undefined;
  let objects: CaptureObject[];
  try {
    objects = captureObjectsFromData(list);
  } catch {
    return undefined;
  }
  const values = objects.length === others.length + 1 ? [list, ...others] : others;
  if (objects.length !== values.length) return undefined;
  return objects.map((object, index) => ({ ...object, data: values[index]! }));
}

/** Pairs `name, value` one after another, perhaps behind texts that name the list; or structures `{name, value, scaler-unit?}`. */
function namedItems(elements: readonly Data[]): readonly PushedItem[] | undefined {
  const start = elements.findIndex((element) => objectNameIn(element) !== undefined || element.type === "structure");
  if (start < 0 || !elements.slice(0, start).every(isText)) return undefined;
  const rest = elements.slice(start);
  const triples = rest.map(tripleOf);
  if (triples.every((triple) => triple !== undefined)) return triples;
  if (rest.length < 2 || rest.length % 2 !== 0) return undefined;
  const items: PushedItem[] = [];
  for (let index = 0; index < rest.length; index += 2) {
    const logicalName = objectNameIn(rest[index]!);
    if (logicalName === undefined) return undefined;
    items.push({ ...unknownObject, logicalName, data: rest[index + 1]! });
  }
  return items;
}

function tripleOf(element: Data): PushedItem | undefined {
  if (element.type !== "structure" || element.value.length < 2 || element.value.length > 3) return undefined;
  const [name, data, told] = element.value;
  const logicalName = objectNameIn(name!);
  if (logicalName === undefined || data === undefined) return undefined;
  if (told === undefined) return { ...unknownObject, logicalName, data };
  try {
    return { ...unknownObject, logicalName, data, scalerUnit: scalerUnitFromData(told) };
  } catch {
    return undefined;
  }
}

/** Class 0: the name alone does not tell it. */
const unknownObject = { classId: 0, attribute: 2, dataIndex: 0 } as const;

/** A name is six bytes in an octet-string; its last group is 255 in every list meters push. */
function objectNameIn(data: Data): string | undefined {
  if (data.type !== "octet-string" || data.value.length !== 6 || data.value[5] !== 0xff) return undefined;
  return logicalNameOf(logicalNameFromBytes(data.value));
}

function isText(data: Data): boolean {
  return data.type === "visible-string" || data.type === "utf8-string" || data.type === "octet-string";
}

function bytesOf(data: Data | undefined): Uint8Array | undefined {
  if (data?.type === "octet-string") return data.value;
  return data?.type === "visible-string" || data?.type === "utf8-string"
    ? Buffer.from(data.value, "latin1")
    : undefined;
}
