import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import { Random } from "@anymeter/sans-io/testing";
import { formatObis, logicalNameFromBytes, logicalNameOf, obisToBytes, parseObis } from "./obis.ts";
import { describeObis, mediumOf } from "./obis-names.ts";
import { matchesObis, parseObisPattern } from "./obis-pattern.ts";

test("every way of writing a code is read", () => {
  const forms: readonly (readonly [string, string])[] = [
    ["1-0:1.8.0", "1.0.1.8.0.255"],
    ["1-0:1.8.0*255", "1.0.1.8.0.255"],
    ["1-0:1.8.0&3", "1.0.1.8.0.3"],
    ["1.0.1.8.0.255", "1.0.1.8.0.255"],
    ["0-2:24.2.1", "0.2.24.2.1.255"],
    ["1.8.1", "1.0.1.8.1.255"],
    ["1.8.1*02", "1.0.1.8.1.2"],
    ["1.8", "1.0.1.8.0.255"],
    [" 1-1:32.7.0 ", "1.1.32.7.0.255"],
  ];
  for (const [text, logicalName] of forms) assert.equal(logicalNameOf(text), logicalName);
  assert.equal(logicalNameOf(parseObis("3.0.0", { a: 7, b: 1 })), "7.1.3.0.0.255");
});

test("what is no code is refused with a hint", () => {
  for (const text of [
    "",
    "1-0:",
    "1-0:1.8.256",
    "1.2.3.4.5.6.7",
    "1-0:1.8.0*",
    "abc",
    "1.0.1.8.0.-1",
    "1.0.1.8.0.300",
  ]) {
    assert.throws(() => parseObis(text), { code: "obis_invalid", message: /Write it like 1-0:1\.8\.0/ }, text);
  }
  assert.throws(() => logicalNameFromBytes(new Uint8Array(5)), { code: "obis_invalid" });
});

test("codes format short, and come back", () => {
  assert.equal(formatObis("1.0.1.8.0.255"), "1-0:1.8.0");
  assert.equal(formatObis("1.0.1.8.0.101"), "1-0:1.8.0*101");
  assert.equal(logicalNameFromBytes(bytesFromHex("0100010800FF")), "1.0.1.8.0.255");
  const random = new Random(61);
  for (let count = 0; count < 500; count++) {
    const bytes = random.bytes(6);
    assert.deepEqual(obisToBytes(formatObis(logicalNameFromBytes(bytes))), bytes);
  }
});

test("patterns match by number, range, list and star", () => {
  const pattern = parseObisPattern("1.*.31,51,71.7.0-63.255");
  assert.ok(matchesObis(pattern, parseObis("1-3:51.7.63")));
  for (const other of ["0-0:51.7.0", "1-0:52.7.0", "1-0:51.7.64", "1-0:51.7.0*1"]) {
    assert.ok(!matchesObis(pattern, parseObis(other)), other);
  }
  for (const bad of ["1.2.3", "1.*.x.7.0.255", "1.*.9-1.7.0.255", "1.*.300.7.0.255"]) {
    assert.throws(() => parseObisPattern(bad), { code: "obis_invalid" }, bad);
  }
});

test("codes have names", () => {
  const names: readonly (readonly [string, string])[] = [
    ["1-0:1.8.0", "active energy import (+)"],
    ["1-0:2.8.2*3", "active energy export (−), tariff 2, billing period 3"],
    ["1-0:3.7.0", "reactive power import (+), Q I + Q II, instantaneous"],
    ["1-1:41.7.0", "active power import (+) L2, instantaneous, channel 1"],
    ["1-0:1.6.0", "active power import (+), maximum 1"],
    ["1-0:32.7.0", "voltage L1, instantaneous"],
    ["1-0:71.7.3", "current L3, instantaneous, harmonic 3"],
    ["1-0:81.7.26", "phase angle I(L3) to U(L3)"],
    ["1-0:91.7.0", "current in neutral, instantaneous"],
    ["1-0:99.1.0", "load profile, recording interval 1"],
    ["0-0:1.0.0", "clock"],
    ["0-0:96.7.2", "number of power failures in phase L2"],
    ["0-4:24.2.1", "M-Bus device 4: value 1"],
    ["0-0:43.1.3", "invocation counter"],
    ["7-0:3.0.0", "volume, forward, absolute, at metering conditions"],
    ["8-0:1.0.0", "accumulated volume"],
    ["6-0:11.0.0", "return temperature"],
  ];
  for (const [code, name] of names) assert.equal(describeObis(code)?.name, name, code);
});

test("an unknown code has a medium but no name", () => {
  assert.equal(describeObis("1-0:1.254.0"), undefined);
  assert.equal(describeObis("1-0:81.7.33"), undefined);
  assert.equal(mediumOf("9-0:1.0.0"), "hot water");
  assert.equal(mediumOf("77-0:1.0.0"), "other");
});
