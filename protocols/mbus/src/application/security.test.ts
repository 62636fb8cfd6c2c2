/** Enciphered telegrams with the right key, another one, and none. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesFromHex, hexFromBytes, type ProtocolError } from "@anymeter/sans-io";
import fc from "@anymeter/sans-io/testing/properties";
import { recordLines } from "../testing/record-lines.ts";
import { wirelessTelegrams } from "../testing/telegrams.ts";
import { decodeWirelessTelegram } from "../wireless/decode.ts";
import { decodeWirelessFrame } from "../wireless/frame.ts";
import { decodeTelegram } from "./decode.ts";
import { encodeVariableData } from "./encode.ts";
import type { TelegramHeader } from "./header.ts";

const key = bytesFromHex("000102030405060708090A0B0C0D0E0F");
const otherKey = bytesFromHex("0F0E0D0C0B0A09080706050403020100");
const told = (problems: readonly ProtocolError[]) => problems.map(({ code, fault }) => `${code} ${fault}`);

describe("published telegrams", () => {
  for (const { name, bytes, key: right } of wirelessTelegrams.filter((telegram) => telegram.key)) {
    test(`${name}: without the key nothing enciphered is guessed`, () => {
      const { telegram } = decodeWirelessTelegram(bytes);
      assert.deepEqual(told(telegram.problems), ["key_missing security"]);
      assert.deepEqual(telegram.records, []);
    });
    test(`${name}: another key is told by the check`, () => {
      const { telegram } = decodeWirelessTelegram(bytes, { key: otherKey });
      assert.match(told(telegram.problems).join(), /^(key|mac)_wrong security$/);
      assert.deepEqual(telegram.records, []);
    });
    test(`${name}: the right key`, () => {
      assert.deepEqual(decodeWirelessTelegram(bytes, { key: right }).telegram.problems, []);
    });
  }
});

test("mode 7: a changed byte of the ciphertext fails the MAC, and nothing of it is believed", () => {
  const { bytes, key: right } = wirelessTelegrams.find(({ name }) => name.includes("profile B"))!;
  const changed = bytes.slice();
  changed[bytes.length - 1]! ^= 1;
  const { telegram } = decodeWirelessTelegram(changed, { key: right });
  assert.deepEqual(told(telegram.problems), ["mac_wrong security"]);
  assert.deepEqual(telegram.records, []);
});

test("mode 7 without an authentication layer has no counter to derive the key from", () => {
  const { bytes } = wirelessTelegrams.find(({ name }) => name.includes("profile B"))!;
  const { application, linkAddress } = decodeWirelessFrame(bytes);
  // 8C CC ACC, then 90 and 15 bytes.
  const transport = application.subarray(3 + 2 + 15);
  const { problems } = decodeTelegram(transport, { key, linkAddress });
  assert.deepEqual(told(problems), ["message_counter_missing security"]);
});

test("a short header needs the address of the link", () => {
  const { bytes, key: right } = wirelessTelegrams.find(({ name }) => name.includes("profile A"))!;
  const { application } = decodeWirelessFrame(bytes);
  assert.deepEqual(told(decodeTelegram(application, { key: right }).problems), ["meter_address_missing security"]);
});

test("modes that are not supported are named", () => {
  const telegram = decodeTelegram(bytesFromHex("72 78563412 2D2C 01 07 2A 00 000D 0102030405"), { key });
  assert.deepEqual(told(telegram.problems), ["security_mode_unsupported security"]);
  assert.match(telegram.problems[0]!.message, /mode 13, TLS/);
});

test("more blocks than there are bytes", () => {
  const telegram = decodeTelegram(bytesFromHex("72 78563412 2D2C 01 07 2A 00 2005 0102030405"), { key });
  assert.deepEqual(told(telegram.problems), ["cipher_truncated damaged"]);
});

test("fragments are named, not joined", () => {
  // AFL of 2 bytes, fragment 1, more fragments (bit 14).
  const telegram = decodeTelegram(bytesFromHex("90 02 0140 72 0102"), { key });
  assert.deepEqual(told(telegram.problems), ["fragment_unsupported damaged"]);
});

test("an authentication layer whose length is not that of its fields is refused", () => {
  assert.throws(() => decodeTelegram(bytesFromHex("90 03 0000 7A 00 00 0000")), {
    code: "authentication_layer_invalid",
  });
});

test("a session that is not enciphered is checked too", () => {
  // 8D, CC, ACC, session 0; the check sequence of 78 01 13 05 is not 0000.
  const telegram = decodeTelegram(bytesFromHex("8D 20 01 00000000 0000 78 01 13 05"));
  assert.deepEqual(told(telegram.problems), ["session_check_wrong damaged"]);
  assert.deepEqual(recordLines(telegram.records), ["volume = 0.005 m³"]);
});

const header: TelegramHeader = {
  identification: "12345678",
  manufacturer: "KAM",
  version: 1,
  medium: 7,
  accessNumber: 0x2a,
  status: 0,
  configuration: 0,
};

test("what a simulated meter enciphers is deciphered by its key alone", () => {
  const volume = { coding: "bcd8", valueInformation: [0x13], value: "12.345" } as const;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 35 }), fc.integer({ min: 0, max: 255 }), (count, accessNumber) => {
      const records = new Array(count).fill(volume);
      const application = encodeVariableData({ ...header, accessNumber }, records, { key, moreFollows: true });
      const decoded = decodeTelegram(application, { key });
      assert.equal(decoded.records.length, count);
      assert.equal(decoded.moreFollows, true);
      assert.deepEqual(decoded.problems, []);
      assert.deepEqual(told(decodeTelegram(application, { key: otherKey }).problems), ["key_wrong security"]);
    }),
  );
});

test("enciphering needs an address and has 15 blocks", () => {
  const { accessNumber, status, configuration } = header;
  assert.throws(() => encodeVariableData({ accessNumber, status, configuration }, [], { key }), {
    code: "value_not_encodable",
  });
  assert.throws(() => encodeVariableData(header, [new Uint8Array(239)], { key }), { code: "cipher_too_long" });
  assert.equal(hexFromBytes(encodeVariableData(header, [new Uint8Array(238)], { key }).subarray(11, 13)), "F005");
});
