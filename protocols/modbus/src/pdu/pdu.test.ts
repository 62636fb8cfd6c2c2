import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesFromHex, ProtocolError } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import fc from "@anymeter/sans-io/testing/properties";
import { exceptionError, exceptions } from "./exceptions.ts";
import { functions } from "./functions.ts";
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  type ModbusRequest,
  type ModbusResponse,
  pduEnd,
} from "./pdu.ts";

const bits = (text: string) => Array.from(text, (bit) => bit === "1");
const bytes = bytesFromHex;

/** MODBUS Application Protocol V1.1b3: the example of each clause. */
const requests: readonly (readonly [clause: string, hex: string, request: ModbusRequest])[] = [
  ["6.1", "01 0013 0013", { type: "read-coils", address: 0x13, quantity: 19 }],
  ["6.2", "02 00C4 0016", { type: "read-discrete-inputs", address: 0xc4, quantity: 22 }],
  ["6.3", "03 006B 0003", { type: "read-holding-registers", address: 0x6b, quantity: 3 }],
  ["6.4", "04 0008 0001", { type: "read-input-registers", address: 8, quantity: 1 }],
  ["6.5", "05 00AC FF00", { type: "write-coil", address: 0xac, coil: true }],
  ["6.6", "06 0001 0003", { type: "write-register", address: 1, value: 3 }],
  ["6.11", "0F 0013 000A 02 CD01", { type: "write-coils", address: 0x13, coils: bits("1011001110") }],
  ["6.12", "10 0001 0002 04 000A 0102", { type: "write-registers", address: 1, registers: bytes("000A0102") }],
  ["6.16", "16 0004 00F2 0025", { type: "mask-write-register", address: 4, andMask: 0xf2, orMask: 0x25 }],
  [
    "6.17",
    "17 0003 0006 000E 0003 06 00FF 00FF 00FF",
    {
      type: "read-write-registers",
      address: 3,
      quantity: 6,
      writeAddress: 14,
      registers: bytes("00FF00FF00FF"),
    },
  ],
  ["6.21", "2B 0E 01 00", { type: "read-identification", readCode: 1, object: 0 }],
];

const responses: readonly (readonly [clause: string, hex: string, response: ModbusResponse])[] = [
  ["6.1", "01 03 CD 6B 05", { type: "read-coils", coils: bits("101100111101011010100000") }],
  ["6.2", "02 03 AC DB 35", { type: "read-discrete-inputs", coils: bits("001101011101101110101100") }],
  ["6.3", "03 06 022B 0000 0064", { type: "read-holding-registers", registers: bytes("022B00000064") }],
  ["6.4", "04 02 000A", { type: "read-input-registers", registers: bytes("000A") }],
  ["6.5", "05 00AC FF00", { type: "write-coil", address: 0xac, coil: true }],
  ["6.6", "06 0001 0003", { type: "write-register", address: 1, value: 3 }],
  ["6.11", "0F 0013 000A", { type: "write-coils", address: 0x13, quantity: 10 }],
  ["6.12", "10 0001 0002", { type: "write-registers", address: 1, quantity: 2 }],
  ["6.16", "16 0004 00F2 0025", { type: "mask-write-register", address: 4, andMask: 0xf2, orMask: 0x25 }],
  [
    "6.17",
    "17 0C 00FE 0ACD 0001 0003 000D 00FF",
    { type: "read-write-registers", registers: bytes("00FE0ACD00010003000D00FF") },
  ],
  [
    // As in clause 6.21, with two objects: "AM" and "V2.11".
    "6.21",
    "2B 0E 01 01 00 00 02 00 02 414D 02 05 56322E3131",
    {
      type: "read-identification",
      readCode: 1,
      conformity: 1,
      moreFollows: 0,
      nextObject: 0,
      objects: [
        { id: 0, value: bytes("414D") },
        { id: 2, value: bytes("56322E3131") },
      ],
    },
  ],
  ["7, exception 02 to function 1", "81 02", { type: "exception", functionCode: 1, exceptionCode: 2 }],
];

describe("requests", () => {
  for (const [clause, hex, request] of requests) {
    test(`of clause ${clause} (${request.type}) are read and written`, () => {
      assert.deepEqual(decodeRequest(bytes(hex)), request);
      assert.deepEqual(encodeRequest(request), bytes(hex));
      assert.equal(pduEnd(bytes(`FF ${hex} FFFF`), 1, "request"), 1 + bytes(hex).length);
      assertSurvivesCuttingAndMutation(decodeRequest, bytes(hex));
    });
  }
});

describe("responses", () => {
  for (const [clause, hex, response] of responses) {
    test(`of clause ${clause} (${response.type}) are read and written`, () => {
      assert.deepEqual(decodeResponse(bytes(hex)), response);
      assert.deepEqual(encodeResponse(response), bytes(hex));
      assert.equal(pduEnd(bytes(`FF ${hex} FFFF`), 1, "response"), 1 + bytes(hex).length);
      assertSurvivesCuttingAndMutation(decodeResponse, bytes(hex));
    });
  }

  test("of any registers come back as they were written", () => {
    const registers = fc.uint8Array({ minLength: 1, maxLength: 125 }).map((half) => new Uint8Array([...half, ...half]));
    fc.assert(
      fc.property(registers, (written) => {
        const response: ModbusResponse = { type: "read-input-registers", registers: written };
        assert.deepEqual(decodeResponse(encodeResponse(response)), response);
      }),
    );
  });

  test("of any coils come back as they were written, filled up to whole bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 2000 }), (written) => {
        const response: ModbusResponse = { type: "read-coils", coils: written };
        const read = decodeResponse(encodeResponse(response)) as { readonly coils: readonly boolean[] };
        assert.deepEqual(read.coils.slice(0, written.length), written);
        assert.ok(read.coils.slice(written.length).every((on) => !on));
      }),
    );
  });
});

test("what is out of range is named with its byte", () => {
  const cases: readonly (readonly [hex: string, message: RegExp])[] = [
    ["03 0000 007E", /number of registers is 126; it must be 1 to 125\. \(byte 3\)/],
    ["03 0000 0000", /number of registers is 0/],
    ["01 0000 07D1", /number of coils is 2001/],
    ["05 0000 1234", /coil's value is 0x1234; it must be FF00 \(on\) or 0000 \(off\)/],
    ["10 0000 0002 03 000000", /byte count is 3; it must be 4/],
    ["0F 0000 0009 01 FF", /byte count is 1; it must be 2/],
    ["2B 0D 01 00", /MEI type is 13; it must be 14/],
    ["2B 0E 05 00", /identification code is 5/],
    ["2A", /42 is not a function code/],
  ];
  for (const [hex, message] of cases) assert.throws(() => decodeRequest(bytes(hex)), message, hex);
  assert.throws(() => decodeResponse(bytes("03 03 000000")), /byte count is 3; it must be even/);
  assert.throws(() => decodeResponse(bytes("03 02 0000 00")), { code: "bytes_trailing", offset: 4 });
});

test("what does not fit into a request is refused before it is sent", () => {
  const cases: readonly ModbusRequest[] = [
    { type: "read-holding-registers", address: 0, quantity: 126 },
    { type: "read-holding-registers", address: -1, quantity: 1 },
    { type: "read-holding-registers", address: 0x1_0000, quantity: 1 },
    { type: "write-register", address: 0, value: 1.5 },
    { type: "write-registers", address: 0, registers: new Uint8Array(3) },
    { type: "write-registers", address: 0, registers: new Uint8Array(248) },
    { type: "write-coils", address: 0, coils: [] },
  ];
  for (const request of cases) {
    assert.throws(() => encodeRequest(request), { code: "value_not_encodable" }, JSON.stringify(request));
  }
});

test("every exception is an error of its own that tells what to do", () => {
  for (const [code, { error }] of Object.entries(exceptions)) {
    const thrown = exceptionError(Number(code), 7, "read 2 input registers from 0");
    assert.ok(thrown instanceof ProtocolError);
    assert.equal(thrown.code, error);
    assert.equal(thrown.fault, "refused");
    assert.match(
      thrown.message,
      new RegExp(`unit 7.*exception ${Number(code).toString(16).toUpperCase().padStart(2, "0")}`, "i"),
    );
    assert.ok(thrown.message.split(/[.:;] /).length >= 2, thrown.message);
  }
  const unknown = exceptionError(0x33, 7, "read");
  assert.equal(unknown.code, "exception_unknown");
  assert.match(unknown.message, /exception 51/);
});

test("no two functions share a code", () => {
  const codes = Object.values(functions).map(({ code }) => code);
  assert.equal(new Set(codes).size, codes.length);
});
