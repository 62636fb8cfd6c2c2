import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes, ProtocolError } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import fc from "@anymeter/sans-io/testing/properties";
import { withEvenParity } from "../parity.ts";
import { bytesOfPrint, emh } from "../testing/vectors.ts";
import { encodeBlock } from "./block.ts";
import { encodeCommand } from "./command.ts";
import { encodeIdentification, type Identification, protocolMode, reactionTime } from "./identification.ts";
import { decodeMessage, MessageParser, type Received } from "./message-parser.ts";
import { encodeOptionSelect } from "./option-select.ts";
import { encodeRequest } from "./request.ts";

/** The example exchange with a LIS-200 converter, computed by hand with the rule "exclusive or of all after the first". */
const computed = [
  ["W1", "3:171.0(12345678)", "01 57 31 02 33 3A 31 37 31 2E 30 28 31 32 33 34 35 36 37 38 29 03 4E"],
  ["R1", "2:302.0(1)", "01 52 31 02 32 3A 33 30 32 2E 30 28 31 29 03 75"],
  // Its check character is 00: a message is no string that ends at the first NUL.
  [
    "R3",
    "3:V.0(3;2021-03-01,06:00:00;;10)",
    "01 52 33 02 33 3A 56 2E 30 28 33 3B 32 30 32 31 2D 30 33 2D 30 31 2C 30 36 3A 30 30 3A 30 30 3B 3B 31 30 29 03 00",
  ],
  ["B0", undefined, "01 42 30 03 71"],
] as const;

test("commands are the bytes computed by hand, both ways", () => {
  for (const [command, data, hex] of computed) {
    assert.equal(hexFromBytes(encodeCommand(command, data)), hex.replaceAll(" ", ""));
    assert.deepEqual(decodeMessage(bytesFromHex(hex)), { type: "command", command, data, more: false });
  }
});

test("messages printed in a maker's manual decode and encode to themselves", () => {
  for (const print of Object.values(emh)) {
    const bytes = bytesOfPrint(print);
    const message = decodeMessage(bytes);
    assert.deepEqual(encoded(message), bytes, print);
    assert.deepEqual(decodeMessage(withEvenParity(bytes)), message, "bit 7 is not part of the message");
  }
});

test("the protocol mode follows from the baud character and the escapes", () => {
  const modes = [
    ["0", [], "C"],
    ["6", ["@"], "C"],
    ["5", ["2"], "E"],
    ["A", [], "B"],
    ["F", ["2"], "B"],
    ["9", [], "A"],
    ["?", ["2"], "A"],
  ] as const;
  for (const [baudCharacter, escapes, mode] of modes) assert.equal(protocolMode({ baudCharacter, escapes }), mode);
  assert.deepEqual([reactionTime({ manufacturer: "LGz" }), reactionTime({ manufacturer: "LGZ" })], [20, 200]);
});

test("an identification with several escapes and an empty model is taken apart", () => {
  for (const [print, escapes, model] of [
    ["/ABC5\\2\\@Model\\x<CR><LF>", ["2", "@"], "Model\\x"],
    ["/ABC5<CR><LF>", [], ""],
  ] as const) {
    const message = decodeMessage(bytesOfPrint(print)) as Identification;
    assert.deepEqual([message.escapes, message.model], [escapes, model]);
  }
});

test("what cannot be sent is refused before it is", () => {
  for (const make of [
    () => encodeCommand("R55", "1"),
    () => encodeCommand("R5", "1.8.0(\x03)"),
    () => encodeCommand("P1", "(ä)"),
    () => encodeBlock("\x04"),
    () => encodeRequest("1!"),
    () => encodeRequest("1".repeat(33)),
    () => encodeOptionSelect({ protocol: "0", baudCharacter: "10", mode: "0" }),
  ]) {
    assert.throws(make, { code: "value_invalid" });
  }
});

test("cut and changed messages end in typed errors", () => {
  for (const print of Object.values(emh)) {
    // A lone ACK is a message.
    const wholePrefixes = print.startsWith("<ACK>") ? [1] : [];
    assertSurvivesCuttingAndMutation(decodeMessage, bytesOfPrint(print), { wholePrefixes });
  }
});

const dataText = fc.string({
  unit: fc.constantFrom(..."0123456789ABCabc.:*()-\r\n !/&#é".slice(0, -1)),
  maxLength: 60,
});

test("any text comes back from a block and a command, however the stream is cut", () => {
  fc.assert(
    fc.property(dataText, fc.boolean(), fc.integer({ min: 1, max: 9 }), fc.boolean(), (text, more, chunk, parity) => {
      const messages = [encodeBlock(text, { more }), encodeCommand("W2", text, { more })];
      const stream = messages.flatMap((bytes) => [0, 0x41, ...(parity ? withEvenParity(bytes) : bytes)]);
      assert.deepEqual(parse(Uint8Array.from(stream), chunk), [
        { type: "block", text, more },
        { type: "command", command: "W2", data: text, more },
      ]);
    }),
  );
});

test("a stream of any bytes is cut into messages and damaged ones, and never grows without end", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (bytes, chunk) => {
      for (const received of parse(bytes, chunk)) {
        if (received.type === "damaged") assert.ok(received.error instanceof ProtocolError);
      }
    }),
  );
  const parser = new MessageParser({ messageLimit: 1000 });
  let tooLong = 0;
  for (let sent = 0; sent < 100; sent++) {
    parser.push(new Uint8Array(100).fill(0x02));
    const received = parser.next();
    if (received?.type === "damaged" && received.error.code === "message_too_long") tooLong++;
    assert.ok(parser.pending <= 1100);
  }
  assert.ok(tooLong > 5);
});

test("a megabyte in single bytes is cut in one pass", () => {
  const block = encodeBlock("1.8.0(000001.23*kWh)\r\n".repeat(48_000));
  assert.ok(block.length > 1_000_000);
  const start = performance.now();
  const [received] = parse(block, 1);
  assert.equal(received?.type, "block");
  assert.ok(performance.now() - start < 3000, "looking for the end goes on where it stopped");
});

function parse(bytes: Uint8Array, chunk: number): Received[] {
  const parser = new MessageParser();
  const found: Received[] = [];
  for (let at = 0; at < bytes.length; at += chunk) {
    parser.push(bytes.subarray(at, at + chunk));
    for (let received = parser.next(); received; received = parser.next()) found.push(received);
  }
  return found;
}

function encoded(message: ReturnType<typeof decodeMessage>): Uint8Array {
  switch (message.type) {
    case "request":
      return encodeRequest(message.address);
    case "identification":
      return encodeIdentification(message);
    case "option-select":
      return encodeOptionSelect(message);
    case "command":
      return encodeCommand(message.command, message.data, message);
    case "block":
      return encodeBlock(message.text, message);
    default:
      return Uint8Array.of(message.type === "acknowledge" ? 0x06 : 0x15);
  }
}
