import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { encodeApdu } from "../xdlms/codec.ts";
import { PushBlocks } from "./push-blocks.ts";
import { sessionLimits } from "./settings.ts";

test("blocks as a Landis+Gyr E450 sends them are joined, push after push", () => {
  const blocks = new PushBlocks();
  const push = ["E0 40 0001 0000 03 0F4000", "E0 40 0002 0000 03 000000", "E0 C0 0003 0000 02 1107"];
  for (let count = 0; count < 2; count++) {
    const joined = push.map((hex) => blocks.receive("meter", bytesFromHex(hex)));
    assert.deepEqual(joined.slice(0, 2), [undefined, undefined]);
    assert.equal(hexFromBytes(joined[2]!), "0F40000000001107");
  }
});

test("what is no block passes as it came", () => {
  const apdu = bytesFromHex("0F 40000000 00 11 07");
  assert.equal(new PushBlocks().receive("meter", apdu), apdu);
});

test("the blocks of different senders are kept apart", () => {
  const blocks = new PushBlocks();
  assert.equal(blocks.receive("a", block(1, 0xa1)), undefined);
  assert.equal(blocks.receive("b", block(1, 0xb1)), undefined);
  assert.deepEqual(blocks.receive("a", block(2, 0xa2, true)), Uint8Array.of(0xa1, 0xa2));
  assert.deepEqual(blocks.receive("b", block(2, 0xb2, true)), Uint8Array.of(0xb1, 0xb2));
});

test("a push with a gap is dropped, and the next one is not", () => {
  const blocks = new PushBlocks();
  for (const lost of [block(1, 1), block(3, 3), block(4, 4, true), block(1, 5), block(1, 6)]) {
    assert.equal(blocks.receive("meter", lost), undefined);
  }
  assert.deepEqual(blocks.receive("meter", block(2, 7, true)), Uint8Array.of(6, 7));
});

test("neither one push nor the number of unfinished ones grows without end", () => {
  const small = new PushBlocks(100);
  for (let number = 1; number <= 10; number++) assert.equal(small.receive("meter", block(number, 0)), undefined);
  assert.equal(small.receive("meter", block(11, 0, true)), undefined);
  const many = new PushBlocks();
  for (let sender = 0; sender <= sessionLimits.maxPushSenders; sender++) many.receive(`${sender}`, block(1, sender));
  assert.equal(many.receive("0", block(2, 0, true)), undefined);
  assert.equal(many.receive("1", block(2, 0, true))?.length, 2);
});

test("a block that is cut is a typed error", () => {
  assert.throws(() => new PushBlocks().receive("meter", bytesFromHex("E0 40 0001")), { code: "apdu_truncated" });
});

function block(number: number, byte: number, last = false): Uint8Array {
  const raw = Uint8Array.of(byte);
  const numbers = { block: number, acknowledged: 0 };
  return encodeApdu({ type: "general-block-transfer", last, streaming: true, window: 0, ...numbers, raw });
}
