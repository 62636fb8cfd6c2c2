import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkSequence, continueCheckSequence, goodCheckSequence, initialCheckSequence } from "./check-sequence.ts";

const digits = new TextEncoder().encode("123456789");

describe("check sequence", () => {
  it("is CRC-16/X.25, whose check value is 906E", () => {
    assert.equal(checkSequence(digits), 0x906e);
    assert.equal(checkSequence(new Uint8Array(0)), 0);
  });

  it("covers a part of the bytes", () => {
    const padded = Uint8Array.of(7, ...digits, 7);
    assert.equal(checkSequence(padded, 1, 10), 0x906e);
  });

  it("leaves the good register behind its own check sequence, in one run or in two", () => {
    const checked = Uint8Array.of(...digits, 0x6e, 0x90);
    const register = continueCheckSequence(initialCheckSequence, checked, 0, 4);
    assert.equal(continueCheckSequence(register, checked, 4, 11), goodCheckSequence);
    checked[3]! ^= 1;
    assert.notEqual(continueCheckSequence(initialCheckSequence, checked, 0, 11), goodCheckSequence);
  });
});
