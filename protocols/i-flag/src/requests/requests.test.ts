import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import fc from "@anymeter/sans-io/testing/properties";
import { databases } from "../databases/databases.ts";
import { type DatabaseRequest, decodeDatabaseRequest, encodeDatabaseRequest } from "./database-request.ts";
import {
  decodeReadParameters,
  decodeWriteParameters,
  encodeReadParameters,
  encodeWriteParameters,
} from "./parameter-requests.ts";

test("ids below 239 have one byte, others two with the bits F000", () => {
  assert.equal(hexFromBytes(encodeReadParameters([0, 94, 238, 239, 280, 4095])), "005EEEF0EFF118FFFF");
  fc.assert(
    fc.property(fc.array(fc.nat(4095)), (ids) =>
      assert.deepEqual(decodeReadParameters(encodeReadParameters(ids)), ids),
    ),
  );
});

test("a byte that begins no id tells its place", () => {
  assert.throws(() => decodeReadParameters(bytesFromHex("5EEF")), { code: "request_invalid", offset: 1 });
  assert.throws(() => decodeReadParameters(bytesFromHex("5EF0")), { code: "bytes_truncated", offset: 2 });
});

test("writes are cut by the lengths of their parameters", () => {
  const writes = [
    { id: 106, bytes: bytesFromHex("8751C854") },
    { id: 280, bytes: bytesFromHex("0102") },
  ];
  const data = encodeWriteParameters(writes);
  assert.equal(hexFromBytes(data), "6A8751C854F1180102");
  assert.deepEqual(
    decodeWriteParameters(data, (id) => (id === 106 ? 4 : 2)),
    writes,
  );
  assert.throws(() => decodeWriteParameters(data, (id) => (id === 106 ? 4 : undefined)), {
    code: "request_invalid",
    message: /the length of parameter 280 is not known/,
    offset: 5,
  });
});

const time = fc
  .nat(1_900_000_000)
  .map((second) => new Date(Date.UTC(2000, 0, 1) + second * 1000).toISOString().slice(0, 19));
const request: fc.Arbitrary<DatabaseRequest> = fc.record(
  {
    database: fc.constantFrom(...databases.map(({ name }) => name)),
    mask: fc.nat(2 ** 31),
    newest: fc.option(time, { nil: undefined }),
    oldest: fc.option(time, { nil: undefined }),
    count: fc.boolean(),
    persistence: fc.boolean(),
  },
  { noNullPrototype: true },
);

test("requests for databases read back", () => {
  fc.assert(fc.property(request, (each) => assert.deepEqual(decodeDatabaseRequest(encodeDatabaseRequest(each)), each)));
});

test("requests for databases survive damage", () => {
  const bytes = bytesFromHex("02F9FFFFFF0000000000000000");
  assertSurvivesCuttingAndMutation(decodeDatabaseRequest, bytes);
  assert.throws(() => decodeDatabaseRequest(bytesFromHex("07F9FFFFFF0000000000000000")), { code: "request_invalid" });
});
