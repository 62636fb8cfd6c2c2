/**
 * How the value of an attribute, or the parameter of a method, is read and written: one description gives both ways.
 * Reading takes what meters really send (another integer type, a date as its own type); writing gives what the class says.
 */
import { bytesFromLatin1, latin1FromBytes } from "../../data/character-strings.ts";
import type { Data, NumberType } from "../../data/data.ts";
import {
  type CosemDate,
  type CosemDateTime,
  type CosemTime,
  decodeDate,
  decodeDateTime,
  decodeTime,
  encodeDate,
  encodeDateTime,
  encodeTime,
} from "../../data/date-time.ts";
import { dlmsError } from "../../errors.ts";
import { logicalNameFromBytes, obisToBytes } from "../obis.ts";

export interface ValueCodec<Value> {
  /** `place` goes into the error. Throws `attribute_value_invalid`, naming the element: "entries[2].switchTime". */
  fromData(data: Data, place?: string): Value;
  /** Ranges are checked when the data is encoded. */
  toData(value: Value): Data;
}

/** The values of a class, each called by its own name in errors. */
export function valuesOf<Values extends object>(
  codecs: {
    readonly [Name in keyof Values]: ValueCodec<Values[Name]>;
  },
): { readonly [Name in keyof Values]: ValueCodec<Values[Name]> } {
  const named = Object.entries<ValueCodec<unknown>>(codecs).map(([name, codec]) => [
    name,
    { fromData: (data: Data, place = name) => codec.fromData(data, place), toData: codec.toData },
  ]);
  return Object.fromEntries(named) as typeof codecs;
}

/** A structure; the order of the fields is that of the bytes. More elements than fields are passed over. */
export function structureOf<Value extends object>(
  fields: {
    readonly [Name in keyof Value]-?: ValueCodec<Value[Name]>;
  },
): ValueCodec<Value> {
  const codecs = Object.entries(fields) as [string, ValueCodec<unknown>][];
  return {
    fromData: (data, place = "itself") => {
      if (data.type !== "structure") throw invalid(place, `it is ${data.type} instead of a structure`);
      if (data.value.length < codecs.length) {
        throw invalid(place, `it has ${data.value.length} elements instead of ${codecs.length}`);
      }
      const read = codecs.map(([name, codec], index) => [name, codec.fromData(data.value[index]!, `${place}.${name}`)]);
      return Object.fromEntries(read) as Value;
    },
    toData: (value) => ({
      type: "structure",
      value: codecs.map(([name, codec]) => codec.toData(value[name as keyof Value])),
    }),
  };
}

/** Null-data, which some meters send for an array without elements, is an empty one. */
export function arrayOf<Value>(element: ValueCodec<Value>): ValueCodec<readonly Value[]> {
  return {
    fromData: (data, place = "itself") => {
      if (data.type === "null-data") return [];
      if (data.type !== "array") throw invalid(place, `it is ${data.type} instead of an array`);
      return data.value.map((item, index) => element.fromData(item, `${place}[${index + 1}]`));
    },
    toData: (values) => ({ type: "array", value: values.map((value) => element.toData(value)) }),
  };
}

export const unsigned = wholeNumber("unsigned");
export const longUnsigned = wholeNumber("long-unsigned");
export const doubleLongUnsigned = wholeNumber("double-long-unsigned");
export const integer = wholeNumber("integer");
export const enumerated = wholeNumber("enum");

/** Any number but 0 is true as well. */
export const boolean: ValueCodec<boolean> = {
  fromData: (data, place = "itself") => {
    if (data.type === "boolean") return data.value;
    return wholeNumber("unsigned").fromData(data, place) !== 0;
  },
  toData: (value) => ({ type: "boolean", value }),
};

/** An octet-string of characters; every byte is one (Latin-1), so that names that are bytes come back as they were. */
export const text: ValueCodec<string> = {
  fromData: (data, place = "itself") => {
    if (data.type === "octet-string") return latin1FromBytes(data.value);
    if (data.type === "visible-string" || data.type === "utf8-string") return data.value;
    throw invalid(place, `it is ${data.type} instead of an octet-string`);
  },
  toData: (value) => ({ type: "octet-string", value: bytesFromLatin1(value) }),
};

/** "0.0.10.0.100.255". */
export const logicalName: ValueCodec<string> = {
  fromData: (data, place = "itself") => logicalNameFromBytes(octetsOf(data, 6, "a logical name", place)),
  toData: (value) => ({ type: "octet-string", value: obisToBytes(value) }),
};

/** Bits as text, first bit first. */
export const bits: ValueCodec<string> = {
  fromData: (data, place = "itself") => {
    if (data.type === "bit-string") return data.value;
    throw invalid(place, `it is ${data.type} instead of a bit-string`);
  },
  toData: (value) => ({ type: "bit-string", value }),
};

export const dateTime: ValueCodec<CosemDateTime> = {
  fromData: (data, place = "itself") =>
    data.type === "date-time" ? data.value : decodeDateTime(octetsOf(data, 12, "a date-time", place)),
  toData: (value) => ({ type: "octet-string", value: encodeDateTime(value) }),
};

export const date: ValueCodec<CosemDate> = {
  fromData: (data, place = "itself") =>
    data.type === "date" ? data.value : decodeDate(octetsOf(data, 5, "a date", place)),
  toData: (value) => ({ type: "octet-string", value: encodeDate(value) }),
};

export const time: ValueCodec<CosemTime> = {
  fromData: (data, place = "itself") =>
    data.type === "time" ? data.value : decodeTime(octetsOf(data, 4, "a time", place)),
  toData: (value) => ({ type: "octet-string", value: encodeTime(value) }),
};

/** Whatever type the object's maker chose. */
export const any: ValueCodec<Data> = { fromData: (data) => data, toData: (data) => data };

function wholeNumber(type: Exclude<NumberType, "float32" | "float64">): ValueCodec<number> {
  return {
    fromData: (data, place = "itself") => {
      if (typeof data.value === "number" && Number.isInteger(data.value)) return data.value;
      throw invalid(place, `it is ${data.type} instead of ${type}`);
    },
    toData: (value) => ({ type, value }),
  };
}

function octetsOf(data: Data, length: number, what: string, place: string): Uint8Array {
  if (data.type === "octet-string" && data.value.length === length) return data.value;
  const found = data.type === "octet-string" ? `an octet-string of ${data.value.length} bytes` : data.type;
  throw invalid(place, `it is ${found} instead of ${what} of ${length} bytes`);
}

function invalid(place: string, reason: string): Error {
  return dlmsError("attribute_value_invalid", { place, reason });
}
