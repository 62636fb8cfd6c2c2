/**
 * Everything this package throws besides the errors common to all protocols. An entry says what is wrong and what to do;
 * the exceptions of MODBUS Application Protocol V1.1b3, clause 7, are errors of their own.
 */
import { type ErrorTable, errorsOf } from "@anymeter/sans-io";

export const modbusErrors = {
  // protocol data units
  function_unknown: {
    fault: "damaged",
    message: "{functionCode} is not a function code this package knows: 1 to 6, 15, 16, 22, 23 and 43/14 are.",
  },
  field_out_of_range: {
    fault: "damaged",
    message: "The {field} is {found}; it must be {expected}.",
  },
  exception_code_missing: {
    fault: "damaged",
    message: "The exception answer to function {functionCode} has {length} bytes after the function code; it has one.",
  },

  // framing
  frame_too_short: { fault: "damaged", message: "{length} bytes are no Modbus frame; the shortest has {shortest}." },
  frame_length_invalid: {
    fault: "damaged",
    message:
      "The length field says {length}; a Modbus TCP frame has 2 to 254 bytes after it. The stream is out of step: connect anew.",
  },
  protocol_identifier_invalid: {
    fault: "damaged",
    message:
      "The protocol identifier is {found} instead of 0: the peer does not speak Modbus TCP, or the stream is out of step. Connect anew; if that does not help, try the framing rtu.",
  },
  checksum_wrong: {
    fault: "damaged",
    message: "The checksum is {found}, not {expected}: bytes were changed on the line, or this is no RTU frame.",
  },
  framing_is_rtu: {
    fault: "caller",
    message:
      "The answer is an RTU frame without a Modbus TCP header: the gateway passes bytes through. Set the framing to rtu.",
  },
  framing_is_tcp: {
    fault: "caller",
    message:
      "The answer has a Modbus TCP header where an RTU frame is expected: the gateway converts between the two. Set the framing to tcp.",
  },

  // answers
  illegal_function: {
    fault: "refused",
    message:
      "Unit {unit} refuses to {request}: illegal function (exception 01). It does not know this function code; many meters keep the same registers for function 3 and for function 4, so try the other.",
  },
  illegal_data_address: {
    fault: "refused",
    message:
      "Unit {unit} refuses to {request}: illegal data address (exception 02). It has no such register, or not all of the range: check the register map and whether it counts from 0 or from 1, and ask for fewer registers at once.",
  },
  illegal_data_value: {
    fault: "refused",
    message:
      "Unit {unit} refuses to {request}: illegal data value (exception 03). The number of registers or the written value is not to its liking: ask for fewer registers, or look up the value's range.",
  },
  device_failure: {
    fault: "refused",
    message:
      "Unit {unit} failed to {request}: server device failure (exception 04). Some meters say so of registers they do not have; otherwise the device needs service.",
  },
  acknowledged: {
    fault: "refused",
    message:
      "Unit {unit} took the request to {request} and needs longer for it (exception 05). Read the result later; do not repeat a write.",
  },
  device_busy: {
    fault: "refused",
    message:
      "Unit {unit} is busy and did not {request} (exception 06). Ask again later, with a longer pause between requests.",
  },
  memory_parity: {
    fault: "refused",
    message: "Unit {unit} failed to {request}: memory parity error (exception 08). The device needs service.",
  },
  gateway_path_unavailable: {
    fault: "refused",
    message:
      "The gateway cannot {request} of unit {unit}: no path to it (exception 0A). Check the gateway's configuration and load.",
  },
  gateway_target_silent: {
    fault: "refused",
    message:
      "The gateway got no answer when it tried to {request} of unit {unit} (exception 0B). Check the unit, the wiring and the speed and parity behind the gateway.",
  },
  exception_unknown: {
    fault: "refused",
    message:
      "Unit {unit} refuses to {request} with exception {exceptionCode}, which the standard does not define: look it up in the device's manual.",
  },
  answers_of_others: {
    fault: "timeout",
    message:
      "No answer to the request to {request} within {milliseconds} ms, but {count} others came, the last one {found}. {advice}",
  },
  answers_unrelated: {
    fault: "damaged",
    message: "{count} answers came that belong to no request, the last one {found}. Connect anew.",
  },
  noise_endless: {
    fault: "damaged",
    message:
      "{count} bytes came and no answer among them. Look for another master or a loop on the serial line, and connect anew.",
  },
  identification_endless: {
    fault: "damaged",
    message: "The device identification goes on after {limit} answers or objects, or goes back to object {object}.",
  },

  // values
  register_bytes_missing: {
    fault: "caller",
    message: "A value of type {type} takes {expected} bytes; {found} were given.",
  },
  bcd_invalid: { fault: "damaged", message: "The registers {hex} hold no decimal digits (BCD)." },

  // register maps
  map_invalid: { fault: "caller", message: "The register map is not usable: {reason}." },
  map_unknown: { fault: "caller", message: "There is no register map {map}. There are: {known}." },
  series_unknown: { fault: "caller", message: "The register map {map} has no series {series}. It has: {known}." },
  scale_invalid: {
    fault: "damaged",
    message: "The scale register {address} holds {found}; an exponent from -10 to 10 is expected.",
  },
  model_missing: {
    fault: "refused",
    message:
      "The device has no SunSpec model {models}: {reason}. Check the unit; many devices have SunSpec switched off or under another unit.",
  },
} as const satisfies ErrorTable;

export type ModbusErrorCode = keyof typeof modbusErrors;

/** Makes (does not throw) the error of a code. */
export const modbusError = errorsOf(modbusErrors);
