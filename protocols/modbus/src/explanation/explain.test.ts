import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesFromHex, explanationText, joinBytes } from "@anymeter/sans-io";
import { assertExplainsEveryByte, assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import { encodeRtuFrame } from "../framing/rtu-frame.ts";
import { encodeTcpFrame } from "../framing/tcp-frame.ts";
import { explainModbus } from "./explain.ts";

const bytes = bytesFromHex;

const pdus: readonly (readonly [pdu: string, summary: RegExp])[] = [
  ["01 0013 0013", /request to unit 17 to read 19 coils from 19 \(0x0013\)/],
  ["02 03 AC DB 35", /unit 17: answer to Read Discrete Inputs with 24 bits/],
  ["03 006B 0003", /to read 3 holding registers from 107/],
  ["04 04 43660000", /answer to Read Input Registers with 2 registers/],
  ["05 00AC FF00", /to write coil 172/],
  ["06 0001 0003", /to write register 1/],
  ["0F 0013 000A 02 CD01", /to write 10 coils from 19/],
  ["10 0001 0002", /answer to Write Multiple Registers/],
  ["16 0004 00F2 0025", /to write register 4/],
  ["17 0003 0006 000E 0003 06 00FF 00FF 00FF", /to write 3 registers from 14 .* and read 6 from 3/],
  ["2B 0E 01 00", /to read the device identification/],
  ["2B 0E 01 01 00 00 02 00 02 414D 02 05 56322E3131", /answer to Read Device Identification with 2 objects/],
  [
    "83 02",
    /Unit 17 refuses to carry out Read Holding Registers: illegal data address \(exception 02\)\. It has no such/,
  ],
  ["AA 33", /function 42 with exception 51/],
];

for (const [name, encode] of [
  ["Modbus TCP", (pdu: Uint8Array) => encodeTcpFrame({ transactionId: 258, unit: 17, pdu })],
  ["Modbus RTU", (pdu: Uint8Array) => encodeRtuFrame({ unit: 17, pdu })],
] as const) {
  describe(name, () => {
    for (const [pdu, summary] of pdus) {
      test(`${pdu} is explained, every byte of it`, () => {
        const frame = encode(bytes(pdu));
        const explanation = explainModbus(frame);
        assertExplainsEveryByte(explanation, frame);
        assert.ok(explanation.summary.startsWith(name));
        assert.match(explanation.summary, summary);
        assertSurvivesCuttingAndMutation(explainModbus, frame, { mutants: 60 });
      });
    }

    test("several frames in one piece are explained one by one", () => {
      const frames = joinBytes(pdus.slice(2, 5).map(([pdu]) => encode(bytes(pdu))));
      const explanation = explainModbus(frames);
      assertExplainsEveryByte(explanation, frames);
      assert.equal(explanation.parts.length, 3);
      assert.ok(Array.isArray(explanation.decoded) && explanation.decoded.length === 3);
    });
  });
}

test("registers are shown in every type and order that they could be", () => {
  const { decoded } = explainModbus(bytes("0001 0000 0007 01 03 04 00004366"));
  const { values } = decoded as { values: Record<string, string> };
  assert.equal(values["float32 CDAB"], "230");
  assert.equal(values["uint32 ABCD"], "17254");
});

test("an address is shown as the wire, as hexadecimal and as documents that count from 1 have it", () => {
  const request = bytes("0001 0000 0006 01 04 0048 0002");
  assert.match(explanationText(explainModbus(request), request), /72 \(0x0048; 300073 where documents count from 1\)/);
});

test("what is no Modbus is refused with the byte", () => {
  const cases: readonly (readonly [hex: string, code: string, offset: number])[] = [
    ["01", "frame_too_short", 1],
    ["0103 0000 0002 C40C", "checksum_wrong", 6],
    ["0001 0000 0007 01 03 04 4366", "bytes_truncated", 7],
    ["0001 0000 00FF 01 03 04 4366", "frame_length_invalid", 4],
    ["0001 0000 0003 01 2A 01", "function_unknown", 7],
    ["0001 0000 0006 01 03 03 000000", "field_out_of_range", 10],
    ["485454502F312E31", "checksum_wrong", 6],
  ];
  for (const [hex, code, offset] of cases) assert.throws(() => explainModbus(bytes(hex)), { code, offset }, hex);
});

test("the framing and the direction may be told", () => {
  // Eight coils could be an answer, or a request for coils from 0x0155: the caller knows.
  const either = bytes("0001 0000 0006 01 01 03 550001");
  assert.match(explainModbus(either).summary, /request/);
  assert.match(explainModbus(either, { direction: "response" }).summary, /answer to Read Coils with 24 bits/);
  assert.throws(() => explainModbus(bytes("0103 0000 0002 C40B"), { framing: "tcp" }), { code: "function_unknown" });
});
