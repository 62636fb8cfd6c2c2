/** VIF and VIFE (EN 13757-3, 6.4): what a value is, in which unit, and what is to be done with the number. */
import { extensionBit } from "./data-information.ts";
import type { ProfileKind } from "./tables/combinable.ts";
import { primaryTable } from "./tables/primary.ts";
import type { ValueForm } from "./tables/table.ts";
import { type ExplainedExtension, escapes, ValueInformationReader } from "./value-information-reader.ts";

export interface ValueInformation {
  readonly quantity: string;
  readonly unit: string;
  /** The number in the data is to be multiplied by factor × 10^exponent … */
  readonly exponent: number;
  readonly factor: bigint | undefined;
  /** … and 10^each of these is to be added. */
  readonly addends: readonly number[];
  readonly form: ValueForm;
  readonly modifiers: readonly string[];
  readonly profile: ProfileKind | undefined;
  /** Why the meter has no value. */
  readonly error: string | undefined;
  /** Bytes of VIF, VIFE and plain text. */
  readonly length: number;
  readonly fault: ValueInformationFault | undefined;
}

export type ValueInformationFault =
  | { readonly type: "too many" | "cut" | "text" }
  /** A code the standard reserves: the number is right, its meaning and scale are not known. */
  | { readonly type: "reserved"; readonly code: string };

/** Who sends it: VIFE 00 to 1F are errors from a meter and actions to a meter. */
export type Direction = "from meter" | "to meter";

/** @param at that of a VIF */
export function readValueInformation(bytes: Uint8Array, at: number, direction: Direction): ValueInformation {
  const vif = bytes[at];
  if (vif !== undefined && vif < extensionBit) {
    const known = plainMeanings[vif];
    if (known) return known;
  }
  const key = cacheKeyOf(bytes, at);
  const cache = caches[direction];
  const cached = key === undefined ? undefined : cache.get(key);
  if (cached) return cached;
  const read = new ValueInformationReader(bytes, at, direction).read();
  if (key !== undefined && cache.size < cacheLimit) cache.set(key, read);
  return read;
}

/** The same walk, telling what each byte is. */
export function explainValueInformation(bytes: Uint8Array, at: number, direction: Direction): ExplainedExtension[] {
  const reader = new ValueInformationReader(bytes, at, direction);
  reader.read();
  return reader.steps;
}

/** A few hundred codes are in use; hostile bytes shall not fill the memory. */
const cacheLimit = 1024;
const caches: Readonly<Record<Direction, Map<number, ValueInformation>>> = {
  "from meter": new Map(),
  "to meter": new Map(),
};

/** Up to four whole bytes as a number, whose first tells how many they are; undefined for longer ones and plain text. */
function cacheKeyOf(bytes: Uint8Array, at: number): number | undefined {
  let key = 0;
  if ((bytes[at]! & 0x7f) === escapes.plainText) return undefined;
  for (let index = at; index < at + 4; index++) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    key = key * 256 + byte;
    if (byte < extensionBit) return key;
  }
  return undefined;
}

/** VIF without extension, which most records have, need no walk. */
const plainMeanings: readonly (ValueInformation | undefined)[] = primaryTable.map((meaning) =>
  meaning
    ? {
        quantity: meaning.quantity,
        unit: meaning.unit,
        exponent: meaning.exponent,
        factor: meaning.factor,
        addends: [],
        form: meaning.form,
        modifiers: [],
        profile: undefined,
        error: undefined,
        length: 1,
        fault: undefined,
      }
    : undefined,
);
