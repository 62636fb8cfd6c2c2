import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProtocolError } from "@anymeter/sans-io";
import fc from "@anymeter/sans-io/testing/properties";
import { fullObisCode, obisOf } from "./address.ts";
import { type DataSet, decimalLimit, decimalOf, decodeDataSets, encodeDataSet, valueLimit } from "./data-set.ts";
import { nameOfAddress } from "./obis-names.ts";

test("lines, groups, several data sets in a line and values in a line of their own", () => {
  assert.deepEqual(
    decodeDataSets(
      "1.8.1(000123.4*kWh)1.8.2(7*kWh)\r\n1.6.0(12.3*kW)(2601051530)\r\n0-1:24.3.0(090212160000)(00)(m3)\r\n(00001.001)\r\nF.F\r\n!\r\nrest",
    ),
    [
      { address: "1.8.1", values: [{ value: "000123.4", unit: "kWh" }] },
      { address: "1.8.2", values: [{ value: "7", unit: "kWh" }] },
      { address: "1.6.0", values: [{ value: "12.3", unit: "kW" }, { value: "2601051530" }] },
      {
        address: "0-1:24.3.0",
        values: [{ value: "090212160000" }, { value: "00" }, { value: "m3" }, { value: "00001.001" }],
      },
      { address: "F.F", values: [] },
    ],
  );
});

test("answers may leave the address out, and fillers between brackets are no data", () => {
  assert.deepEqual(decodeDataSets("(1)(2)"), [{ address: "", values: [{ value: "1" }, { value: "2" }] }]);
  assert.deepEqual(decodeDataSets("3:V.0(1)\x7f\x7f (2)\r\n"), [
    { address: "3:V.0", values: [{ value: "1" }, { value: "2" }] },
  ]);
});

test("a line that is no data set is told of and the others are kept", () => {
  const problems: ProtocolError[] = [];
  const found = decodeDataSets("1.8.0(1\r\n2.8.0(2)\r\n3)\r\n4.8.0(4)", problems);
  assert.deepEqual(
    found.filter(({ values }) => values.length > 0).map(({ address }) => address),
    ["2.8.0", "4.8.0"],
  );
  assert.deepEqual(
    problems.map(({ offset, code }) => [offset, code]),
    [
      [5, "data_set_invalid"],
      [19, "data_set_invalid"],
    ],
  );
  assert.throws(() => decodeDataSets("1.8.0(1"), { code: "data_set_invalid" });
});

const word = (letters: string) => fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 12 });
const value = fc.record({ value: word("0123456789.-:;,kWhab "), unit: word("kWharm3") }, { requiredKeys: ["value"] });
const dataSet = fc.record({
  address: word("0123456789.:-CFLP*&"),
  values: fc.array(value, { minLength: 1, maxLength: 4 }),
});

test("any data sets come back from their lines", () => {
  fc.assert(
    fc.property(fc.array(dataSet, { maxLength: 6 }), (dataSets) => {
      const text = dataSets.map((each) => `${encodeDataSet(each as DataSet)}\r\n`).join("");
      assert.deepEqual(
        decodeDataSets(text),
        dataSets.map((each) => ({ ...each, values: each.values.map((one) => ({ ...one })) })),
      );
    }),
  );
});

test("any text gives data sets or problems, in time proportional to its length", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."()*!\r\n \x7fA1."), maxLength: 200 }), (text) => {
      decodeDataSets(text, []);
    }),
  );
  const start = performance.now();
  decodeDataSets("(".repeat(1_000_000), []);
  decodeDataSets("A".repeat(1_000_000), []);
  assert.ok(performance.now() - start < 2000);
});

test("values behind something broken belong to no data set before it", () => {
  const problems: ProtocolError[] = [];
  const found = decodeDataSets(`1.8.0(5)\r\n${"A".repeat(129)}(7)\r\n2.8.0(6)`, problems);
  assert.deepEqual(
    found.map(({ values }) => values.length),
    [1, 1],
  );
  assert.match(problems[0]!.message, /more than 128 characters/);
});

test("data sets beyond the limit are told of, not kept", () => {
  const problems: ProtocolError[] = [];
  assert.equal(decodeDataSets("A(1)\n".repeat(70_000), problems).length, 65_536);
  assert.match(problems[0]!.message, /65536 data sets came before it/);
});

test("decimals keep every digit and lose the zeros in front", () => {
  for (const [text, decimal] of [
    ["000123.40", "123.40"],
    ["0", "0"],
    ["000.000", "0.000"],
    ["-0012", "-12"],
    ["+1,5", "1.5"],
    ["12345678901234567.12345", "12345678901234567.12345"],
    [".5", "0.5"],
    ["1e5", undefined],
    ["--", undefined],
    ["", undefined],
    [".", undefined],
    ["0x10", undefined],
  ] as const) {
    assert.equal(decimalOf(text), decimal, text);
  }
});

test("addresses are OBIS identifiers, reduced or full", () => {
  assert.deepEqual(obisOf("1.8.0"), { c: 1, d: 8, e: 0 });
  assert.deepEqual(obisOf("1-0:1.8.0*255"), { a: 1, b: 0, c: 1, d: 8, e: 0, f: 255, storedBy: "meter" });
  assert.deepEqual(obisOf("1.8.1&03"), { c: 1, d: 8, e: 1, f: 3, storedBy: "hand" });
  assert.deepEqual(obisOf("F.F"), { c: 97, d: 97 });
  assert.deepEqual(obisOf("P.01"), { c: 99, d: 1 });
  assert.deepEqual(obisOf("1-1:C.7.0"), { a: 1, b: 1, c: 96, d: 7, e: 0 });
  for (const none of ["", "1", "3:V.0", "1.8.0*", "256.8.0", "x.y.z"]) assert.equal(obisOf(none), undefined, none);
  for (const [address, full] of [
    ["1.8.0", "1-0:1.8.0*255"],
    ["1.8.1*03", "1-0:1.8.1*3"],
    ["1.5", "1-0:1.5.0*255"],
    ["C.1.0", "0-0:96.1.0*255"],
    ["0.9.1", "1-0:0.9.1*255"],
  ] as const) {
    assert.equal(fullObisCode(obisOf(address)!), full);
  }
});

test("names tell quantity, phase, processing and tariff", () => {
  for (const [address, name] of [
    ["1.8.0", "active import total"],
    ["1-0:2.8.2*255", "active export total, tariff 2"],
    ["21.7.0", "active import L1 now"],
    ["1-0:52.7.0", "voltage L2 now"],
    ["71.7.0", "current L3 now"],
    ["1.6.0*02", "active import maximum, stored value 2"],
    ["1.8.0&02", "active import total, stored value 2 (by a manual reset)"],
    ["F.F", "error register"],
    ["0.9.1", "time"],
    ["P.01", "load profile"],
    ["15.8.0", "active, import and export added total"],
    ["1.99.0", undefined],
    ["3:V.0", undefined],
  ] as const) {
    assert.equal(nameOfAddress(address), name, address);
  }
});

test("text that is no number is told at once, however long it is", () => {
  const started = performance.now();
  for (const filler of ["0", " ", "+ ", "1"]) assert.equal(decimalOf(`${filler.repeat(20_000)}x`), undefined);
  assert.equal(decimalOf("1".repeat(decimalLimit + 1)), undefined);
  assert.equal(decimalOf("1".repeat(decimalLimit)), "1".repeat(decimalLimit));
  assert.ok(performance.now() - started < 1000);
});

test("values have a limit", () => {
  const problems: ProtocolError[] = [];
  const [set] = decodeDataSets("(1)".repeat(valueLimit + 10), problems);
  assert.equal(set!.values.length, valueLimit);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["data_set_invalid"],
  );
});
