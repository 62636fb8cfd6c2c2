import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeBlock, encodeCommand } from "@anymeter/iec62056-21";
import { bytesFromHex, type ExplainedPart, explanationText, joinBytes } from "@anymeter/sans-io";
import { assertExplainsEveryByte, assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import { refusals } from "../refusals.ts";
import { explainLis200 } from "./explain.ts";

/** The reference's exchange (computed by hand) and what people are to read of each telegram. */
const telegrams: readonly (readonly [hex: string, summary: RegExp, said: readonly string[]])[] = [
  ["2F3F210D0A", /sign-on/i, []],
  ["2F456C73365C32454B3238300D0A", /Els.*EK280|EK280/, []],
  ["063036310D0A", /option select|programming/i, []],
  ["01503002283132333435363729" + "0350", /P0: the meter's P0, which LIS-200 does not answer/, ["command P0"]],
  [
    "01573102333A3137312E30283132333435363738 29034E".replace(" ", ""),
    /W1: opens the supplier's lock/,
    ["code of the lock"],
  ],
  ["01523102323A3330322E302831290375", /R1: read of 2:302\.0/, ["base volume, total", "a fixed 1"]],
  ["02323A3330322E3028313233342E353637382A6D33290377", /answer: value of 2:302\.0/, ["1234.5678 m3"]],
  [
    "01523302333A562E3028333B323032312D30332D30312C30363A30303A30303B3B3130290300",
    /R3: read of 3:V\.0/,
    ["archive 3, rows", "range of the time: from 2021-03-01,06:00:00, to the newest, 10 rows in a block"],
  ],
  ["0142300371", /B0: break/, []],
];

for (const [hex, summary, said] of telegrams) {
  test(`${hex} is ${summary.source}`, () => {
    const bytes = bytesFromHex(hex);
    const explanation = explainLis200(bytes);
    assert.equal(explanation.protocol, "lis-200");
    assertExplainsEveryByte(explanation, bytes);
    assert.match(explanation.summary, summary);
    const text = explanationText(explanation, bytes);
    for (const words of said) assert.ok(text.includes(words), `${words} in\n${text}`);
    // A lone ACK is a telegram of its own.
    const wholePrefixes = bytes[0] === 0x06 ? [1] : [];
    assertSurvivesCuttingAndMutation(explainLis200, bytes, { wholePrefixes });
  });
}

const rows = [
  "(4711)(12)(2021-07-01,06:00:00)(1234.5)(0.98)(13;15;16)(0x8104)(CRC Ok)   \r\n",
  "(4712)(13)\x7f(2021-07-01,06:17:23)(1234.6)(0.98)(16)(0x8203)(CRC Ok)   \r\n",
].join("");

test("rows of an archive are taken apart, in a block that is not the last", () => {
  const bytes = encodeBlock(rows, { more: true });
  const explanation = explainLis200(bytes);
  assertExplainsEveryByte(explanation, bytes);
  assert.equal(explanation.summary, "answer: 2 rows of an archive");
  const meanings = leaves(explanation.parts).map(({ meaning }) => meaning);
  for (const expected of [
    "global number of the row",
    "archive number of the row",
    "time, in the zone the meter keeps",
    "status: 13 (data transfer running), 15 (battery operation), 16 (summer time); names are the system status's",
    "event: end of a measuring period",
    "event: an extra entry, no interval value",
    "before the value: an address, or FF bytes of the device's memory",
    "check of the record in the device's memory",
    "EOT: more follows after an acknowledgement",
  ]) {
    assert.ok(meanings.includes(expected), `${expected} in ${meanings.join(" | ")}`);
  }
  assertSurvivesCuttingAndMutation(explainLis200, bytes);
});

test("every refusal tells what it means and what to do", () => {
  for (const { number, meaning, advice } of refusals) {
    const bytes = encodeBlock(`2:302.0(#${String(number).padStart(4, "0")})`);
    const explanation = explainLis200(bytes);
    assertExplainsEveryByte(explanation, bytes);
    const text = explanationText(explanation, bytes);
    assert.ok(text.includes(meaning) && text.includes(advice), text);
    assert.deepEqual((explanation.decoded as { data: unknown }).data, { refusal: number });
  }
});

test("headers, lock states, clocks and new values are told as what they are", () => {
  const told = (bytes: Uint8Array) => {
    const explanation = explainLis200(bytes);
    assertExplainsEveryByte(explanation, bytes);
    return explanationText(explanation, bytes);
  };
  assert.match(told(encodeBlock("3:170.0(1)")), /state of the lock: open = 1/);
  assert.match(told(encodeBlock("1:400.0(2021-03-01,06:00:00)")), /time, in the zone the meter keeps/);
  assert.match(told(encodeCommand("W1", "3:170.0(0)")), /new state: 0 closes the lock/);
  assert.match(told(encodeCommand("W1", "1:400.0(2021-03-01,06:00:00)")), /new value: 2021-03-01,06:00:00/);
  assert.match(told(encodeCommand("R1", "3:V.2(1;;;)")), /archive 3, headers of its columns/);
  assert.match(told(encodeCommand("R1", "3:V.A(3;;2021-03-01,06:00:00;)")), /number of rows/);
  assert.match(told(encodeCommand("R1", "1:1E0.3(1)")), /instance 1, object 1E0, unit text/);
  assert.match(told(encodeBlock("no value here")), /text without a value/);
});

test("a dialogue is explained message by message, wake-up and parity bits included", () => {
  const messages = [
    new Uint8Array(20),
    bytesFromHex("2F3F210D0A"),
    bytesFromHex("063036310D0A"),
    bytesFromHex("01523102323A3330322E302831290375"),
    bytesFromHex("02323A3330322E3028313233342E353637382A6D33290377"),
  ];
  const bytes = joinBytes(messages);
  const explanation = explainLis200(bytes);
  assertExplainsEveryByte(explanation, bytes);
  assert.equal(explanation.parts.length, messages.length);
  assert.match(explanation.summary, /wake-up.*; .*sign-on.*; R1: read of 2:302\.0; answer: value of 2:302\.0/i);
  const even = messages[3]!.map((byte) => (parity(byte) ? byte | 0x80 : byte));
  assert.match(explainLis200(even).summary, /^R1: read of 2:302\.0 \(bit 7 .*parity/);
});

function leaves(parts: readonly ExplainedPart[]): readonly ExplainedPart[] {
  return parts.flatMap((part) => (part.parts ? leaves(part.parts) : [part]));
}

function parity(byte: number): boolean {
  return byte.toString(2).replaceAll("0", "").length % 2 === 1;
}

test("values that only look like a status or a state of a lock are values", () => {
  for (const text of ["3:V.0(a;b)(2)\r\n", "3:170.0(x)", "3:100.0(77;99)", "3:100.0(;)"]) {
    const bytes = encodeBlock(text);
    assertExplainsEveryByte(explainLis200(bytes), bytes);
  }
});
