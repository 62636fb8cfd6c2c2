import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, commonError, hexFromBytes } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import fc from "@anymeter/sans-io/testing/properties";
import { checksumOf } from "./checksum.ts";
import { breakTelegram, pass } from "./control.ts";
import { answerFrame, frameAt, requestFrame } from "./frame.ts";

test("checksums of published telegrams", () => {
  assert.equal(hexFromBytes(pass), "50415353E0AE");
  assert.equal(hexFromBytes(breakTelegram), "014230032131");
  // iflag 0.1 sends this one as it stands.
  const published = bytesFromHex("01BE0D00F9FF0F38000000000000000003FA0E");
  assert.equal(checksumOf(published, 0, published.length - 2), 0x0efa);
  assert.equal(hexFromBytes(requestFrame(0xbf, bytesFromHex("6A01"))), "01BF026A01032A67");
});

test("the checksum is that of the polynomial, bit by bit", () => {
  const bitByBit = (bytes: Uint8Array) => {
    let checksum = 0;
    for (const byte of bytes) {
      for (let bit = 7; bit >= 0; bit--) {
        const carry = (checksum >> 15) ^ ((byte >> bit) & 1);
        checksum = ((checksum << 1) & 0xffff) ^ (carry ? 0x8005 : 0);
      }
    }
    return checksum;
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => checksumOf(bytes) === bitByBit(bytes)));
});

test("frames read back, whatever their data", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 255 }), fc.nat(3), (data, before) => {
      for (const [frame, head] of [
        [answerFrame(data), 2],
        [requestFrame(0xff, data), 3],
      ] as const) {
        const bytes = new Uint8Array(before + frame.length);
        bytes.set(frame, before);
        const found = frameAt(bytes, before, head);
        assert.ok(found !== "incomplete");
        assert.deepEqual(found.data, data);
        assert.equal(found.end, bytes.length);
      }
    }),
  );
});

test("a frame that is cut is incomplete; one that is changed is damaged, and the error tells the byte", () => {
  const frame = answerFrame(bytesFromHex("0303"));
  for (let length = 0; length < frame.length; length++) {
    assert.equal(frameAt(frame.subarray(0, length), 0, 2), "incomplete");
  }
  assert.throws(
    () =>
      frameAt(
        Uint8Array.from(frame, (byte, at) => (at === 2 ? 4 : byte)),
        0,
        2,
      ),
    {
      code: "checksum_wrong",
      fault: "damaged",
      offset: 5,
    },
  );
  assert.throws(
    () =>
      frameAt(
        Uint8Array.from(frame, (byte, at) => (at === 4 ? 4 : byte)),
        0,
        2,
      ),
    {
      code: "frame_end_missing",
      message:
        "0x04 stands where the ETX (0x03) of the answer belongs; its length byte or a byte before was changed. (byte 4)",
    },
  );
});

test("any bytes give a frame, wait for more, or are damaged", () => {
  const decode = (bytes: Uint8Array) => {
    const found = frameAt(bytes, 0, 2);
    if (found === "incomplete") throw commonError("bytes_truncated", { what: "the end of the frame" });
    return found;
  };
  assertSurvivesCuttingAndMutation(decode, answerFrame(bytesFromHex("8751C854CDCCCC3D")));
});
