/** Compact frames of a Kamstrup Multical 21 and an OmniPower (wmbusmeters, simulations/simulation_c1.txt). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import { checkSequenceOf } from "../frames/check-sequence.ts";
import { recordLines } from "../testing/record-lines.ts";
import { decodeTelegram } from "./decode.ts";
import { RecordFormats } from "./record-formats.ts";

const full = bytesFromHex("78 04041A03000004843C00000000042B0300000004AB3C00000000");
const compact = bytesFromHex("79 138CCCFB 1A030000000000000300000000000000");
const codes = (application: Uint8Array, formats?: RecordFormats) =>
  decodeTelegram(application, { formats }).problems.map(({ code }) => code);

test("a compact frame has the records of the full one", () => {
  const formats = new RecordFormats();
  const expected = recordLines(decodeTelegram(full, { formats }).records);
  assert.deepEqual(expected, [
    "energy = 7940 Wh",
    "energy, negative contributions only = 0 Wh",
    "power = 3 W",
    "power, negative contributions only = 0 W",
  ]);
  assert.deepEqual(recordLines(decodeTelegram(compact, { formats }).records), expected);
});

test("without the full one it is told what to wait for", () => {
  assert.deepEqual(codes(compact), ["compact_format_unknown"]);
  assert.deepEqual(codes(compact, new RecordFormats()), ["compact_format_unknown"]);
});

test("values that do not fit, a wrong check sequence, and too few bytes are told", () => {
  const formats = new RecordFormats();
  decodeTelegram(full, { formats });
  const changed = compact.slice();
  changed[5]! ^= 1;
  assert.deepEqual(codes(changed, formats), ["compact_frame_wrong"]);
  assert.deepEqual(codes(compact.subarray(0, -1), formats), ["compact_frame_wrong"]);
  assert.deepEqual(codes(Uint8Array.of(...compact, 0), formats), ["compact_frame_wrong"]);
  assert.deepEqual(codes(compact.subarray(0, 3), formats), ["compact_frame_wrong"]);
});

const head = bytesFromHex("0404 04843C 042B 04AB3C");
const signature = checkSequenceOf(head, 0, head.length);
const format = Uint8Array.of(0x69, head.length + 2, signature & 0xff, signature >> 8, ...head);

test("a format frame serves as well as a full telegram; its signature is that of the compact frame", () => {
  assert.equal(signature, 0x8c13);
  const formats = new RecordFormats();
  assert.deepEqual(codes(format, formats), []);
  assert.deepEqual(codes(compact, formats), []);
});

test("a format frame with another signature, or cut, is not learnt", () => {
  const formats = new RecordFormats();
  for (let length = 1; length < format.length; length++) {
    assert.deepEqual(codes(format.subarray(0, length), formats), ["format_frame_wrong"]);
  }
  const changed = format.slice();
  changed[6]! ^= 0x10;
  assert.deepEqual(codes(changed, formats), ["format_frame_wrong"]);
  assert.deepEqual(codes(compact, formats), ["compact_format_unknown"]);
});

test("no more than a thousand formats are kept, the newest", () => {
  const formats = new RecordFormats();
  decodeTelegram(full, { formats });
  for (let tariff = 0; tariff < 1000; tariff++) {
    const dife = [0x84, 0x80 | (tariff & 0x3f), 0x80 | ((tariff >> 6) & 0x0f), 0x00];
    decodeTelegram(Uint8Array.of(0x78, ...dife, 0x13, 0, 0, 0, 0), { formats });
  }
  assert.deepEqual(codes(compact, formats), ["compact_format_unknown"]);
});
