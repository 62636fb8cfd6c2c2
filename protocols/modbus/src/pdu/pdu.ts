/**
 * Protocol data units: a function code and the fields that its table names. Registers are views of the received bytes,
 * two bytes each as they are on the line.
 */
import { ByteReader, ByteWriter, type Explainer } from "@anymeter/sans-io";
import { modbusError } from "../errors.ts";
import { exceptionNames } from "./exceptions.ts";
import type { Field, Values } from "./field.ts";
import { type FunctionEntry, type FunctionName, functionOf, functions } from "./functions.ts";
import type { IdentificationObject } from "./identification.ts";

export type ReadBits = "read-coils" | "read-discrete-inputs";
export type ReadRegisters = "read-holding-registers" | "read-input-registers";

/** Addresses are those on the wire, counted from 0. */
export type ModbusRequest =
  | { readonly type: ReadBits | ReadRegisters; readonly address: number; readonly quantity: number }
  | WriteCoil
  | WriteRegister
  | MaskWrite
  | { readonly type: "write-coils"; readonly address: number; readonly coils: readonly boolean[] }
  | { readonly type: "write-registers"; readonly address: number; readonly registers: Uint8Array }
  | ReadWriteRegisters
  | { readonly type: "read-identification"; readonly readCode: number; readonly object: number };

export type ModbusResponse =
  /** As many as the bytes hold: a multiple of eight. */
  | { readonly type: ReadBits; readonly coils: readonly boolean[] }
  | { readonly type: ReadRegisters | "read-write-registers"; readonly registers: Uint8Array }
  | WriteCoil
  | WriteRegister
  | MaskWrite
  | { readonly type: "write-coils" | "write-registers"; readonly address: number; readonly quantity: number }
  | IdentificationAnswer
  | ExceptionAnswer;

interface WriteCoil {
  readonly type: "write-coil";
  readonly address: number;
  readonly coil: boolean;
}
interface WriteRegister {
  readonly type: "write-register";
  readonly address: number;
  readonly value: number;
}
/** The register becomes (old AND andMask) OR (orMask AND NOT andMask). */
interface MaskWrite {
  readonly type: "mask-write-register";
  readonly address: number;
  readonly andMask: number;
  readonly orMask: number;
}
interface ReadWriteRegisters {
  readonly type: "read-write-registers";
  readonly address: number;
  readonly quantity: number;
  readonly writeAddress: number;
  readonly registers: Uint8Array;
}
export interface IdentificationAnswer {
  readonly type: "read-identification";
  readonly readCode: number;
  readonly conformity: number;
  /** 255 = yes, 0 = no. */
  readonly moreFollows: number;
  readonly nextObject: number;
  readonly objects: readonly IdentificationObject[];
}
export interface ExceptionAnswer {
  readonly type: "exception";
  /** Of the request. */
  readonly functionCode: number;
  readonly exceptionCode: number;
}

/** @throws ProtocolError `value_not_encodable` */
export function encodeRequest(request: ModbusRequest): Uint8Array {
  return encode(request.type, "request", request);
}

/** @throws ProtocolError `value_not_encodable` */
export function encodeResponse(response: ModbusResponse): Uint8Array {
  if (response.type === "exception") {
    return Uint8Array.of(response.functionCode | exceptionBit, response.exceptionCode);
  }
  return encode(response.type, "response", response);
}

/**
 * Decodes a request, as a server receives it.
 * @throws ProtocolError `function_unknown`, `field_out_of_range`, `bytes_truncated`, `bytes_trailing`
 */
export function decodeRequest(pdu: Uint8Array | ByteReader, explainer?: Explainer): ModbusRequest {
  return decode(readerOf(pdu), "request", explainer) as ModbusRequest;
}

/**
 * Decodes a response or an exception, as a client receives it.
 * @throws ProtocolError `function_unknown`, `field_out_of_range`, `bytes_truncated`, `bytes_trailing`
 */
export function decodeResponse(pdu: Uint8Array | ByteReader, explainer?: Explainer): ModbusResponse {
  return decode(readerOf(pdu), "response", explainer) as ModbusResponse;
}

export type Direction = "request" | "response";

/**
 * Where the PDU that begins at `at` ends, told by its function code and counts: what RTU frames, which carry no length,
 * are cut by. "more" when that takes more bytes to know, "unknown" for a function code without a table.
 */
export function pduEnd(bytes: Uint8Array, at: number, direction: Direction): number | "more" | "unknown" {
  if (at >= bytes.length) return "more";
  const code = bytes[at]!;
  if (direction === "response" && code & exceptionBit) return at + 2;
  const name = functionOf(code);
  if (!name) return "unknown";
  let end: number | undefined = at + 1;
  for (const field of functions[name][direction]) {
    end = field.end(bytes, end);
    if (end === undefined) return "more";
  }
  return end;
}

function encode(type: FunctionName, direction: Direction, values: object): Uint8Array {
  const { code, [direction]: fields }: FunctionEntry = functions[type];
  const writer = new ByteWriter(16);
  writer.unsigned8(code);
  for (const field of fields) field.encode(writer, values as Values);
  return writer.finish();
}

function decode(reader: ByteReader, direction: Direction, explainer: Explainer | undefined): object {
  const offset = reader.offset;
  const code = reader.unsigned8("the function code");
  if (direction === "response" && code & exceptionBit) return decodeException(reader, code, explainer);
  const type = functionOf(code);
  if (!type) throw modbusError("function_unknown", { functionCode: code, offset });
  const entry: FunctionEntry = functions[type];
  explainer?.upTo(reader.offset, `function: ${entry.name}`, { value: code });
  const values: Values = { type };
  for (const field of entry[direction] as readonly Field[]) field.decode(reader, values, explainer);
  reader.expectEnd(`the ${direction} to ${entry.name}`);
  return values;
}

function decodeException(reader: ByteReader, code: number, explainer: Explainer | undefined): ExceptionAnswer {
  const functionCode = code & ~exceptionBit;
  const type = functionOf(functionCode);
  explainer?.upTo(reader.offset, `exception to function ${functionCode}${type ? ` (${functions[type].name})` : ""}`, {
    value: code,
  });
  const exceptionCode = reader.unsigned8("the exception code");
  const name = exceptionNames[exceptionCode] ?? "not defined by the standard";
  explainer?.upTo(reader.offset, `exception code: ${name}`, { value: exceptionCode });
  reader.expectEnd("the exception");
  return { type: "exception", functionCode, exceptionCode };
}

function readerOf(pdu: Uint8Array | ByteReader): ByteReader {
  return pdu instanceof ByteReader ? pdu : new ByteReader(pdu);
}

const exceptionBit = 0x80;
