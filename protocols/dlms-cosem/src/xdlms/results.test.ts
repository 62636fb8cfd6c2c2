import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import { dataToBytes } from "../data/codec.ts";
import { octetString, unsigned } from "../data/constructors.ts";
import { dataLimits } from "../data/limits.ts";
import { encodeApdu } from "./codec.ts";
import { encodeGetResponseNormalWithEncodedData } from "./get.ts";
import {
  actionResultFromBytes,
  actionResultsFromBytes,
  actionResultsToBytes,
  actionResultToBytes,
  dataListFromBytes,
  dataListToBytes,
  getResultsFromBytes,
  getResultsToBytes,
} from "./results.ts";

/** What blocks join to, written down field by field: bytes, value, both directions. */
const joined = [
  {
    name: "results of a GET with list",
    hex: "02 00 11 07 01 04", // two: data, data-access-result
    value: [{ data: unsigned(7) }, { error: 4 }],
    decode: getResultsFromBytes,
    encode: getResultsToBytes,
  },
  {
    name: "values of a SET with list",
    hex: "02 11 07 09 01 AA",
    value: [unsigned(7), octetString(Uint8Array.of(0xaa))],
    decode: dataListFromBytes,
    encode: dataListToBytes,
  },
  {
    name: "the result of an ACTION",
    hex: "00 01 00 11 07", // success, return parameters: data
    value: { result: 0, returned: { data: unsigned(7) } },
    decode: actionResultFromBytes,
    encode: actionResultToBytes,
  },
  {
    name: "results of an ACTION with list",
    hex: "02 0B 00 00 01 01 03",
    value: [{ result: 11 }, { result: 0, returned: { error: 3 } }],
    decode: actionResultsFromBytes,
    encode: actionResultsToBytes,
  },
] as const;

for (const { name, hex, value, decode, encode } of joined) {
  test(`${name} decode, encode, and survive cut and changed bytes`, () => {
    const bytes = bytesFromHex(hex);
    assert.deepEqual(decode(bytes), value);
    assert.equal(hexFromBytes((encode as (decoded: unknown) => Uint8Array)(value)), hexFromBytes(bytes));
    assertSurvivesCuttingAndMutation(decode, bytes);
  });
}

test("joined blocks beyond the limit are refused unread", () => {
  const tooLong = new Uint8Array(dataLimits.bytes + 1);
  for (const { decode } of joined) assert.throws(() => decode(tooLong), { code: "apdu_too_long" });
});

test("a count beyond the bytes and bytes beyond the count are refused", () => {
  assert.throws(() => getResultsFromBytes(bytesFromHex("84 7FFFFFFF 00")), { code: "apdu_truncated" });
  assert.throws(() => getResultsFromBytes(bytesFromHex("01 01 04 00")), { code: "apdu_trailing_bytes" });
  assert.throws(() => getResultsFromBytes(bytesFromHex("01 07 04")), { code: "choice_unknown", offset: 1 });
});

test("a response around encoded data is the same as around the data", () => {
  const invocation = { invokeId: 3, confirmed: true, highPriority: false };
  const data = octetString(new Uint8Array(300));
  assert.deepEqual(
    encodeGetResponseNormalWithEncodedData(invocation, dataToBytes(data)),
    encodeApdu({ type: "get-response-normal", invocation, result: { data } }),
  );
});
