import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, type ExplainedPart, joinBytes, ProtocolError } from "@anymeter/sans-io";
import { assertExplainsEveryByte, assertSurvivesCuttingAndMutation, mutate, Random } from "@anymeter/sans-io/testing";
import { withEvenParity } from "../parity.ts";
import { bytesOfPrint, cipheredSmarty, dsmr2, dsmr5, emh } from "../testing/vectors.ts";
import { explainIec62056 } from "./explain.ts";

const text = (words: string) => new TextEncoder().encode(words);
const smarty = bytesFromHex(cipheredSmarty.telegram);
const keys = {
  key: bytesFromHex(cipheredSmarty.key),
  authenticationKey: bytesFromHex(cipheredSmarty.authenticationKey),
};

/** Every leaf as "meaning = value", for looking at. */
function leaves(parts: readonly ExplainedPart[]): string[] {
  return parts.flatMap((part) => {
    const inside = part.parts
      ? leaves(part.parts)
      : [part.value === undefined ? part.meaning : `${part.meaning} = ${part.value}`];
    return part.content ? [...inside, ...leaves(part.content.parts)] : inside;
  });
}

for (const [name, print] of Object.entries(emh)) {
  test(`every byte of the EMH meter's ${name} is explained`, () => {
    const bytes = bytesOfPrint(print);
    assertExplainsEveryByte(explainIec62056(bytes), bytes);
    const onLine = withEvenParity(bytes);
    const explanation = explainIec62056(onLine);
    assertExplainsEveryByte(explanation, onLine);
    assert.match(explanation.summary, /even parity of 7E1/);
  });
}

test("an identification tells maker, speed, mode and model", () => {
  const { summary, parts } = explainIec62056(text("/LGZ5\\2ZMD3104407.B32\r\n"));
  assert.equal(summary, "identification of LGZ ZMD3104407.B32");
  assert.deepEqual(leaves(parts), [
    "Slash: an identification",
    "Maker, who needs 200 ms to react = LGZ",
    "Baud character: 9600 baud, mode E = 5",
    "Escape 2: binary mode E (DLMS over HDLC) is offered = \\2",
    "Model, in the maker's words = ZMD3104407.B32",
    "Line end",
  ]);
});

test("a readout names its registers and shows numbers with their units", () => {
  const { parts } = explainIec62056(bytesOfPrint("<STX>1.8.1*03(000123.40*kWh)(2601010000)<CR><LF>!<CR><LF><ETX>c"));
  assert.deepEqual(
    parts.map(({ meaning }) => meaning),
    [
      "STX: data begin",
      "Data set 1.8.1*03: active import total, tariff 1, stored value 3",
      "Line end",
      "Exclamation mark: the data sets end",
      "Line end",
      "ETX: end of the text",
      "BCC: exclusive or of all characters after the first, right",
    ],
  );
  assert.deepEqual(leaves(parts[1]!.parts!), ["Address = 1.8.1*03", "Value = 123.40 kWh", "Value 2 = 2601010000"]);
});

test("rows of a load profile are explained by column and time", () => {
  const data = "P.01(1220823161500)(A8)(15)(2)(1.5)(kW)(2.5)(kW)\r\n(0.18374)(0.00078)\r\n";
  const bytes = text(`\x02${data}\x03\0`);
  bytes[bytes.length - 1] = bytes.slice(1, -1).reduce((check, byte) => check ^ byte, 0);
  const explanation = explainIec62056(bytes);
  assertExplainsEveryByte(explanation, bytes);
  const all = leaves(explanation.parts);
  assert.ok(
    all.includes("Status: power failed; clock was set; change between normal and daylight saving time = A8"),
    all.join("\n"),
  );
  assert.ok(all.includes("Column 2, 2.5 = 0.00078 kW"));
  assert.ok(
    explanation.parts.some(
      ({ meaning }) => meaning === "Row of the interval that ends 2022-08-23 16:15:00 daylight-saving time",
    ),
  );
});

test("several messages are explained one after another", () => {
  const bytes = bytesOfPrint(
    `<NUL><NUL><NUL>${emh.request}${emh.identification}${emh.programmingSelect}${emh.operand}${emh.password}<ACK>${emh.break}`,
  );
  const explanation = explainIec62056(bytes);
  assertExplainsEveryByte(explanation, bytes);
  assert.deepEqual(
    explanation.parts.map(({ meaning }) => meaning),
    [
      "Wake-up",
      "Sign-on to any meter",
      "Identification of EMH D4EM4TIIW001--",
      "Option select, programming mode",
      "P0 ()",
      "P1 (00000000)",
      "ACK",
      "B0",
    ],
  );
});

for (const [name, telegram] of Object.entries({ dsmr5, dsmr2 })) {
  test(`every byte of a ${name} telegram is explained`, () => {
    const bytes = text(telegram);
    const explanation = explainIec62056(bytes);
    assertExplainsEveryByte(explanation, bytes);
    assert.match(explanation.summary, /^P1 telegram of ISk5\\2MT382-100/);
    assert.ok(
      leaves(explanation.parts).some((leaf) => /^Value = 4\w+ \("[KG]\w+"\)$/.test(leaf)),
      "text in hexadecimal",
    );
  });
}

test("a ciphered telegram is explained outside without the key, and inside with it", () => {
  const outside = explainIec62056(smarty);
  assertExplainsEveryByte(outside, smarty);
  assert.ok(leaves(outside.parts).includes("Ciphertext: give the key to see inside"));
  const inside = explainIec62056(smarty, keys);
  assertExplainsEveryByte(inside, smarty);
  assert.ok(
    leaves(inside.parts).some((leaf) => leaf === "Value = 6.695 kWh"),
    leaves(inside.parts).join("\n"),
  );
});

test("bytes that are no message are refused with their offset", () => {
  for (const [bytes, code, offset] of [
    [text(""), "message_invalid", 0],
    [text("\x06xyz"), "message_invalid", 1],
    [bytesOfPrint(`${emh.request}<STX>1.8.0(1)<ETX>x`), "message_checksum_wrong", 15],
    [bytesOfPrint(`${emh.request}<SOH>R5<STX>0.9.2()`), "message_invalid", 16],
    [bytesFromHex("DB05"), "message_invalid", 1],
    [smarty.subarray(0, 100), "bytes_truncated", 18],
  ] as const) {
    assert.throws(
      () => explainIec62056(bytes, keys),
      (error) => error instanceof ProtocolError && error.code === code && error.offset === offset,
      `${new TextDecoder().decode(bytes)}: ${code}`,
    );
  }
});

test("whatever is explained at all is explained to the last byte", () => {
  const random = new Random(5);
  const messages = [...Object.values(emh).map(bytesOfPrint), text(dsmr2), text("\r\n"), new Uint8Array(5)];
  let explained = 0;
  for (let round = 0; round < 1000; round++) {
    const stream = joinBytes(random.list(4, () => random.pick(messages)));
    const bytes = random.boolean() ? mutate(stream, random) : stream;
    try {
      assertExplainsEveryByte(explainIec62056(bytes), bytes);
      explained++;
    } catch (error) {
      assert.ok(error instanceof ProtocolError, String(error));
    }
  }
  assert.ok(explained > 300, `${explained} of 1000`);
});

test("cut and changed messages give an explanation or a typed error", () => {
  for (const print of [emh.readout, emh.writeTime, emh.identification]) {
    assertSurvivesCuttingAndMutation((bytes) => explainIec62056(bytes), bytesOfPrint(print));
  }
  // A telegram up to its exclamation mark's line end is whole without a checksum only there.
  assertSurvivesCuttingAndMutation((bytes) => explainIec62056(bytes), text(dsmr5), { wholePrefixes: [18, 19, 20, 21] });
  assertSurvivesCuttingAndMutation((bytes) => explainIec62056(bytes, keys), smarty);
});
