import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex, joinBytes } from "@anymeter/sans-io";
import {
  capturedAidonPush,
  capturedFlagInside,
  capturedKaifaPushes,
  capturedSegmentedPush,
  capturedSnrm,
  capturedUa,
} from "../../testing/captured-frames.ts";
import { encodeHdlcFrame, type HdlcFrame } from "./frame.ts";
import { HdlcParser } from "./parser.ts";

const captures = {
  SNRM: { bytes: capturedSnrm, frames: 1 },
  UA: { bytes: capturedUa, frames: 1 },
  "a segmented push": { bytes: capturedSegmentedPush, frames: 3 },
  "a 7E among the data": { bytes: capturedFlagInside, frames: 1 },
  "Kaifa pushes": { bytes: capturedKaifaPushes, frames: 2 },
  "an Aidon push": { bytes: capturedAidonPush, frames: 1 },
};

describe("HDLC parser", () => {
  for (const [name, { bytes, frames }] of Object.entries(captures)) {
    it(`reads ${name} whole, byte by byte and cut anywhere, and writes the same bytes`, () => {
      const expected = parse(bytes);
      assert.equal(expected.length, frames);
      assert.deepEqual(joinBytes(expected.map(encodeHdlcFrame)), bytes);
      assert.deepEqual(parse(...Array.from(bytes, (byte) => Uint8Array.of(byte))), expected);
      for (let cut = 0; cut <= bytes.length; cut++) {
        assert.deepEqual(parse(bytes.slice(0, cut), bytes.slice(cut)), expected, `cut at ${cut}`);
      }
    });
  }

  it("reads the fields", () => {
    const [ua] = parse(capturedUa);
    assert.deepEqual(ua?.destination, { logicalDevice: 16, length: 1 });
    assert.deepEqual(ua?.source, { logicalDevice: 1, length: 1 });
    assert.equal(ua?.control, 0x73);
    assert.equal(ua?.segmented, false);
    assert.equal(ua?.information.length, 21);
    assert.equal(parse(capturedSegmentedPush)[0]?.segmented, true);
  });

  it("gives nothing for a frame that is cut short", () => {
    for (let length = 0; length < capturedUa.length - 1; length++) {
      assert.deepEqual(parse(capturedUa.slice(0, length)), [], `cut at ${length}`);
    }
  });

  it("lets one flag close a frame and open the next, and takes any number of them", () => {
    const shared = joinBytes([capturedSnrm, capturedUa.subarray(1), capturedSnrm.subarray(1)]);
    assert.equal(parse(shared).length, 3);
    const idle = new Uint8Array(50).fill(0x7e);
    assert.equal(parse(joinBytes([idle, capturedSnrm, idle, capturedUa, idle])).length, 2);
  });

  it("hands a frame out with its last check byte", () => {
    assert.equal(parse(capturedUa.subarray(0, -1)).length, 1);
  });

  it("reads a frame whose FCS holds a 7E", () => {
    const frame = frameWithCheckByte(0x7e);
    assert.deepEqual(parse(encodeHdlcFrame(frame), capturedSnrm).length, 2);
    const bytes = encodeHdlcFrame(frame);
    for (let cut = 0; cut <= bytes.length; cut++) {
      assert.equal(parse(bytes.slice(0, cut), bytes.slice(cut)).length, 1, `cut at ${cut}`);
    }
  });

  it("takes frames up to the 11-bit length, and writes no longer ones", () => {
    const longest = frame(new Uint8Array(2047 - 9).fill(0x7e));
    assert.deepEqual(parse(encodeHdlcFrame(longest)), [longest]);
    const longer = frame(new Uint8Array(2047 - 8));
    assert.throws(() => encodeHdlcFrame(longer), { code: "link_apdu_too_long" });
  });

  it("drops a frame with any one bit wrong, and finds the next", () => {
    for (let at = 1; at < capturedAidonPush.length - 1; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const wrong = capturedAidonPush.slice();
        wrong[at]! ^= 1 << bit;
        assert.deepEqual(settled(wrong, capturedUa), parse(capturedUa), `bit ${bit} of byte ${at}`);
      }
    }
  });

  const garbage = {
    noise: "00 FF 13 37",
    flags: "7E 7E 7E",
    "a false flag before noise": "7E 12 34",
    "a false flag before a format": "7E A0",
    "a false flag and a length that would swallow what follows": "7E A7 FF",
    "a false header": "7E A7 FF 03 21 93 00 00",
    "a header with a right HCS and nothing behind": hexOfHeader(),
    "half a frame": "7E A0 1E 21 03 73 C3 7A 81 80 12 05",
  };
  for (const [name, hex] of Object.entries(garbage)) {
    it(`finds its way back after ${name}: before, between and inside frames`, () => {
      const noise = bytesFromHex(hex);
      const expected = [...parse(capturedSnrm), ...parse(capturedUa)];
      assert.deepEqual(settled(noise, capturedSnrm, noise, capturedUa), expected);
      const inside = joinBytes([capturedSegmentedPush.subarray(0, 90), noise, capturedSegmentedPush.subarray(90)]);
      // The torn segment is lost, the two others are not.
      assert.deepEqual(settled(inside), parse(capturedSegmentedPush).slice(1));
    });
  }

  it("counts what belonged to no frame", () => {
    const parser = new HdlcParser();
    parser.push(joinBytes([bytesFromHex("00 11 22"), capturedSnrm, bytesFromHex("33"), capturedUa]));
    assert(parser.next() !== undefined && parser.next() !== undefined);
    assert.equal(parser.discarded, 4);
  });

  it("hands out frames that later bytes do not change", () => {
    const parser = new HdlcParser();
    parser.push(capturedUa.slice(0, 20));
    parser.push(capturedUa.slice(20));
    const ua = parser.next();
    for (let index = 0; index < 40; index++) parser.push(new Uint8Array(200).fill(0xa5));
    assert.deepEqual(ua, parse(capturedUa)[0]);
  });
});

function parse(...pieces: Uint8Array[]): HdlcFrame[] {
  const parser = new HdlcParser();
  return pieces.flatMap((piece) => drain(parser, piece));
}

/** The same, and then the line falls silent until nothing is pending. */
function settled(...pieces: Uint8Array[]): HdlcFrame[] {
  const parser = new HdlcParser();
  const frames = pieces.flatMap((piece) => drain(parser, piece));
  while (parser.pending > 0) {
    parser.resynchronize();
    frames.push(...drain(parser, new Uint8Array(0)));
  }
  return frames;
}

function drain(parser: HdlcParser, piece: Uint8Array): HdlcFrame[] {
  parser.push(piece);
  const frames: HdlcFrame[] = [];
  for (let frame = parser.next(); frame !== undefined; frame = parser.next()) frames.push(frame);
  return frames;
}

function frame(information: Uint8Array): HdlcFrame {
  const destination = { logicalDevice: 16, length: 1 } as const;
  const source = { logicalDevice: 1, length: 1 } as const;
  return { destination, source, control: 0x13, segmented: false, information };
}

/** Tries payloads until one has the byte in its FCS. */
function frameWithCheckByte(byte: number): HdlcFrame {
  for (let value = 0; value < 65_536; value++) {
    const candidate = frame(Uint8Array.of(value >> 8, value));
    if (encodeHdlcFrame(candidate).at(-2) === byte) return candidate;
  }
  throw new Error("no payload of two bytes gives this check byte");
}

function hexOfHeader(): string {
  const bytes = encodeHdlcFrame(frame(new Uint8Array(500)));
  return Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
