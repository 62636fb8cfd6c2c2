import assert from "node:assert/strict";
import { test } from "node:test";
import { answerMilliseconds, baudControlInformation, baudOfControlInformation, baudRates } from "./timing.ts";

test("each rate has its CI field, B8 for 300 to BF for 38400", () => {
  assert.equal(baudControlInformation(300), 0xb8);
  assert.equal(baudControlInformation(2400), 0xbb);
  assert.equal(baudControlInformation(38400), 0xbf);
  for (const baud of baudRates) assert.equal(baudOfControlInformation(baudControlInformation(baud)), baud);
  assert.equal(baudOfControlInformation(0xb7), undefined);
  assert.equal(baudOfControlInformation(0xc0), undefined);
  assert.throws(() => baudControlInformation(2401), { code: "baud_unknown" });
});

test("the longest telegram at 300 baud takes ten seconds, and is given them", () => {
  // (5 + 261) bytes of 11 bits and 330 bits at 300 baud are 10,853.3 ms; with 50 ms and a second for the gateway 11,904.
  assert.equal(answerMilliseconds(300, 1000, 5, 261), 11_904);
  // E5 at 2400 baud: (5 + 1) · 11 + 330 = 396 bits are 165 ms.
  assert.equal(answerMilliseconds(2400, 0, 5, 1), 215);
});
