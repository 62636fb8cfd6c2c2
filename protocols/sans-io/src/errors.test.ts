import assert from "node:assert/strict";
import { test } from "node:test";
import { commonError, commonErrors, errorsOf, ProtocolError } from "./errors.ts";

const meterError = errorsOf({
  checksum_wrong: { fault: "damaged", message: "The checksum is {found}, not {expected}." },
});

test("an error names its code, its fault, its details and the byte", () => {
  const error = meterError("checksum_wrong", { found: "0x12", expected: "0x13", offset: 7 });
  assert.ok(error instanceof ProtocolError && error instanceof Error);
  assert.deepEqual([error.code, error.fault, error.offset], ["checksum_wrong", "damaged", 7]);
  assert.equal(error.message, "The checksum is 0x12, not 0x13. (byte 7)");
  assert.deepEqual(error.details, { found: "0x12", expected: "0x13", offset: 7 });
});

test("an error about no byte has no offset", () => {
  const error = commonError("session_over", {});
  assert.equal(error.offset, undefined);
  assert.equal(error.message, commonErrors.session_over.message);
});
