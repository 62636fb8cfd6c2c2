/** Frames of the OMS specification, volume 2, annex N, with their check sequences. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import fc from "@anymeter/sans-io/testing/properties";
import { checkSequenceOf } from "../frames/check-sequence.ts";
import { recordLines } from "../testing/record-lines.ts";
import { decodeWirelessTelegram } from "./decode.ts";
import { decodeWirelessFrame, encodeWirelessFrame } from "./frame.ts";

const gasKey = bytesFromHex("000102030405060708090A0B0C0D0E0F");
const gasMeter = ["volume = 28504.27 m³", "date and time = 2008-05-31T23:50", "error flags = 0"];

const frames = [
  {
    name: "format A, security profile A",
    hex: "2E44931578563412330333637A2A0020255923C95AAA26D1B2E7493BC2AD013EC4A6F6D3529B520EDFF0EA6DEFC955B29D6D69EBF3EC8A",
    key: bytesFromHex("0102030405060708090A0B0C0D0E0F11"),
    format: "A",
    lines: gasMeter,
  },
  {
    name: "format A, security profile B",
    hex: "434493157856341233037AC98C2075900F002C25B30A000021924D4FBA372FB66E017A75002007109058475F4BC9D1281DF878B80A1B0F98B629024AAC7279429398BFC549233C0140829B93BAA1",
    key: gasKey,
    format: "A",
    lines: gasMeter,
  },
  {
    name: "format A, radio adapter in front of the meter, security profile B",
    hex: "53082448443322110337D0468E80753A63665544330A31900F002C25E00AB30A0000AF5D74DF73A600D972785634C027129315330375002007109058475F4BC955CF1DF878B80A1B0F98B629024AAC7279429398BFC549233C0140829B93BAA1",
    key: gasKey,
    format: "A",
    lines: gasMeter,
  },
  {
    name: "format B",
    hex: "1444AE0C7856341201078C2027780B134365877AC5",
    key: undefined,
    format: "B",
    lines: ["volume = 876.543 m³"],
  },
] as const;

for (const { name, hex, key, format, lines } of frames) {
  const bytes = bytesFromHex(hex);
  test(name, () => {
    const decoded = decodeWirelessTelegram(bytes, { key });
    assert.equal(decoded.format, format);
    assert.deepEqual(recordLines(decoded.telegram.records), lines);
    assert.deepEqual(decoded.telegram.problems, []);
  });
  test(`${name}: cut at each byte and mutated`, () => {
    // Cut to what its length byte says, a frame of format A is one without check sequences.
    assertSurvivesCuttingAndMutation(decodeWirelessFrame, bytes, { wholePrefixes: [bytes[0]! + 1] });
  });
}

test("the check sequence: 3363 behind 2E44 9315 78563412 3303", () => {
  assert.equal(checkSequenceOf(bytesFromHex("2E449315785634123303"), 0, 10), 0x3363);
});

test("address and control of the link", () => {
  const { control, address, linkAddress } = decodeWirelessFrame(bytesFromHex(frames[0].hex));
  assert.equal(control, 0x44);
  assert.deepEqual(address, { identification: "12345678", manufacturer: "ELS", version: 0x33, medium: 3 });
  assert.equal(hexFromBytes(linkAddress), "9315785634123303");
});

test("a wrong check sequence names its block", () => {
  const bytes = bytesFromHex(frames[0].hex);
  bytes[20]! ^= 1;
  assert.throws(() => decodeWirelessFrame(bytes), {
    code: "wireless_check_wrong",
    offset: 28,
    details: { block: 2, found: "C2AD", offset: 28 },
  });
});

test("a length that fits no format", () => {
  assert.throws(() => decodeWirelessFrame(bytesFromHex(`${frames[0].hex}00`)), { code: "wireless_length_wrong" });
  assert.throws(() => decodeWirelessFrame(bytesFromHex(`05${"00".repeat(11)}`)), { code: "wireless_length_wrong" });
});

test("frames read back, with check sequences and without", () => {
  const application = fc.uint8Array({ minLength: 1, maxLength: 246 });
  const linkAddress = fc.uint8Array({ minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(
      application,
      linkAddress,
      fc.constantFrom("A", "without check sequences" as const),
      (data, link, format) => {
        const frame = decodeWirelessFrame(
          encodeWirelessFrame({ control: 0x44, linkAddress: link, application: data }, format),
        );
        assert.deepEqual(frame.application, data);
        assert.deepEqual(frame.linkAddress, link);
        assert.equal(frame.format, format);
      },
    ),
  );
  const tooLong = { control: 0x44, linkAddress: new Uint8Array(8), application: new Uint8Array(247) };
  assert.throws(() => encodeWirelessFrame(tooLong), { code: "value_not_encodable" });
});
