import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import { cipheredSmarty, dsmr2, dsmr5 } from "../testing/vectors.ts";
import { decipherP1, decodeCipheredP1 } from "./ciphered.ts";
import { decodeP1, encodeP1 } from "./telegram.ts";
import { decodeP1Time, p1SubMeters, textFromHex } from "./values.ts";

const text = (words: string) => new TextEncoder().encode(words);
const smarty = bytesFromHex(cipheredSmarty.telegram);
const key = bytesFromHex(cipheredSmarty.key);
const authenticationKey = bytesFromHex(cipheredSmarty.authenticationKey);

test("a DSMR 5 telegram: its checksum, its values, its gas meter", () => {
  const { identification, dataSets, checksum, problems } = decodeP1(text(dsmr5));
  assert.deepEqual([identification, checksum, problems], ["ISk5\\2MT382-1000", "right", []]);
  assert.deepEqual(dataSets.find(({ address }) => address === "1-0:1.8.1")?.values, [
    { value: "000004.426", unit: "kWh" },
  ]);
  assert.deepEqual(p1SubMeters(dataSets), [
    {
      channel: 1,
      deviceType: 3,
      identifier: "2222ABCD123456789",
      reading: { time: decodeP1Time("170102161005W"), value: { value: "00000.107", unit: "m3" } },
    },
    { channel: 2, deviceType: 3, identifier: "" },
  ]);
});

test("a telegram before DSMR 4: no checksum, the gas value in a line of its own", () => {
  const { dataSets, checksum } = decodeP1(text(dsmr2));
  assert.equal(checksum, "absent");
  assert.deepEqual(p1SubMeters(dataSets), [
    {
      channel: 1,
      deviceType: 3,
      identifier: "G0015561108637213",
      reading: { time: decodeP1Time("141222220000"), value: { value: "00367.857", unit: "m3" } },
    },
  ]);
});

test("a changed telegram is not taken", () => {
  assert.throws(() => decodeP1(text(dsmr5.replace("004.426", "004.427"))), { code: "message_checksum_wrong" });
  assert.throws(() => decodeP1(text(dsmr5.replace("!6EEE", "!6EE"))), { code: "message_invalid" });
  assert.throws(() => decodeP1(text(`${dsmr5}x`)), { code: "message_invalid" });
});

test("the checksum covers the line ends as they are (DB99: computed bit by bit with the polynomial A001)", () => {
  assert.equal(decodeP1(text("/TEST\n\n1-3:0.2.8(50)\n!DB99\n")).checksum, "right");
});

test("a telegram written here is one that reads back", () => {
  const { dataSets, checksum } = decodeP1(encodeP1("ANY5\\2Example", "1-0:1.8.0(000001.5*kWh)\r\n"));
  assert.equal(checksum, "right");
  assert.deepEqual(dataSets, [{ address: "1-0:1.8.0", values: [{ value: "000001.5", unit: "kWh" }] }]);
});

test("times with a season letter; invalid ones of a gas meter do not cost its value", () => {
  assert.equal(decodeP1Time("170102161005W").season, "normal");
  assert.equal(decodeP1Time("170702161005S").season, "daylight-saving");
  assert.throws(() => decodeP1Time("632525252525S"), { code: "time_invalid" });
  assert.throws(() => decodeP1Time("1701021610"), { code: "time_invalid" });
  const { dataSets } = decodeP1(encodeP1("X", "0-1:24.2.1(632525252525S)(00000.000)\r\n"));
  assert.deepEqual(p1SubMeters(dataSets), [{ channel: 1, reading: { value: { value: "00000.000" } } }]);
});

test("text is written in hexadecimal digits, or is not", () => {
  assert.equal(textFromHex("4B384547303034303436333935353037"), "K8EG004046395507");
  assert.equal(textFromHex("K8EG"), "K8EG");
  assert.equal(textFromHex(""), "");
});

test("a ciphered telegram opens with its keys and no others", () => {
  const telegram = decodeCipheredP1(smarty);
  assert.deepEqual([telegram.invocationCounter, telegram.tag.length], [0x0005a8e3, 12]);
  const opened = decodeP1(decipherP1(telegram, { key, authenticationKey }));
  assert.deepEqual(opened.dataSets.find(({ address }) => address === "1-0:1.8.0")?.values, [
    { value: "000006.695", unit: "kWh" },
  ]);
  assert.deepEqual(decodeP1(decipherP1(telegram, { key })), opened, "without the tag, its checksum tells");
  const failures = [
    [{ key: key.with(0, 1), authenticationKey }, "authentication_failed"],
    [{ key, authenticationKey: key }, "authentication_failed"],
    [{ key, authentication: "empty" }, "authentication_failed"],
    [{ key, authentication: "key" }, "key_invalid"],
    [{ key: key.slice(1) }, "key_invalid"],
  ] as const;
  for (const [keys, code] of failures) assert.throws(() => decipherP1(telegram, keys), { code });
});

test("a meter that leaves its title out needs one that is set", () => {
  const withoutTitle = Uint8Array.of(0xdb, 0x00, ...smarty.subarray(10));
  const telegram = decodeCipheredP1(withoutTitle);
  assert.throws(() => decipherP1(telegram, { key }), { code: "key_invalid" });
  assert.equal(decodeP1(decipherP1(telegram, { key, systemTitle: smarty.subarray(2, 10) })).checksum, "right");
});

test("cut and changed telegrams end in typed errors", () => {
  const short = encodeP1("ANY5x", "1-0:1.8.0(1*kWh)\r\n");
  assertSurvivesCuttingAndMutation(decodeP1, short);
  assertSurvivesCuttingAndMutation((bytes) => decipherP1(decodeCipheredP1(bytes), { key, authenticationKey }), smarty);
});
