/** Single values that are written and remembered: numbers, flags, octets as hexadecimal digits. */
import { boolean, type Data, type NumberType, octetString, type ValueCodec } from "@anymeter/dlms-cosem";

/** A whole number; whatever integer type is written, it comes back in this one. */
export function whole(type: Exclude<NumberType, "float32" | "float64">): ValueCodec<number> {
  return {
    fromData: ({ type: given, value }) => {
      if (typeof value === "number" && Number.isInteger(value)) return value;
      throw new TypeError(`${given} is not ${type}`);
    },
    toData: (value) => ({ type, value }),
  };
}

export const flag: ValueCodec<boolean> = {
  fromData: ({ type, value }) => {
    if (type === "boolean") return value;
    throw new TypeError(`${type} is not boolean`);
  },
  toData: boolean,
};

/** Octets, as hexadecimal digits. */
export const octets: ValueCodec<string> = {
  fromData: ({ type, value }) => {
    if (type === "octet-string") return Buffer.from(value).toString("hex");
    throw new TypeError(`${type} is not octet-string`);
  },
  toData: (hex) => octetString(Buffer.from(hex, "hex")),
};

/** Characters, each a byte. */
export const characters: ValueCodec<string> = {
  fromData: (data) => {
    if (data.type === "visible-string") return data.value;
    return Buffer.from(octets.fromData(data), "hex").toString("latin1");
  },
  toData: (text) => octetString(Buffer.from(text, "latin1")),
};

/** An array or structure whose elements are all alike. */
export function listOf<Value>(type: "array" | "structure", element: ValueCodec<Value>): ValueCodec<readonly Value[]> {
  return {
    fromData: (data) => {
      if (data.type === type) return data.value.map((item) => element.fromData(item));
      throw new TypeError(`${data.type} is not ${type}`);
    },
    toData: (values) => ({ type, value: values.map((value) => element.toData(value)) }) as Data,
  };
}
