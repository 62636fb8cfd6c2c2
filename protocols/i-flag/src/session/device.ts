/** What a served converter is made of; bytes, because a converter does not know names either. */
import type { DatabaseRequest } from "../requests/database-request.ts";
import type { ParameterBytes } from "../requests/parameter-requests.ts";

export interface IFlagDevice {
  /** Sent after the sign-on, without its slash and line end: "ACT5MINICOR200". */
  readonly identification: string;
  /** The value of a parameter; undefined when there is none of that id. */
  readParameter(id: number): Uint8Array | undefined;
  /** Bytes of a parameter that may be written; undefined for others. */
  writableLength(id: number): number | undefined;
  /** @returns false when the values are refused, all of them */
  writeParameters(parameters: readonly ParameterBytes[]): boolean;
  /** Records of a request, the newest first, each of the same length; undefined when there is no such database. */
  readDatabase(request: DatabaseRequest): DatabaseRecords | undefined;
  /** Where a broken transfer is kept for a request with session persistence. Shared by the device's sessions. */
  readonly transfers: InterruptedTransfers;
}

export interface DatabaseRecords {
  /** Bytes of one record; not looked at when there are none. */
  readonly recordLength: number;
  readonly records: readonly Uint8Array[];
}

/** The transfer that was not acknowledged to its end. */
export interface InterruptedTransfers {
  last?: { readonly request: DatabaseRequest; readonly frames: readonly Uint8Array[]; next: number } | undefined;
}
