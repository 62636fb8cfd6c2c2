/** DIF and DIFE (EN 13757-3, 6.3): how the data is coded, and which of the meter's values it is. */
import { type RecordFunction, recordFunctions } from "./record.ts";

export interface DataInformation {
  readonly coding: DataCoding;
  readonly function: RecordFunction;
  readonly storage: number;
  readonly tariff: number;
  readonly subunit: number;
  /** Bytes of DIF and DIFE. */
  readonly length: number;
  /** Too many DIFE, or none where one was announced. */
  readonly fault: "too many" | "cut" | undefined;
}

/** Low four bits of the DIF. */
export type DataCoding =
  | { readonly type: "none"; readonly length: 0 }
  | { readonly type: "integer" | "float" | "bcd"; readonly length: number }
  | { readonly type: "readout selection"; readonly length: 0 }
  | { readonly type: "variable"; readonly length: undefined };

/** By the low four bits; F is for special functions, see `specialDif`. */
export const dataCodings: readonly (DataCoding | undefined)[] = [
  { type: "none", length: 0 },
  { type: "integer", length: 1 },
  { type: "integer", length: 2 },
  { type: "integer", length: 3 },
  { type: "integer", length: 4 },
  { type: "float", length: 4 },
  { type: "integer", length: 6 },
  { type: "integer", length: 8 },
  { type: "readout selection", length: 0 },
  { type: "bcd", length: 1 },
  { type: "bcd", length: 2 },
  { type: "bcd", length: 3 },
  { type: "bcd", length: 4 },
  { type: "variable", length: undefined },
  { type: "bcd", length: 6 },
  undefined,
];

/** DIF that begin no record (table 6). */
export const specialDif = {
  manufacturerData: 0x0f,
  /** Manufacturer data too, and the meter has another telegram. */
  moreFollows: 0x1f,
  idleFiller: 0x2f,
  globalReadout: 0x7f,
} as const;

/** Of DIFE in one record; storage then has 41 bits, a tariff 20, a subunit 10. */
export const mostDataExtensions = 10;

export const extensionBit = 0x80;

/** @param at that of a DIF whose low four bits are not F */
export function readDataInformation(bytes: Uint8Array, at: number): DataInformation {
  const dif = bytes[at]!;
  let storage = (dif >> 6) & 1;
  let [tariff, subunit, count] = [0, 0, 0];
  let fault: DataInformation["fault"];
  for (let more = dif & extensionBit; more !== 0; ) {
    const dife = bytes[at + 1 + count];
    if (dife === undefined) {
      fault = "cut";
      break;
    }
    if (count < mostDataExtensions) {
      storage += (dife & 0x0f) * 2 ** (1 + 4 * count);
      tariff += ((dife >> 4) & 3) * 2 ** (2 * count);
      subunit += ((dife >> 6) & 1) * 2 ** count;
    } else {
      fault = "too many";
    }
    count++;
    more = dife & extensionBit;
  }
  return {
    coding: dataCodings[dif & 0x0f]!,
    function: recordFunctions[(dif >> 4) & 3]!,
    storage,
    tariff,
    subunit,
    length: 1 + count,
    fault,
  };
}
