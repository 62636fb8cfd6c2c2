/**
 * Walks the records of a telegram. What cannot be understood is reported and stepped over by its declared length; only
 * where the length itself is not to be known does the walk end, and even then every record before it is kept.
 */
import { commonError, hexFromByte, hexFromBytes, type ProtocolError } from "@anymeter/sans-io";
import { mbusError } from "../errors.ts";
import { type DataInformation, readDataInformation, specialDif } from "./data-information.ts";
import { expandProfiles, readProfile } from "./profile.ts";
import { type DataRecord, type RecordValue, recordName } from "./record.ts";
import { decodeValue, noValue } from "./value.ts";
import { type Direction, readValueInformation, type ValueInformation } from "./value-information.ts";
import { readVariableLength, type VariableLength } from "./variable-length.ts";

export interface DecodedRecords {
  readonly records: readonly DataRecord[];
  /** What follows DIF 0F or 1F. */
  readonly manufacturerData: Uint8Array | undefined;
  /** DIF 1F. */
  readonly moreFollows: boolean;
  readonly problems: readonly ProtocolError[];
  /** Where the walk ended: the end of the bytes, or the first that could not be understood. */
  readonly end: number;
}

/** @param bytes the data behind the header, deciphered */
export function decodeRecords(bytes: Uint8Array, direction: Direction = "from meter"): DecodedRecords {
  return new RecordReader(bytes, direction).read();
}

class RecordReader {
  readonly #bytes: Uint8Array;
  readonly #direction: Direction;
  readonly #records: DataRecord[] = [];
  readonly #problems: ProtocolError[] = [];
  #hasProfile = false;
  #at = 0;

  constructor(bytes: Uint8Array, direction: Direction) {
    this.#bytes = bytes;
    this.#direction = direction;
  }

  read(): DecodedRecords {
    const bytes = this.#bytes;
    let manufacturerData: Uint8Array | undefined;
    let moreFollows = false;
    while (this.#at < bytes.length) {
      const dif = bytes[this.#at]!;
      if ((dif & 0x0f) !== 0x0f) {
        if (!this.#readRecord()) break;
      } else if (dif === specialDif.manufacturerData || dif === specialDif.moreFollows) {
        moreFollows = dif === specialDif.moreFollows;
        manufacturerData = bytes.subarray(this.#at + 1);
        this.#at = bytes.length;
      } else if (dif === specialDif.idleFiller || dif === specialDif.globalReadout) {
        this.#at++;
      } else {
        this.#problems.push(mbusError("dif_reserved", { dif: hexFromByte(dif), offset: this.#at }));
        break;
      }
    }
    const records = this.#hasProfile ? expandProfiles(this.#records) : this.#records;
    return { records, manufacturerData, moreFollows, problems: this.#problems, end: this.#at };
  }

  /** @returns false when the walk cannot go on */
  #readRecord(): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    const dataInformation = readDataInformation(bytes, start);
    if (dataInformation.fault === "cut") return this.#cut("the end of DIF and DIFE", bytes.length);
    const valueAt = start + dataInformation.length;
    // A readout selection names what it wants by VIF; a record without VIF has none of it.
    if (valueAt >= bytes.length) return this.#cut("the VIF of a record", valueAt);
    const valueInformation = readValueInformation(bytes, valueAt, this.#direction);
    const dataAt = valueAt + valueInformation.length;
    const fault = valueInformation.fault?.type;
    if (fault === "cut") return this.#cut("the end of VIF and VIFE", bytes.length);
    if (fault === "text") {
      this.#problems.push(mbusError("plain_text_invalid", { offset: dataAt }));
      return false;
    }
    const placed = this.#placeData(dataInformation, dataAt);
    if (!placed) return false;
    this.#at = placed.end;
    this.#records.push(this.#recordOf(start, dataInformation, valueInformation, placed));
    return true;
  }

  /** Where the data is; undefined, with a problem, when it is not whole or its length is not to be known. */
  #placeData({ coding }: DataInformation, at: number): PlacedData | undefined {
    let start = at;
    let length = coding.length;
    let variable: VariableLength | undefined;
    if (length === undefined) {
      const lvar = this.#bytes[at];
      if (lvar === undefined) {
        this.#cut("the length of variable data", at);
        return undefined;
      }
      variable = readVariableLength(lvar);
      if (!variable) {
        this.#problems.push(mbusError("variable_length_reserved", { lvar: hexFromByte(lvar), offset: at }));
        return undefined;
      }
      start++;
      length = variable.length;
    }
    const end = start + length;
    if (end > this.#bytes.length) {
      this.#cut(`the ${length} bytes of a record's data`, start);
      return undefined;
    }
    return { start, end, variable };
  }

  #recordOf(
    start: number,
    dataInformation: DataInformation,
    valueInformation: ValueInformation,
    placed: PlacedData,
  ): DataRecord {
    const { quantity, unit, modifiers } = valueInformation;
    const head = {
      offset: start,
      function: dataInformation.function,
      storage: dataInformation.storage,
      tariff: dataInformation.tariff,
      subunit: dataInformation.subunit,
      quantity,
      unit,
      modifiers,
      raw: this.#bytes.subarray(start, placed.end),
      dataInformationLength: dataInformation.length,
      valueInformationLength: valueInformation.length,
    };
    const { value, problem } = this.#valueOf(dataInformation, valueInformation, placed);
    if (!problem) return { ...head, ...value };
    const reported = mbusError("record_undecodable", {
      record: recordName(head),
      reason: problem,
      bytes: hexFromBytes(head.raw),
      offset: start,
    });
    this.#problems.push(reported);
    return { ...head, ...value, problem: reported };
  }

  #valueOf(
    dataInformation: DataInformation,
    valueInformation: ValueInformation,
    { start, end, variable }: PlacedData,
  ): { readonly value: RecordValue; readonly problem?: string | undefined } {
    const { fault, error, profile } = valueInformation;
    if (dataInformation.fault === "too many") return { value: noValue, problem: "it has more than 10 DIFE" };
    if (fault?.type === "too many") return { value: noValue, problem: "it has more than 10 VIFE" };
    if (error !== undefined) return { value: noValue, problem: `the meter reports: ${error}` };
    if (profile !== undefined) {
      const read = readProfile(this.#bytes, start, end, dataInformation, valueInformation);
      if (typeof read === "string") return { value: noValue, problem: read };
      this.#hasProfile = true;
      return { value: { kind: "profile", value: read } };
    }
    const decoded = decodeValue(this.#bytes, start, end, variable ?? dataInformation.coding, valueInformation);
    if (decoded.problem === undefined && fault?.type === "reserved") {
      return { value: decoded.value, problem: `the code ${fault.code} is reserved, the number is not scaled` };
    }
    return decoded;
  }

  #cut(what: string, offset: number): false {
    this.#problems.push(commonError("bytes_truncated", { what, offset }));
    return false;
  }
}

/** Of the data without its length byte. */
interface PlacedData {
  readonly start: number;
  readonly end: number;
  readonly variable: VariableLength | undefined;
}
