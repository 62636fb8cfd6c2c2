/** Whether a response can be the answer to a request: the same function, and as much or the same as was asked. */
import type { ModbusRequest, ModbusResponse } from "../pdu/pdu.ts";

/** @returns what does not fit, in words; undefined when it fits */
export function misfit(request: ModbusRequest, response: ModbusResponse): string | undefined {
  if (response.type === "exception") return undefined;
  switch (request.type) {
    case "read-coils":
    case "read-discrete-inputs":
      if (response.type !== request.type) return otherFunction;
      return sized(response.coils.length, Math.ceil(request.quantity / 8) * 8, "coils");
    case "read-holding-registers":
    case "read-input-registers":
    case "read-write-registers":
      if (response.type !== request.type) return otherFunction;
      return sized(response.registers.length / 2, request.quantity, "registers");
    case "write-coil":
    case "write-register":
    case "mask-write-register":
      if (response.type !== request.type) return otherFunction;
      return addressed(response.address, request.address);
    case "write-coils":
      if (response.type !== request.type) return otherFunction;
      return addressed(response.address, request.address) ?? sized(response.quantity, request.coils.length, "coils");
    case "write-registers":
      if (response.type !== request.type) return otherFunction;
      return (
        addressed(response.address, request.address) ??
        sized(response.quantity, request.registers.length / 2, "registers")
      );
    case "read-identification":
      return response.type === request.type ? undefined : otherFunction;
  }
}

function sized(found: number, expected: number, what: string): string | undefined {
  return found === expected ? undefined : `with ${found} ${what} instead of ${expected}`;
}

function addressed(found: number, expected: number): string | undefined {
  return found === expected ? undefined : `about address ${found} instead of ${expected}`;
}

const otherFunction = "to another function";
