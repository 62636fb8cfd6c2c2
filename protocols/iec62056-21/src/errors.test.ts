import assert from "node:assert/strict";
import { test } from "node:test";
import { iec62056Errors } from "./errors.ts";

test("every message of the table is a sentence, and every name in it a single word", () => {
  for (const [code, { message }] of Object.entries(iec62056Errors)) {
    assert.match(code, /^[a-z0-9]+(_[a-z0-9]+)+$/);
    assert.match(message, /[.?!}]$/, code);
    assert.doesNotMatch(message.replace(/\{[a-zA-Z]+\}/g, ""), /[{}]/, code);
  }
});
