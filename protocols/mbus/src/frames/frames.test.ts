/** Frames by hand: checksums are the sum of C, A, CI and data modulo 256. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes, ProtocolError } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import fc from "@anymeter/sans-io/testing/properties";
import { controls, describeControl, frameCountBit } from "./control.ts";
import { decodeFrame } from "./decode.ts";
import { encodeFrame, type MbusFrame } from "./frame.ts";

const vectors: readonly { name: string; hex: string; frame: MbusFrame }[] = [
  { name: "acknowledgement", hex: "E5", frame: { type: "ack" } },
  { name: "SND_NKE to 1: 40 + 01 = 41", hex: "10 40 01 41 16", frame: { type: "short", control: 0x40, address: 1 } },
  {
    name: "REQ_UD2 to 254, FCB 1: 7B + FE = 179",
    hex: "10 7B FE 79 16",
    frame: { type: "short", control: controls.requestClass2 | frameCountBit, address: 254 },
  },
  {
    name: "application reset of 3: 53 + 03 + 50 = A6",
    hex: "68 03 03 68 53 03 50 A6 16",
    frame: { type: "control", control: 0x53, address: 3, application: bytesFromHex("50") },
  },
  {
    name: "selection of 12345678 of any maker: 53 + FD + 52 + 78 + 56 + 34 + 12 + 4 × FF = 6B2",
    hex: "68 0B 0B 68 53 FD 52 78 56 34 12 FF FF FF FF B2 16",
    frame: { type: "long", control: 0x53, address: 253, application: bytesFromHex("52 78563412 FFFF FF FF") },
  },
];

for (const { name, hex, frame } of vectors) {
  test(`${name}: decodes, encodes, survives cutting and mutation`, () => {
    const bytes = bytesFromHex(hex);
    assert.deepEqual(decodeFrame(bytes), frame);
    assert.equal(hexFromBytes(encodeFrame(frame)), hexFromBytes(bytes));
    assertSurvivesCuttingAndMutation(decodeFrame, bytes);
  });
}

test("every frame reads back as it was written", () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const frames = fc.tuple(byte, byte, fc.uint8Array({ minLength: 0, maxLength: 253 }));
  fc.assert(
    fc.property(frames, ([control, address, application]) => {
      const frame: MbusFrame =
        application.length === 0
          ? { type: "short", control, address }
          : { type: application.length === 1 ? "control" : "long", control, address, application };
      assert.deepEqual(decodeFrame(encodeFrame(frame)), frame);
    }),
  );
});

const damaged = [
  { code: "frame_checksum_wrong", offset: 3, hex: "10 40 01 42 16" },
  { code: "frame_stop_missing", offset: 4, hex: "10 40 01 41 17" },
  { code: "frame_lengths_differ", offset: 2, hex: "68 03 04 68 53 03 50 A6 16" },
  { code: "frame_length_invalid", offset: 1, hex: "68 02 02 68 53 03 56 16" },
  { code: "frame_start_unknown", offset: 3, hex: "68 03 03 69 53 03 50 A6 16" },
  { code: "frame_start_unknown", offset: 0, hex: "FE" },
  { code: "bytes_trailing", offset: 1, hex: "E5 E5" },
  { code: "bytes_truncated", offset: 0, hex: "" },
];

for (const { code, offset, hex } of damaged) {
  test(`${hex || "no bytes"} is ${code} at byte ${offset}`, () => {
    assert.throws(
      () => decodeFrame(bytesFromHex(hex)),
      (error) => error instanceof ProtocolError && error.code === code && error.offset === offset,
    );
  });
}

test("what fits no frame is refused when it is written", () => {
  const notEncodable = { code: "value_not_encodable" };
  assert.throws(() => encodeFrame({ type: "short", control: 256, address: 1 }), notEncodable);
  assert.throws(() => encodeFrame({ type: "short", control: 0x40, address: -1 }), notEncodable);
  const tooLong = new Uint8Array(254);
  assert.throws(() => encodeFrame({ type: "long", control: 8, address: 1, application: tooLong }), notEncodable);
  const none = new Uint8Array(0);
  assert.throws(() => encodeFrame({ type: "control", control: 8, address: 1, application: none }), notEncodable);
});

test("a C field in words", () => {
  assert.equal(describeControl(0x40), "SND_NKE (reset the link)");
  assert.equal(describeControl(0x7b), "REQ_UD2 (request of data), FCB 1");
  assert.equal(describeControl(0x38), "RSP_UD (data from the meter), ACD (class 1 data waits), DFC (no more data now)");
});
