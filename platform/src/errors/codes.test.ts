import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { type ErrorCode, errorCodes } from "./codes.ts";

const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
const documented = new Map(
  [...page.matchAll(/^\| `(\w+)` \| (\d+) \| .+ \| .+ \|$/gm)].map(([, code, status]) => [code!, Number(status)]),
);

describe("the table of error codes", () => {
  for (const [code, { status, message }] of Object.entries(errorCodes) as [string, ErrorCode][]) {
    it(`documents ${code} with its status`, () => {
      assert.equal(documented.get(code), status);
      assert.match(message, /^[A-Z].*\.$/);
    });
  }

  it("documents no code that is gone", () => {
    const gone = [...documented.keys()].filter((code) => !(code in errorCodes));
    assert.deepEqual(gone, []);
  });
});
