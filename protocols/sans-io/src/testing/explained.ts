/** What every explanation must keep: each byte explained once, in order, at every level. */
import assert from "node:assert/strict";
import type { ExplainedPart, Explanation } from "../explanation/explanation.ts";

export function assertExplainsEveryByte(explanation: Explanation, bytes: Uint8Array): void {
  assert.equal(explanation.length, bytes.length, "the explanation's length");
  assertCovers(explanation.parts, 0, bytes.length, explanation.summary);
  assert.deepEqual(JSON.parse(JSON.stringify(explanation)), explanation, "an explanation is JSON as it stands");
}

function assertCovers(parts: readonly ExplainedPart[], start: number, end: number, whole: string): void {
  let next = start;
  for (const part of parts) {
    assert.equal(part.offset, next, `"${part.meaning}" of "${whole}" begins where the part before it ends`);
    assert.ok(part.length > 0 && part.meaning !== "", `a part of "${whole}" has bytes and a meaning`);
    next += part.length;
    if (part.parts) assertCovers(part.parts, part.offset, next, part.meaning);
    if (part.content) assertCovers(part.content.parts, 0, part.content.hex.length / 2, part.meaning);
  }
  assert.equal(next, end, `the parts of "${whole}" are all its bytes`);
}
