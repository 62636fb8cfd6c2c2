/** Requests and responses in words, for errors and explanations: "read 2 holding registers from 72 (0x0048)". */
import { functions } from "./functions.ts";
import type { ModbusRequest, ModbusResponse } from "./pdu.ts";

/** Follows "to": "Unit 1 refuses to …". */
export function describeRequest(request: ModbusRequest): string {
  switch (request.type) {
    case "read-coils":
    case "read-discrete-inputs":
    case "read-holding-registers":
    case "read-input-registers":
      return `read ${counted(request.quantity, readNouns[request.type])} from ${addressText(request.address)}`;
    case "write-coil":
      return `write coil ${addressText(request.address)}`;
    case "write-register":
    case "mask-write-register":
      return `write register ${addressText(request.address)}`;
    case "write-coils":
      return `write ${counted(request.coils.length, "coil")} from ${addressText(request.address)}`;
    case "write-registers":
      return `write ${counted(request.registers.length / 2, "register")} from ${addressText(request.address)}`;
    case "read-write-registers":
      return `write ${counted(request.registers.length / 2, "register")} from ${addressText(request.writeAddress)} and read ${request.quantity} from ${addressText(request.address)}`;
    case "read-identification":
      return "read the device identification";
  }
}

/** "answers Read Holding Registers with 2 registers". */
export function describeResponse(response: ModbusResponse): string {
  if (response.type === "exception") {
    return `exception ${response.exceptionCode} to function ${response.functionCode}`;
  }
  const answer = `answer to ${functions[response.type].name}`;
  if ("registers" in response) return `${answer} with ${counted(response.registers.length / 2, "register")}`;
  if ("coils" in response) return `${answer} with ${response.coils.length} bits`;
  if (response.type === "read-identification") return `${answer} with ${counted(response.objects.length, "object")}`;
  return `${answer} of ${addressText(response.address)}`;
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function addressText(address: number): string {
  return `${address} (0x${address.toString(16).toUpperCase().padStart(4, "0")})`;
}

const readNouns = {
  "read-coils": "coil",
  "read-discrete-inputs": "discrete input",
  "read-holding-registers": "holding register",
  "read-input-registers": "input register",
} as const;
