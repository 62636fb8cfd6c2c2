/** Attributes that are written and come back as they were, after a restart too. */
import { type Data, dataToBytes, type ValueCodec } from "@anymeter/dlms-cosem";
import { attributeKey, type WrittenValues } from "../operation/written-values.ts";
import { type ObjectAttribute, results } from "./object-model.ts";

export interface WrittenAttribute<Value> {
  readonly number: number;
  readonly codec: ValueCodec<Value>;
  /** What the meter came with. */
  readonly factory: Value;
  /** Whether the meter can take it; absent = whatever has the right type. */
  readonly accepts?: (value: Value) => boolean;
  /** Told after it was written. */
  readonly changed?: (value: Value) => void;
}

/** Makes the attributes of one object. */
export function writtenAttributesOf(written: WrittenValues, classId: number, logicalName: string) {
  return <Value>({ number, codec, factory, accepts, changed }: WrittenAttribute<Value>): ObjectAttribute => {
    const key = attributeKey(classId, logicalName, number);
    return {
      number,
      read: () => ({ data: codec.toData(written.read(key, factory)) }),
      write: (data) => {
        const value = readValue(codec, data);
        if (value === undefined) return results.typeUnmatched;
        if (accepts?.(value) === false) return results.otherReason;
        written.write(key, value);
        changed?.(value);
        return results.success;
      },
    };
  };
}

/** What data holds; undefined when it is not of the type. */
export function readValue<Value>(codec: ValueCodec<Value>, data: Data | undefined): Value | undefined {
  if (data === undefined) return undefined;
  try {
    const value = codec.fromData(data);
    // Ranges are checked when a value is encoded.
    dataToBytes(codec.toData(value));
    return value;
  } catch {
    return undefined;
  }
}
