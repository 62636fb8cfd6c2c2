import assert from "node:assert/strict";
import { test } from "node:test";
import { DlmsError, dlmsError, dlmsErrors } from "./errors.ts";

test("an error says its code, whose fault, and where", () => {
  const error = dlmsError("apdu_truncated", { what: "a tag", offset: 3 });
  assert.ok(error instanceof DlmsError);
  assert.equal(error.message, "The APDU ends before a tag. (byte 3)");
  assert.deepEqual([error.code, error.fault, error.offset], ["apdu_truncated", "damaged", 3]);
  assert.deepEqual(error.details, { what: "a tag", offset: 3 });
});

test("an error about no byte has no offset", () => {
  const error = dlmsError("obis_invalid", { text: "x" });
  assert.equal(error.offset, undefined);
  assert.doesNotMatch(error.message, /byte/);
});

test("every message of the table is a sentence, and every name in it a single word", () => {
  for (const [code, { message }] of Object.entries(dlmsErrors)) {
    assert.match(code, /^[a-z]+(_[a-z]+)+$/);
    assert.match(message, /[.?!}]$/, code);
    assert.doesNotMatch(message.replace(/\{[a-zA-Z]+\}/g, ""), /[{}]/, code);
  }
});
