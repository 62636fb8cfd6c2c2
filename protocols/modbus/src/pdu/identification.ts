/** Device identification, function 43/14 (MODBUS Application Protocol V1.1b3, clause 6.21). */
import type { ExplainedPart, Explainer, Json } from "@anymeter/sans-io";
import { commonError, Explainer as PartExplainer } from "@anymeter/sans-io";
import { modbusError } from "../errors.ts";
import type { Field } from "./field.ts";
import { limits } from "./limits.ts";

/** Objects that every device of their category has, and the reserved ones; 128 to 255 are the maker's own. */
export const identificationObjects: Readonly<Record<number, string>> = {
  0: "VendorName",
  1: "ProductCode",
  2: "MajorMinorRevision",
  3: "VendorUrl",
  4: "ProductName",
  5: "ModelName",
  6: "UserApplicationName",
};

export const identificationCategories = { basic: 1, regular: 2, extended: 3, individual: 4 } as const;
export type IdentificationCategory = keyof typeof identificationCategories;

export const readCodeNames: Readonly<Record<number, string>> = {
  1: "basic, as a stream",
  2: "regular, as a stream",
  3: "extended, as a stream",
  4: "one object",
};

export const conformityNames: Readonly<Record<number, string>> = {
  1: "basic, stream only",
  2: "regular, stream only",
  3: "extended, stream only",
  129: "basic, stream and single objects",
  130: "regular, stream and single objects",
  131: "extended, stream and single objects",
};

/** One object as the device sent it; text in practice. */
export interface IdentificationObject {
  readonly id: number;
  readonly value: Uint8Array;
}

export function objectName(id: number): string {
  return identificationObjects[id] ?? (id < 128 ? `reserved object ${id}` : `object ${id} of the maker`);
}

/** The number of objects, and each with its id and length. */
export function objects(name: string): Field {
  return {
    encode(writer, values) {
      const list = values[name] as readonly IdentificationObject[];
      if (list.length > 255) {
        throw commonError("value_not_encodable", { what: "the objects", reason: `${list.length} are more than 255` });
      }
      writer.unsigned8(list.length);
      for (const { id, value } of list) {
        if (value.length > longestObject) {
          const reason = `${value.length} bytes are more than ${longestObject}`;
          throw commonError("value_not_encodable", { what: `object ${id}`, reason });
        }
        writer.unsigned8(id);
        writer.unsigned8(value.length);
        writer.write(value);
      }
    },
    decode(reader, values, explainer) {
      const count = reader.unsigned8("the number of objects");
      explainer?.upTo(reader.offset, "number of objects", { value: count });
      const list: IdentificationObject[] = [];
      for (let index = 0; index < count; index++) {
        const start = reader.offset;
        const id = reader.unsigned8("the object's id");
        const length = reader.unsigned8("the object's length");
        const value = reader.take(length, `the value of object ${id}`);
        list.push({ id, value });
        if (explainer) explainObject(explainer, start, id, value);
      }
      values[name] = list;
    },
    end(bytes, at) {
      if (at >= bytes.length) return undefined;
      let end = at + 1;
      for (let left = bytes[at]!; left > 0; left--) {
        if (end + 1 >= bytes.length) return undefined;
        end += 2 + bytes[end + 1]!;
      }
      return end;
    },
  };
}

/** Text of an object: ASCII, other bytes as they would be in Latin-1. */
export function objectText(value: Uint8Array): string {
  let text = "";
  for (const byte of value) text += String.fromCharCode(byte);
  return text;
}

function explainObject(explainer: Explainer, start: number, id: number, value: Uint8Array): void {
  const inner = new PartExplainer(start);
  const text: Json = objectText(value);
  inner.upTo(start + 1, "object id", { value: id });
  inner.upTo(start + 2, "length", { value: value.length });
  inner.upTo(start + 2 + value.length, "value", { value: text });
  const parts: readonly ExplainedPart[] = inner.parts;
  explainer.upTo(start + 2 + value.length, objectName(id), { value: text, parts });
}

/**
 * Joins the answers of a stream, which go on as long as `moreFollows`.
 * @throws ProtocolError `identification_endless` for a device that goes in a circle
 */
export class IdentificationCollector {
  readonly objects = new Map<number, Uint8Array>();

  /** @returns the object to ask for next; undefined when all are there */
  add(answer: {
    readonly moreFollows: number;
    readonly nextObject: number;
    readonly objects: readonly IdentificationObject[];
  }): number | undefined {
    for (const { id, value } of answer.objects) this.objects.set(id, value.slice());
    if (answer.moreFollows === 0) return undefined;
    if (answer.objects.length === 0 || this.objects.has(answer.nextObject)) {
      throw modbusError("identification_endless", {
        limit: limits.identificationObjects,
        object: answer.nextObject,
      });
    }
    return answer.nextObject;
  }
}

/** What fits into a PDU after the fields before it. */
const longestObject = limits.pdu - 9;
