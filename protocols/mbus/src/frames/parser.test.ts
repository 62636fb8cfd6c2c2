import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes, joinBytes } from "@anymeter/sans-io";
import { Random } from "@anymeter/sans-io/testing";
import { encodeFrame, type MbusFrame } from "./frame.ts";
import { FrameParser, type FrameParserOptions, type ParsedFrame } from "./parser.ts";

const nke = "10 40 01 41 16";
const reset = "68 03 03 68 53 03 50 A6 16";

/** "short", "ack", …; for damaged bytes their error and hex. */
function told(parsed: ParsedFrame): string {
  return parsed.type === "damaged" ? `${parsed.error.code} ${hexFromBytes(parsed.bytes)}` : parsed.type;
}

function drain(parser: FrameParser): string[] {
  const all: string[] = [];
  for (let parsed = parser.next(); parsed; parsed = parser.next()) all.push(told(parsed));
  return all;
}

function parse(hex: string, options?: FrameParserOptions): string[] {
  const parser = new FrameParser(options);
  parser.push(bytesFromHex(hex));
  return drain(parser);
}

test("several frames in one piece come out one after another", () => {
  assert.deepEqual(parse(`E5 ${nke} ${reset} E5`), ["ack", "short", "control", "ack"]);
});

test("frames come out whole when each byte comes alone", () => {
  const parser = new FrameParser();
  const all: string[] = [];
  for (const byte of bytesFromHex(`${nke} ${reset} E5`)) {
    parser.push(Uint8Array.of(byte));
    all.push(...drain(parser));
  }
  assert.deepEqual(all, ["short", "control", "ack"]);
  assert.equal(parser.pending, 0);
});

test("noise before and after a frame is reported and loses no frame", () => {
  assert.deepEqual(parse(`00 FF FE ${reset} A5 E5`), [
    "frame_start_unknown 00FFFE",
    "control",
    "frame_start_unknown A5",
    "ack",
  ]);
});

test("a wrong checksum: the frame is damaged, and an E5 in its data is no acknowledgement", () => {
  assert.deepEqual(parse(`68 04 04 68 08 01 E5 E5 00 16 ${nke}`), [
    "frame_checksum_wrong 68040468" + "0801E5E50016",
    "short",
  ]);
});

test("a good frame inside a damaged one is found", () => {
  const [damaged, frame] = parse(`68 0B 0B 68 08 01 ${reset}  00 00 00 00`);
  assert.equal(damaged, "frame_checksum_wrong 680B0B680801");
  assert.equal(frame, "control");
});

test("bytes lost inside a frame: start and end byte are there, yet it is no frame (190 announced, 28 missing)", () => {
  const application = Uint8Array.from({ length: 188 }, (_, index) => (index === 0 ? 0x72 : index));
  const whole = encodeFrame({ type: "long", control: 8, address: 1, application });
  assert.equal(whole[1], 190);
  const parser = new FrameParser();
  parser.push(joinBytes([whole.subarray(0, 100), whole.subarray(128)]));
  assert.equal(parser.next(), undefined);
  assert.equal(parser.pending, 168);
  parser.resynchronize();
  const damaged = parser.next();
  assert.ok(damaged?.type === "damaged");
  assert.equal(damaged.error.code, "frame_incomplete");
  assert.equal(
    damaged.error.message,
    "The frame announces 196 bytes, but the line fell silent after 168. Read again. (byte 168)",
  );
  assert.equal(parser.next(), undefined);
  parser.push(whole);
  assert.equal(parser.next()?.type, "long");
});

test("after silence a good frame behind a beginning that was given up is found", () => {
  const parser = new FrameParser();
  parser.push(bytesFromHex(`68 FF FF 68 08 ${nke}`));
  assert.equal(parser.next(), undefined);
  parser.resynchronize();
  assert.deepEqual(drain(parser), ["frame_incomplete 68FFFF6808", "short"]);
});

test("a length byte that overflowed is understood when the option says so", () => {
  // 257 bytes: C = 53, A = FF, CI = 00, 254 bytes of data 01: sum 152 + FE = 250.
  const bytes = bytesFromHex(`68 01 01 68 53 FF 00 ${"01".repeat(254)} 50 16`);
  const parser = new FrameParser({ overflowingLength: true });
  for (const byte of bytes) parser.push(Uint8Array.of(byte));
  const frame = parser.next();
  assert.ok(frame?.type === "long");
  assert.equal(frame.application.length, 255);
  const strict = new FrameParser();
  strict.push(bytes);
  assert.equal(told(strict.next()!).startsWith("frame_length_invalid"), true);
  assert.deepEqual(parse(`${reset} ${nke}`, { overflowingLength: true }), ["control", "short"]);
});

test("any garbage: everything comes out again, and the parser keeps no more than a frame", () => {
  const random = new Random(7);
  for (let round = 0; round < 200; round++) {
    const parser = new FrameParser();
    const pieces = random.list(20, () =>
      random.boolean() ? bytesFromHex(reset) : random.bytes(random.integer(1, 40)),
    );
    let out = 0;
    const count = (parsed: ParsedFrame) =>
      parsed.type === "damaged" ? parsed.bytes.length : encodeFrame(parsed).length;
    for (const piece of pieces) {
      parser.push(piece);
      for (let parsed = parser.next(); parsed; parsed = parser.next()) out += count(parsed);
      assert.ok(parser.pending <= 261);
    }
    parser.resynchronize();
    for (let parsed = parser.next(); parsed; parsed = parser.next()) out += count(parsed);
    assert.equal(out, joinBytes(pieces).length);
  }
});

test("a frame after garbage is never lost once the line was silent", () => {
  const random = new Random(11);
  const frame: MbusFrame = { type: "long", control: 8, address: 5, application: bytesFromHex("72 11 22 33 44") };
  for (let round = 0; round < 200; round++) {
    const parser = new FrameParser();
    parser.push(random.bytes(random.integer(1, 60)));
    parser.push(encodeFrame(frame));
    const all: ParsedFrame[] = [];
    const take = () => {
      for (let parsed = parser.next(); parsed; parsed = parser.next()) all.push(parsed);
    };
    take();
    parser.resynchronize();
    take();
    assert.deepEqual(all.at(-1), frame);
  }
});
