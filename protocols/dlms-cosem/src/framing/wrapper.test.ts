import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex, joinBytes } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import { WrapperFramer, wrapperFrame, wrapperFrameFromDatagram } from "./wrapper.ts";

/** AARQ of the public client, as it leaves for port 4059: version, SAP 16, SAP 1, 31 bytes. */
const frameBytes = bytesFromHex(`
  0001 0010 0001 001F
  60 1D A1 09 06 07 60 85 74 05 08 01 01 BE 10 04 0E 01 00 00 00 06 5F 1F 04 00 00 7E 1F 04 B0`);
const apdu = frameBytes.subarray(8);

describe("wrapper", () => {
  it("writes a frame", () => {
    assert.deepEqual(wrapperFrame(16, 1, apdu), frameBytes);
  });

  it("refuses an APDU its length cannot tell", () => {
    assert.equal(wrapperFrame(1, 1, new Uint8Array(65_535)).length, 65_543);
    assert.throws(() => wrapperFrame(1, 1, new Uint8Array(65_536)), { code: "link_apdu_too_long" });
  });

  it("reads many frames from one chunk", () => {
    const framer = new WrapperFramer();
    framer.push(joinBytes([frameBytes, wrapperFrame(1, 16, new Uint8Array(0)), frameBytes]));
    assert.deepEqual(framer.next(), { source: 16, destination: 1, apdu });
    assert.deepEqual(framer.next(), { source: 1, destination: 16, apdu: new Uint8Array(0) });
    assert.deepEqual(framer.next(), { source: 16, destination: 1, apdu });
    assert.equal(framer.next(), undefined);
    assert.equal(framer.pending, 0);
  });

  it("reads frames that come byte by byte, or cut anywhere", () => {
    const stream = joinBytes([frameBytes, frameBytes]);
    for (let cut = 0; cut <= stream.length; cut++) {
      const framer = new WrapperFramer();
      const frames = [stream.slice(0, cut), stream.slice(cut)].flatMap((piece) => feed(framer, piece));
      assert.deepEqual(frames, [apdu, apdu], `cut at ${cut}`);
    }
    const framer = new WrapperFramer();
    const frames = Array.from(stream, (byte) => feed(framer, Uint8Array.of(byte))).flat();
    assert.deepEqual(frames, [apdu, apdu]);
  });

  it("hands out frames that later bytes do not change", () => {
    const framer = new WrapperFramer();
    framer.push(frameBytes.slice(0, 20));
    framer.push(frameBytes.slice(20));
    const first = framer.next()!;
    framer.push(frameBytes.slice(0, 12));
    framer.push(new Uint8Array(60).fill(0xff));
    assert.deepEqual(first.apdu, apdu);
  });

  it("says at the second byte that the stream is out of step", () => {
    const framer = new WrapperFramer();
    framer.push(Uint8Array.of(0x7e));
    assert.equal(framer.next(), undefined);
    framer.push(Uint8Array.of(0xa0));
    assert.throws(() => framer.next(), { code: "wrapper_version_unknown", details: { version: 0x7ea0 } });
  });

  it("does not wait for the bytes of a frame it will not take", () => {
    const framer = new WrapperFramer(100);
    framer.push(bytesFromHex("0001 0010 0001 0065"));
    assert.throws(() => framer.next(), { code: "link_apdu_too_long", details: { length: 101, limit: 100 } });
  });

  it("takes a datagram as exactly one frame", () => {
    assert.deepEqual(wrapperFrameFromDatagram(frameBytes), { source: 16, destination: 1, apdu });
    assertSurvivesCuttingAndMutation(wrapperFrameFromDatagram, frameBytes, { mutants: 1000 });
    const longer = joinBytes([frameBytes, Uint8Array.of(0)]);
    assert.throws(() => wrapperFrameFromDatagram(longer), { code: "apdu_trailing_bytes", offset: frameBytes.length });
  });
});

function feed(framer: WrapperFramer, bytes: Uint8Array): Uint8Array[] {
  framer.push(bytes);
  const apdus: Uint8Array[] = [];
  for (let frame = framer.next(); frame !== undefined; frame = framer.next()) apdus.push(frame.apdu);
  return apdus;
}
