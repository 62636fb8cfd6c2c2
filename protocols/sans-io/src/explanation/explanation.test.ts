import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertExplainsEveryByte } from "../testing/explained.ts";
import { Explainer } from "./explainer.ts";
import { type Explanation, jsonOf } from "./explanation.ts";
import { explanationText } from "./explanation-text.ts";

const bytes = Uint8Array.of(0x10, 0x40, 0x05, 0x45, 0x16);

function explained(): Explanation {
  const fields = new Explainer(1);
  fields.upTo(2, "C field", { value: "SND_NKE" });
  fields.upTo(3, "address", { value: 5 });
  const explainer = new Explainer();
  explainer.upTo(1, "start of a short frame");
  explainer.upTo(1, "nothing, which is no part");
  explainer.upTo(3, "fields", { parts: fields.parts });
  explainer.upTo(5, "checksum and stop", {
    content: { origin: "deciphered", hex: "2F2F", parts: [{ offset: 0, length: 2, meaning: "check" }] },
  });
  return { protocol: "mbus", summary: "a reset", length: bytes.length, parts: explainer.parts };
}

describe("an explanation", () => {
  test("built in order covers every byte", () => {
    assertExplainsEveryByte(explained(), bytes);
  });

  test("with a gap, an overlap or a missing end is caught", () => {
    const [first, second, third] = explained().parts as [never, never, never];
    for (const parts of [
      [first, third],
      [first, second],
      [first, second, second, third],
    ]) {
      assert.throws(() => assertExplainsEveryByte({ ...explained(), parts }, bytes), assert.AssertionError);
    }
  });

  test("as text has one line per part, indented, with offset, bytes, meaning and value", () => {
    assert.deepEqual(
      explanationText(explained(), bytes)
        .split("\n")
        .map((line) => line.replace(/ +/g, (blanks) => (blanks.length > 2 ? " ~ " : blanks))),
      [
        "mbus, 5 bytes: a reset",
        "",
        " ~ 0  10 ~ start of a short frame",
        " ~ 1 ~ fields",
        " ~ 1  40 ~ C field = SND_NKE",
        " ~ 2  05 ~ address = 5",
        " ~ 3  45 16 ~ checksum and stop",
        " ~ deciphered:",
        " ~ 0  2F 2F ~ check",
        "",
      ],
    );
  });
});

test("whatever a decoder returns becomes JSON", () => {
  assert.deepEqual(
    jsonOf({
      bytes: Uint8Array.of(1, 0xab),
      big: 2n ** 63n,
      none: undefined,
      not: Number.NaN,
      zero: -0,
      when: new Date(0),
      names: new Set(["a"]),
      list: [null, true, { deep: 1 }],
    }),
    {
      bytes: "01AB",
      big: "9223372036854775808",
      not: "NaN",
      zero: 0,
      when: "1970-01-01T00:00:00.000Z",
      names: ["a"],
      list: [null, true, { deep: 1 }],
    },
  );
});
