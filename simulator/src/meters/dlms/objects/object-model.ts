/** COSEM objects of a meter as data with functions, and the one place that finds them and says no. */
import {
  type ActionAnswer,
  array,
  type Data,
  dataToBytes,
  enumerated,
  type GetAnswer,
  integer,
  longUnsigned,
  type MethodDescriptor,
  nullData,
  obisToBytes,
  octetString,
  type SelectedAttribute,
  type Selection,
  type ServerAssociation,
  structure,
  unsigned,
} from "@anymeter/dlms-cosem";

import type { Moment } from "../registers.ts";

export interface CosemObject {
  readonly classId: number;
  readonly version: number;
  /** "1.0.1.8.0.255" */
  readonly logicalName: string;
  /** Who sees it: the public client too, or only the client that proved itself. */
  readonly audience: "public" | "management";
  /** From attribute 2 on; attribute 1 is the logical name. */
  readonly attributes: readonly ObjectAttribute[];
  readonly methods?: readonly ObjectMethod[];
}

export interface ObjectAttribute {
  readonly number: number;
  readonly read: (request: ReadRequest) => GetAnswer;
  /** Answers a data-access-result. Absent = read only. */
  readonly write?: (data: Data) => number;
  /** Selective access is offered. */
  readonly selectors?: readonly number[];
}

export interface ReadRequest {
  readonly selection: Selection | undefined;
  readonly association: ServerAssociation;
  /** What the meter measures now: objects that all meters of a make share ask for it. */
  readonly now: () => Moment;
}

export interface ObjectMethod {
  readonly number: number;
  readonly invoke: (parameter: Data | undefined) => ActionAnswer;
}

/** Data-access-results and action-results (Green Book, clause 9.5) that the objects give. */
export const results = {
  success: 0,
  readWriteDenied: 3,
  objectUndefined: 4,
  objectClassInconsistent: 9,
  typeUnmatched: 12,
  scopeOfAccessViolated: 13,
  otherReason: 250,
} as const;

/** An attribute that is one value, asked for when read. */
export function attribute(number: number, value: () => Data): ObjectAttribute {
  return { number, read: () => ({ data: value() }) };
}

export class ObjectModel {
  readonly #objects: readonly CosemObject[];
  readonly #byName: ReadonlyMap<string, CosemObject>;
  readonly #lists = new Map<string, Uint8Array>();
  readonly #now: () => Moment;

  constructor(objects: readonly CosemObject[], now: () => Moment) {
    this.#now = now;
    this.#objects = objects;
    this.#byName = new Map(objects.map((object) => [object.logicalName, object]));
  }

  get({ classId, logicalName, attribute, selection }: SelectedAttribute, association: ServerAssociation): GetAnswer {
    const object = this.#find(classId, logicalName, association);
    if (typeof object === "number") return { error: object };
    if (attribute === 1) return { data: octetString(obisToBytes(logicalName)) };
    const found = object.attributes.find(({ number }) => number === attribute);
    if (found === undefined) return { error: results.objectUndefined };
    if (selection !== undefined && !found.selectors?.includes(selection.selector)) {
      return { error: results.scopeOfAccessViolated };
    }
    return found.read({ selection, association, now: this.#now });
  }

  set({ classId, logicalName, attribute }: SelectedAttribute, data: Data, association: ServerAssociation): number {
    const object = this.#find(classId, logicalName, association);
    if (typeof object === "number") return object;
    if (association.name === publicAssociation) return results.readWriteDenied;
    const found = object.attributes.find(({ number }) => number === attribute);
    return found?.write?.(data) ?? results.readWriteDenied;
  }

  action(
    { classId, logicalName, method }: MethodDescriptor,
    parameter: Data | undefined,
    association: ServerAssociation,
  ): ActionAnswer {
    const object = this.#find(classId, logicalName, association);
    if (typeof object === "number") return { result: object };
    if (association.name === publicAssociation) return { result: results.readWriteDenied };
    const found = object.methods?.find(({ number }) => number === method);
    return found?.invoke(parameter) ?? { result: results.readWriteDenied };
  }

  /** The object_list of class 15 as this association may use it, encoded. */
  objectList({ name }: ServerAssociation): Uint8Array {
    const known = this.#lists.get(name);
    if (known !== undefined) return known;
    const isPublic = name === publicAssociation;
    const visible = this.#objects.filter(({ audience }) => !isPublic || audience === "public");
    const list = dataToBytes(array(...visible.map((object) => objectListElement(object, !isPublic))));
    this.#lists.set(name, list);
    return list;
  }

  #find(classId: number, logicalName: string, association: ServerAssociation): CosemObject | number {
    const object = this.#byName.get(logicalName);
    if (object === undefined) return results.objectUndefined;
    if (object.classId !== classId) return results.objectClassInconsistent;
    if (object.audience === "management" && association.name === publicAssociation) return results.readWriteDenied;
    return object;
  }
}

/** Name of the association that proves nothing and sees little. */
export const publicAssociation = "public";

/** structure { class-id, version, logical name, structure { attribute access, method access } } (class 15, version 1). */
function objectListElement(object: CosemObject, writes: boolean): Data {
  const attributes = [{ number: 1 } as ObjectAttribute, ...object.attributes].map(({ number, write, selectors }) =>
    structure(
      integer(number),
      enumerated(write !== undefined && writes ? readAndWrite : readOnly),
      selectors === undefined ? nullData : array(...selectors.map(integer)),
    ),
  );
  const methods = (object.methods ?? []).map(({ number }) => structure(integer(number), enumerated(writes ? 1 : 0)));
  return structure(
    longUnsigned(object.classId),
    unsigned(object.version),
    octetString(obisToBytes(object.logicalName)),
    structure(array(...attributes), array(...methods)),
  );
}

const readOnly = 1;
const readAndWrite = 3;
