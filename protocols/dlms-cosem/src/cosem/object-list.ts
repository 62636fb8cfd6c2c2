/**
 * The object list of an association (class 15, attribute 2; Blue Book, clause 4.4.4): every object the client may see
 * and what it may do with it. What an access mode means depends on the version of the association class.
 */
import type { Data } from "../data/data.ts";
import { dlmsError } from "../errors.ts";
import { logicalNameFromBytes, obisToBytes } from "./obis.ts";

export interface ObjectListEntry {
  readonly classId: number;
  readonly version: number;
  /** "1.0.1.8.0.255". */
  readonly logicalName: string;
  readonly attributes: readonly AttributeAccess[];
  readonly methods: readonly MethodAccess[];
}

export interface AttributeAccess {
  readonly attribute: number;
  readonly access: AccessRights;
  /** Selective access the attribute takes. */
  readonly selectors: readonly number[];
}

export interface MethodAccess {
  readonly method: number;
  /** `write` here is the right to invoke. */
  readonly access: AccessRights;
}

export interface AccessRights {
  /** The number as the meter sent it. */
  readonly mode: number;
  readonly read: boolean;
  /** For a method: may be invoked. */
  readonly write: boolean;
  /** How a request must be protected, and how its response will be. Versions 0 to 2 know authentication only. */
  readonly request: Protection;
  readonly response: Protection;
}

export interface Protection {
  readonly authenticated: boolean;
  readonly encrypted: boolean;
  readonly signed: boolean;
}

/** Throws `object_list_entry_invalid` with the index of the entry, counted from 1. */
export function objectListFromData(data: Data, associationVersion: number): ObjectListEntry[] {
  if (data.type !== "array") throw invalid(0, `the object list is ${data.type}, not an array`);
  return data.value.map((entry, index) => entryFromData(entry, associationVersion, index + 1));
}

/** The server's side: encodes by the modes, other rights are not looked at. */
export function objectListToData(entries: readonly ObjectListEntry[], associationVersion: number): Data {
  return { type: "array", value: entries.map((entry) => entryToData(entry, associationVersion)) };
}

/** What an attribute's access mode means in that version of the association class. */
export function attributeAccessRights(mode: number, associationVersion: number): AccessRights {
  if (associationVersion >= 3) return rightsFromBits(mode);
  const [read, write, authenticated] = attributeModes[mode] ?? [false, false, false];
  const protection = authenticated ? authenticatedOnly : unprotected;
  return { mode, read, write, request: protection, response: protection };
}

/** What a method's access mode means; older meters send a boolean. */
export function methodAccessRights(mode: number | boolean, associationVersion: number): AccessRights {
  const number = Number(mode);
  if (associationVersion >= 3) return rightsFromBits(number);
  const protection = number === 2 ? authenticatedOnly : unprotected;
  return { mode: number, read: false, write: number === 1 || number === 2, request: protection, response: protection };
}

const unprotected: Protection = { authenticated: false, encrypted: false, signed: false };
const authenticatedOnly: Protection = { authenticated: true, encrypted: false, signed: false };

/** Versions 0 to 2: read, write, authenticated. */
const attributeModes: readonly (readonly [read: boolean, write: boolean, authenticated: boolean])[] = [
  [false, false, false],
  [true, false, false],
  [false, true, false],
  [true, true, false],
  [true, false, true],
  [false, true, true],
  [true, true, true],
];

/** Version 3: 01 read, 02 write, 04/08/10 request authenticated, encrypted, signed, 20/40/80 response. */
function rightsFromBits(mode: number): AccessRights {
  return {
    mode,
    read: (mode & 0x01) !== 0,
    write: (mode & 0x02) !== 0,
    request: { authenticated: (mode & 0x04) !== 0, encrypted: (mode & 0x08) !== 0, signed: (mode & 0x10) !== 0 },
    response: { authenticated: (mode & 0x20) !== 0, encrypted: (mode & 0x40) !== 0, signed: (mode & 0x80) !== 0 },
  };
}

function entryFromData(data: Data, associationVersion: number, index: number): ObjectListEntry {
  const [classId, version, name, rights] = partsOf(data, "it", index);
  if (typeof classId?.value !== "number" || typeof version?.value !== "number") {
    throw invalid(index, "its class id and version must be numbers");
  }
  if (name?.type !== "octet-string" || name.value.length !== 6) {
    throw invalid(index, "its logical name is not an octet-string of 6 bytes");
  }
  const [attributes, methods] = partsOf(rights, "its access rights", index);
  return {
    classId: classId.value,
    version: version.value,
    logicalName: logicalNameFromBytes(name.value),
    attributes: listOf(attributes).map((item) => attributeFromData(item, associationVersion, index)),
    methods: listOf(methods).map((item) => methodFromData(item, associationVersion, index)),
  };
}

function attributeFromData(data: Data, associationVersion: number, index: number): AttributeAccess {
  const [attribute, mode, selectors] = partsOf(data, "an attribute's access", index);
  if (typeof attribute?.value !== "number" || typeof mode?.value !== "number") {
    throw invalid(index, "an attribute's id and access mode must be numbers");
  }
  const numbers = listOf(selectors).map((selector) => selector.value);
  return {
    attribute: attribute.value,
    access: attributeAccessRights(mode.value, associationVersion),
    selectors: numbers.filter((selector) => typeof selector === "number"),
  };
}

function methodFromData(data: Data, associationVersion: number, index: number): MethodAccess {
  const [method, mode] = partsOf(data, "a method's access", index);
  if (typeof method?.value !== "number" || (typeof mode?.value !== "number" && typeof mode?.value !== "boolean")) {
    throw invalid(index, "a method's id must be a number and its access mode a number or boolean");
  }
  return { method: method.value, access: methodAccessRights(mode.value, associationVersion) };
}

function entryToData(entry: ObjectListEntry, associationVersion: number): Data {
  const attributes = entry.attributes.map(
    ({ attribute, access, selectors }): Data => ({
      type: "structure",
      value: [
        { type: "integer", value: attribute },
        { type: "enum", value: access.mode },
        selectors.length === 0
          ? { type: "null-data", value: null }
          : { type: "array", value: selectors.map((value): Data => ({ type: "integer", value })) },
      ],
    }),
  );
  const methods = entry.methods.map(
    ({ method, access }): Data => ({
      type: "structure",
      value: [
        { type: "integer", value: method },
        associationVersion === 0 ? { type: "boolean", value: access.mode !== 0 } : { type: "enum", value: access.mode },
      ],
    }),
  );
  return {
    type: "structure",
    value: [
      { type: "long-unsigned", value: entry.classId },
      { type: "unsigned", value: entry.version },
      { type: "octet-string", value: obisToBytes(entry.logicalName) },
      {
        type: "structure",
        value: [
          { type: "array", value: attributes },
          { type: "array", value: methods },
        ],
      },
    ],
  };
}

function partsOf(data: Data | undefined, what: string, index: number): readonly Data[] {
  if (data?.type === "structure") return data.value;
  throw invalid(index, `${what} is ${data?.type ?? "missing"}, not a structure`);
}

/** Empty lists also come as null-data. */
function listOf(data: Data | undefined): readonly Data[] {
  return data?.type === "array" ? data.value : [];
}

function invalid(index: number, reason: string): Error {
  return dlmsError("object_list_entry_invalid", { index, reason });
}
