import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesFromHex, type ExplainedPart, type Explanation, explanationText, ProtocolError } from "@anymeter/sans-io";
import { assertExplainsEveryByte, mutate, Random } from "@anymeter/sans-io/testing";
import { RecordFormats } from "../application/record-formats.ts";
import { encodeFrame } from "../frames/frame.ts";
import { wiredTelegrams, wirelessTelegrams } from "../testing/telegrams.ts";
import { decodeWirelessFrame, encodeWirelessFrame } from "../wireless/frame.ts";
import { explainMbus } from "./explain.ts";

/** Meanings of the leaves in order, contents included; "meaning = value" where there is one. */
function leaves(parts: readonly ExplainedPart[]): string[] {
  return parts.flatMap((part) => {
    const inner = [...leaves(part.parts ?? []), ...leaves(part.content?.parts ?? [])];
    if (inner.length > 0) return inner;
    return [part.value === undefined ? part.meaning : `${part.meaning} = ${part.value}`];
  });
}

function recordNames(explanation: Explanation): unknown[] {
  const { telegram } = explanation.decoded as { telegram: { records: { name: string; text: string }[] } };
  return telegram.records.map(({ name }) => name);
}

describe("published telegrams, every byte explained", () => {
  for (const { name, bytes, key, records } of [...wiredTelegrams, ...wirelessTelegrams]) {
    test(name, () => {
      const explanation = explainMbus(bytes, { key });
      assertExplainsEveryByte(explanation, bytes);
      assert.equal(recordNames(explanation).length, records.length);
      assertExplainsEveryByte(explainMbus(bytes), bytes);
    });

    test(`${name}: mutated, it is explained or refused`, () => {
      const random = new Random(3);
      for (let count = 0; count < 200; count++) {
        const mutant = mutate(bytes, random);
        try {
          assertExplainsEveryByte(explainMbus(mutant, { key }), mutant);
        } catch (error) {
          assert.ok(error instanceof ProtocolError, `${error}`);
        }
      }
    });
  }
});

test("mutated application layers in frames with a right checksum are explained or refused", () => {
  const random = new Random(9);
  for (const { bytes, key } of wiredTelegrams) {
    for (let count = 0; count < 200; count++) {
      const application = mutate(bytes.subarray(6, -2), random).subarray(0, 253);
      if (application.length < 2) continue;
      const frame = encodeFrame({ type: "long", control: 8, address: 1, application });
      try {
        assertExplainsEveryByte(explainMbus(frame, { key }), frame);
      } catch (error) {
        assert.ok(error instanceof ProtocolError, `${error}`);
      }
    }
  }
});

test("mutated application layers in wireless frames are explained or refused", () => {
  const random = new Random(10);
  for (const { bytes, key } of wirelessTelegrams) {
    const { control, linkAddress, application } = decodeWirelessFrame(bytes);
    for (let count = 0; count < 200; count++) {
      const mutant = mutate(application, random).subarray(0, 240);
      if (mutant.length === 0) continue;
      const frame = encodeWirelessFrame(
        { control, linkAddress, application: mutant },
        random.boolean() ? "A" : undefined,
      );
      try {
        assertExplainsEveryByte(explainMbus(frame, { key }), frame);
      } catch (error) {
        assert.ok(error instanceof ProtocolError, `${error}`);
      }
    }
  }
});

test("a technician reads what the telegram says", () => {
  // RSP_UD of 5 with long header, one record: 4C 13 = BCD8, storage 1, volume 10^-3 m³.
  const application = bytesFromHex("72 78563412 2D2C 01 07 2A 04 0000 4C13 45230100");
  const bytes = encodeFrame({ type: "long", control: 8, address: 5, application });
  const explanation = explainMbus(bytes);
  assert.equal(
    explanation.summary,
    "RSP_UD (data from the meter) from address 5: data of the meter, long header, of KAM 12345678, water, 1 record",
  );
  assert.deepEqual(leaves(explanation.parts), [
    "start of a long frame",
    "length: bytes from the C field to before the checksum = 21",
    "length once more = 21",
    "start once more",
    "C field: RSP_UD (data from the meter) = 08",
    "A field: address 5 = 5",
    "CI field: data of the meter, long header = 72",
    "identification = 12345678",
    "manufacturer = KAM",
    "version = 1",
    "device type: water = 7",
    "access number = 42",
    "status: power low = 04",
    "configuration: not enciphered",
    "DIF: 8 digit BCD, instantaneous, storage + 1 = 4C",
    "VIF: volume, 10^-3 m³",
    "data = 12.345 m³",
    `checksum: the sum from the C field on, right = ${bytes.at(-2)!.toString(16).toUpperCase().padStart(2, "0")}`,
    "end of the frame",
  ]);
  assert.match(explanationText(explanation, bytes), /19 {2}4C .*\n.*20 {2}13 .*VIF: volume/);
});

test("deciphered content is explained with the key, and without it the reason is told", () => {
  const { bytes, key } = wirelessTelegrams.find(({ name }) => name.includes("profile B"))!;
  const told = leaves(explainMbus(bytes, { key }).parts);
  assert.ok(told.includes("data = 28504.27 m³"), told.join("\n"));
  assert.ok(told.includes("message authentication code, right = 21924D4F2FB66E01"));
  assert.ok(told.includes("extension of the configuration field: key and its derivation"));
  const closed = explainMbus(bytes);
  assert.ok(leaves(closed.parts).includes("message authentication code, not checked = 21924D4F2FB66E01"));
  const wrong = leaves(explainMbus(bytes, { key: new Uint8Array(16) }).parts);
  assert.ok(wrong.includes("message authentication code, wrong = 21924D4F2FB66E01"));
  assert.match(leaves(closed.parts).at(-1)!, /^enciphered data: The telegram is enciphered .* give the meter's key/);
  assert.match(closed.summary, /give the meter's key/);
});

test("frames in format A are explained block by block, and joined", () => {
  const { control, linkAddress, application } = decodeWirelessFrame(wirelessTelegrams[4]!.bytes);
  const bytes = encodeWirelessFrame({ control, linkAddress, application }, "A");
  const explanation = explainMbus(bytes);
  assertExplainsEveryByte(explanation, bytes);
  const blocks = explanation.parts.at(-1)!;
  assert.equal(blocks.content!.origin, "joined from 6 blocks");
  assert.equal(blocks.parts!.filter(({ meaning }) => meaning.startsWith("check sequence")).length, 6);
  assert.ok(leaves(explanation.parts).includes("data = 9652220 Wh"));
});

test("a compact frame is explained by the format of a full one before", () => {
  const full = wirelessTelegrams.find(({ name }) => name.includes("Multical 21"))!;
  const compact = bytesFromHex("23442D2C998734761B168D2087D19EAD217F1779EDA86AB6710008190000081900007F13");
  const alone = explainMbus(compact);
  assertExplainsEveryByte(alone, compact);
  assert.ok(leaves(alone.parts).includes("values, whose format no telegram before has shown"));
  const formats = new RecordFormats();
  explainMbus(full.bytes, { key: full.key, formats });
  const expanded = explainMbus(compact, { formats });
  assertExplainsEveryByte(expanded, compact);
  assert.ok(leaves(expanded.parts).includes("data = 6.408 m³"));
});

test("a frame of an overflowing length byte is explained (Sagemcom T210-D: 01 for 257)", () => {
  // C = 53, A = FF, CI = 00, 254 bytes of data 01: sum 152 + FE = 250.
  const bytes = bytesFromHex(`68 01 01 68 53 FF 00 ${"01".repeat(254)} 50 16`);
  const explanation = explainMbus(bytes);
  assertExplainsEveryByte(explanation, bytes);
  assert.match(explanation.summary, /DLMS over M-Bus, segment 0/);
});

test("FFFF as configuration field, which old meters have, is called no security mode", () => {
  const { bytes } = wiredTelegrams.find(({ name }) => name.startsWith("AMT Calec"))!;
  assert.ok(leaves(explainMbus(bytes).parts).includes("configuration: no security mode (31)"));
});

const commands = [
  {
    // Signature of 0404 04843C 042B 04AB3C as in the compact frames of the same meter: 138C. Sum from C to data: 303.
    name: "format frame",
    hex: "68 10 10 68 08 01 69 0C 13 8C 04 04 04 84 3C 04 2B 04 AB 3C 03 16",
    says: "DIF and VIF of a record: energy, negative contributions only",
  },
  {
    name: "fixed structure",
    hex: "68 13 13 68 08 05 73 78 56 34 12 0A 00 E9 7E 01 00 00 00 35 01 00 00 3C 16",
    says: "CI field: data of the meter, fixed structure = 73",
  },
  { name: "acknowledgement", hex: "E5", says: "acknowledgement: the meter has understood" },
  { name: "REQ_UD2", hex: "10 7B FE 79 16", says: "C field: REQ_UD2 (request of data), FCB 1 = 7B" },
  {
    name: "selection",
    hex: "68 0B 0B 68 53 FD 52 78 56 34 12 FF FF FF FF B2 16",
    says: "identification, F for any digit = 12345678",
  },
  { name: "application reset", hex: "68 04 04 68 53 FE 50 10 B1 16", says: "subcode" },
  // 53 + 01 + 51 + 01 + 7A + 08 = 128: sets the primary address to 8.
  { name: "set primary address", hex: "68 06 06 68 53 01 51 01 7A 08 28 16", says: "data = 8" },
  {
    name: "application error",
    hex: "68 04 04 68 08 01 70 08 81 16",
    says: "error: the application is busy with a readout; ask again later = 8",
  },
];
for (const { name, hex, says } of commands) {
  test(`${name} is explained`, () => {
    const bytes = bytesFromHex(hex);
    const explanation = explainMbus(bytes);
    assertExplainsEveryByte(explanation, bytes);
    assert.ok(leaves(explanation.parts).includes(says), leaves(explanation.parts).join("\n"));
  });
}

const refused = [
  { name: "a wrong checksum", hex: "10 40 01 42 16", code: "frame_checksum_wrong", offset: 3 },
  { name: "no bytes", hex: "", code: "bytes_truncated", offset: 0 },
  {
    name: "a wireless frame of another length",
    hex: "2E4493157856341233037A2A",
    code: "wireless_length_wrong",
    offset: 0,
  },
  // 08 + 01 + FE = 107
  { name: "an unknown CI field", hex: "68 03 03 68 08 01 FE 07 16", code: "control_information_unknown", offset: 6 },
  // 08 + 01 + 72 + 12 = 8D: the header ends after one of eight bytes of address.
  { name: "a header cut short", hex: "68 04 04 68 08 01 72 12 8D 16", code: "bytes_truncated", offset: 7 },
];
for (const { name, hex, code, offset } of refused) {
  test(`${name} is refused as ${code} at byte ${offset} of what was given`, () => {
    assert.throws(() => explainMbus(bytesFromHex(hex)), { code, offset });
  });
}
