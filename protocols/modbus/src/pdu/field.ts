/**
 * The fields that protocol data units are made of. One table of them per function code is encoded, decoded, measured and
 * explained by the same walk, so that none of these can disagree.
 */
import { type ByteReader, type ByteWriter, commonError, type Explainer, type Json } from "@anymeter/sans-io";
import { modbusError } from "../errors.ts";

export interface Field {
  encode(writer: ByteWriter, values: Values): void;
  /** Reads the field into `values`, and explains its bytes where somebody listens. */
  decode(reader: ByteReader, values: Values, explainer: Explainer | undefined): void;
  /** Where the field that begins at `at` ends; undefined when that takes more bytes to know. */
  end(bytes: Uint8Array, at: number): number | undefined;
}

/** Properties of a request or response by name. */
export type Values = Record<string, unknown>;

/** Two bytes. `shown` makes the explained value of the number. */
export function word(
  name: string,
  meaning: string,
  { least = 0, most = 0xffff, shown = (value: number): Json => value } = {},
): Field {
  const expected = `${least} to ${most}`;
  return {
    encode(writer, values) {
      writer.unsigned16(wholeOf(values[name], meaning, least, most));
    },
    decode(reader, values, explainer) {
      const offset = reader.offset;
      const value = reader.unsigned16(`the ${meaning}`);
      if (value < least || value > most) {
        throw modbusError("field_out_of_range", { field: meaning, found: value, expected, offset });
      }
      values[name] = value;
      explainer?.upTo(reader.offset, meaning, { value: shown(value) });
    },
    end: (_, at) => at + 2,
  };
}

/** One byte; `names` are those of its values. With only one possible value it is written by itself and not kept. */
export function byte(
  name: string,
  meaning: string,
  { least = 0, most = 0xff, names = {} as Readonly<Record<number, string>> } = {},
): Field {
  const fixed = least === most;
  return {
    encode(writer, values) {
      writer.unsigned8(fixed ? least : wholeOf(values[name], meaning, least, most));
    },
    decode(reader, values, explainer) {
      const offset = reader.offset;
      const value = reader.unsigned8(`the ${meaning}`);
      if (value < least || value > most) {
        const expected = fixed ? String(least) : `${least} to ${most}`;
        throw modbusError("field_out_of_range", { field: meaning, found: value, expected, offset });
      }
      if (!fixed) values[name] = value;
      explainer?.upTo(reader.offset, names[value] ? `${meaning}: ${names[value]}` : meaning, { value });
    },
    end: (_, at) => at + 1,
  };
}

/** The value of one coil: FF00 is on, 0000 is off (clause 6.5). */
export function coil(name: string): Field {
  return {
    encode: (writer, values) => writer.unsigned16(values[name] ? coilOn : 0),
    decode(reader, values, explainer) {
      const offset = reader.offset;
      const value = reader.unsigned16("the coil's value");
      if (value !== coilOn && value !== 0) {
        throw modbusError("field_out_of_range", {
          field: "coil's value",
          found: `0x${value.toString(16)}`,
          expected: "FF00 (on) or 0000 (off)",
          offset,
        });
      }
      values[name] = value === coilOn;
      explainer?.upTo(reader.offset, `coil's value: ${value ? "on" : "off"}`, { value: value === coilOn });
    },
    end: (_, at) => at + 2,
  };
}

/** A byte count and packed coils, the first in the lowest bit; with `quantity` their exact number precedes them. */
export function coils(name: string, most: number, { quantity = false } = {}): Field {
  return {
    encode(writer, values) {
      const list = values[name] as readonly boolean[];
      wholeOf(list.length, "number of coils", 1, most);
      if (quantity) writer.unsigned16(list.length);
      writer.unsigned8(Math.ceil(list.length / 8));
      for (let first = 0; first < list.length; first += 8) {
        let packed = 0;
        for (let bit = 0; bit < 8; bit++) packed |= (list[first + bit] ? 1 : 0) << bit;
        writer.unsigned8(packed);
      }
    },
    decode(reader, values, explainer) {
      const number = quantity ? quantityOf(reader, "coils", most, explainer) : undefined;
      const count = byteCountOf(reader, number && Math.ceil(number / 8), Math.ceil(most / 8), explainer);
      const packed = reader.take(count, "the coils");
      const list = Array.from({ length: number ?? count * 8 }, (_, index) => isOn(packed, index));
      values[name] = list;
      explainer?.upTo(reader.offset, "coils, the first in the lowest bit", {
        value: list.map((on) => (on ? "1" : "0")).join(""),
      });
    },
    end: (bytes, at) => countedEnd(bytes, quantity ? at + 2 : at),
  };
}

/** A byte count and registers as they are on the line; with `quantity` their number precedes them. */
export function registers(name: string, most: number, { quantity = false, meaning = "registers" } = {}): Field {
  return {
    encode(writer, values) {
      const bytes = values[name] as Uint8Array;
      if (bytes.length % 2 !== 0) {
        throw commonError("value_not_encodable", { what: meaning, reason: `${bytes.length} bytes are no registers` });
      }
      wholeOf(bytes.length / 2, `number of ${meaning}`, 1, most);
      if (quantity) writer.unsigned16(bytes.length / 2);
      writer.unsigned8(bytes.length);
      writer.write(bytes);
    },
    decode(reader, values, explainer) {
      const number = quantity ? quantityOf(reader, meaning, most, explainer) : undefined;
      const offset = reader.offset;
      const count = byteCountOf(reader, number && number * 2, most * 2, explainer);
      if (count % 2 !== 0) {
        throw modbusError("field_out_of_range", { field: "byte count", found: count, expected: "even", offset });
      }
      const start = reader.offset;
      values[name] = reader.take(count, "the registers");
      for (let at = start; explainer && at < reader.offset; at += 2) {
        const value = (reader.bytes[at]! << 8) | reader.bytes[at + 1]!;
        explainer.upTo(at + 2, `register ${(at - start) / 2 + 1} of ${count / 2}`, { value });
      }
    },
    end: (bytes, at) => countedEnd(bytes, quantity ? at + 2 : at),
  };
}

/** @throws ProtocolError `value_not_encodable` */
export function wholeOf(value: unknown, what: string, least: number, most: number): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  throw commonError("value_not_encodable", { what, reason: `${value} is no whole number from ${least} to ${most}` });
}

function quantityOf(reader: ByteReader, what: string, most: number, explainer: Explainer | undefined): number {
  const offset = reader.offset;
  const value = reader.unsigned16(`the number of ${what}`);
  if (value < 1 || value > most) {
    const expected = `1 to ${most}`;
    throw modbusError("field_out_of_range", { field: `number of ${what}`, found: value, expected, offset });
  }
  explainer?.upTo(reader.offset, `number of ${what}`, { value });
  return value;
}

/** The count that precedes bytes: the one that follows from their number, or any up to `most`. */
function byteCountOf(
  reader: ByteReader,
  due: number | undefined,
  most: number,
  explainer: Explainer | undefined,
): number {
  const offset = reader.offset;
  const value = reader.unsigned8("the byte count");
  if (due === undefined ? value < 1 || value > most : value !== due) {
    const expected = due === undefined ? `1 to ${most}` : String(due);
    throw modbusError("field_out_of_range", { field: "byte count", found: value, expected, offset });
  }
  explainer?.upTo(reader.offset, "byte count", { value });
  return value;
}

function countedEnd(bytes: Uint8Array, at: number): number | undefined {
  return at < bytes.length ? at + 1 + bytes[at]! : undefined;
}

function isOn(packed: Uint8Array, index: number): boolean {
  return ((packed[index >> 3]! >> (index & 7)) & 1) === 1;
}

const coilOn = 0xff00;
