/** Whole telegrams: published ones, and those that make other programs stumble. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesFromHex, hexFromBytes, ProtocolError } from "@anymeter/sans-io";
import { mutate, Random } from "@anymeter/sans-io/testing";
import { decodeFrame } from "../frames/decode.ts";
import { recordLines } from "../testing/record-lines.ts";
import { type PublishedTelegram, wiredTelegrams, wirelessTelegrams } from "../testing/telegrams.ts";
import { decodeWirelessFrame } from "../wireless/frame.ts";
import { type DecodeOptions, decodeTelegram } from "./decode.ts";
import { describeStatus } from "./status.ts";

function applicationOf(bytes: Uint8Array): Uint8Array {
  const frame = decodeFrame(bytes);
  assert.ok(frame.type === "long");
  return frame.application;
}

function openedBy({ bytes, key }: PublishedTelegram): { application: Uint8Array; options: DecodeOptions } {
  if (bytes[0] === 0x68) return { application: applicationOf(bytes), options: { key } };
  const { application, linkAddress } = decodeWirelessFrame(bytes);
  return { application, options: { key, linkAddress } };
}

const codesOf = (problems: readonly ProtocolError[]) => problems.map(({ code }) => code);

describe("published telegrams", () => {
  for (const telegram of [...wiredTelegrams, ...wirelessTelegrams]) {
    test(telegram.name, () => {
      const { application, options } = openedBy(telegram);
      const decoded = decodeTelegram(application, options);
      assert.deepEqual(recordLines(decoded.records), telegram.records);
      const reported = decoded.records.filter(({ problem }) => problem).length;
      assert.equal(decoded.problems.length, reported, "nothing but its records' problems is reported");
    });

    test(`${telegram.name}: cut at every byte and mutated, it gives what is whole or a ProtocolError`, () => {
      const { application, options } = openedBy(telegram);
      const whole = decodeTelegram(application, options).records.length;
      const random = new Random(5);
      const tryOne = (bytes: Uint8Array) => {
        try {
          const decoded = decodeTelegram(bytes, options);
          assert.ok(decoded.records.length <= Math.max(whole, bytes.length));
          return decoded;
        } catch (error) {
          assert.ok(error instanceof ProtocolError, `${hexFromBytes(bytes)} throws ${error}`);
          return undefined;
        }
      };
      for (let length = 0; length < application.length; length++) {
        const decoded = tryOne(application.slice(0, length));
        assert.ok((decoded?.records.length ?? 0) <= whole);
      }
      for (let count = 0; count < 100; count++) tryOne(mutate(application, random));
    });
  }
});

test("the header of a long telegram", () => {
  const { header, moreFollows, manufacturerData } = decodeTelegram(applicationOf(wiredTelegrams[0]!.bytes));
  assert.deepEqual(header, {
    identification: "26718590",
    manufacturer: "HYD",
    version: 0x28,
    medium: 4,
    accessNumber: 0x73,
    status: 0x50,
    configuration: 0,
  });
  assert.deepEqual(describeStatus(0x50), ["temporary error", "manufacturer bits 40"]);
  assert.deepEqual([moreFollows, manufacturerData], [false, undefined]);
});

test("DIF 1F: more follows; DIF 0F: the rest is the maker's", () => {
  const multi = wiredTelegrams.find(({ name }) => name.startsWith("SVM"))!;
  assert.equal(decodeTelegram(applicationOf(multi.bytes)).moreFollows, true);
  const kamstrup = wiredTelegrams.find(({ name }) => name.startsWith("Kamstrup"))!;
  const decoded = decodeTelegram(applicationOf(kamstrup.bytes));
  assert.equal(decoded.moreFollows, false);
  assert.equal(hexFromBytes(decoded.manufacturerData!), `${"00".repeat(15)}10`);
});

test("records cut short: those before are kept, the cut is reported with its byte", () => {
  // 0C 13 12345678 | 04 06 and two of four bytes.
  const decoded = decodeTelegram(bytesFromHex("78 0C 13 78 56 34 12 04 06 01 02"));
  assert.deepEqual(recordLines(decoded.records), ["volume = 12345.678 m³"]);
  assert.deepEqual(codesOf(decoded.problems), ["bytes_truncated"]);
  assert.equal(decoded.problems[0]!.offset, 8);
});

test("idle fillers before, between and behind records are skipped", () => {
  const decoded = decodeTelegram(bytesFromHex("78 2F 2F 01 13 01 2F 01 5B 15 2F"));
  assert.deepEqual(recordLines(decoded.records), ["volume = 0.001 m³", "flow temperature = 21 °C"]);
  assert.deepEqual(decoded.problems, []);
});

test("a reserved DIF ends the walk and is reported", () => {
  const decoded = decodeTelegram(bytesFromHex("78 01 13 01 3F 01 5B 15"));
  assert.equal(decoded.records.length, 1);
  assert.deepEqual(codesOf(decoded.problems), ["dif_reserved"]);
});

test("an application error is told, not thrown", () => {
  const decoded = decodeTelegram(bytesFromHex("70 08"));
  assert.equal(decoded.applicationError, 8);
  assert.deepEqual(decoded.records, []);
});

test("an alarm has its bits", () => {
  assert.equal(decodeTelegram(bytesFromHex("71 04")).alarm, 4);
});

const refused = [
  { name: "no bytes", hex: "", code: "bytes_truncated" },
  { name: "a header cut short", hex: "72 12 34", code: "bytes_truncated" },
  { name: "a reserved CI field", hex: "FE 00", code: "control_information_unknown" },
  { name: "layers without end", hex: "8C 00 01".repeat(6), code: "control_information_unknown" },
];
for (const { name, hex, code } of refused) {
  test(`${name} is refused as ${code}`, () => {
    assert.throws(() => decodeTelegram(bytesFromHex(hex)), { code });
  });
}

test("a key that is no key is the caller's fault", () => {
  assert.throws(() => decodeTelegram(bytesFromHex("78"), { key: new Uint8Array(15) }), {
    code: "key_invalid",
    fault: "caller",
  });
});
