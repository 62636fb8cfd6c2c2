/** How a server says that it did not process a request: exception-response and confirmed-service-error. */
import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import type { ConfirmedServiceError, ExceptionResponse } from "./apdu.ts";
import { requireRange } from "./descriptors.ts";
import { serviceTags } from "./tags.ts";

/** `D8 | state | service-error [| invocation counter, with service-error 6]`. */
export function decodeExceptionResponse(reader: ByteReader): ExceptionResponse {
  const state = reader.unsigned8("the state error");
  const serviceError = reader.unsigned8("the service error");
  if (serviceError !== invocationCounterError || reader.remaining === 0) {
    return { type: "exception-response", state, serviceError };
  }
  return {
    type: "exception-response",
    state,
    serviceError,
    invocationCounter: reader.unsigned32("the invocation counter"),
  };
}

export function encodeExceptionResponse(writer: ByteWriter, response: ExceptionResponse): void {
  writer.unsigned8(serviceTags["exception-response"].plain);
  writer.unsigned8(requireRange("The state error", response.state, 0xff));
  writer.unsigned8(requireRange("The service error", response.serviceError, 0xff));
  if (response.invocationCounter !== undefined) {
    writer.unsigned32(requireRange("The invocation counter", response.invocationCounter, 0xffff_ffff));
  }
}

/** `0E | service | choice of ServiceError | value`. */
export function decodeConfirmedServiceError(reader: ByteReader): ConfirmedServiceError {
  const service = reader.unsigned8("the service in error");
  const choice = reader.unsigned8("the kind of service error");
  return { type: "confirmed-service-error", service, error: { choice, value: reader.unsigned8("the service error") } };
}

export function encodeConfirmedServiceError(writer: ByteWriter, error: ConfirmedServiceError): void {
  writer.unsigned8(serviceTags["confirmed-service-error"].plain);
  writer.unsigned8(requireRange("The service in error", error.service, 0xff));
  writer.unsigned8(requireRange("The kind of service error", error.error.choice, 0xff));
  writer.unsigned8(requireRange("The service error", error.error.value, 0xff));
}

const invocationCounterError = 6;
