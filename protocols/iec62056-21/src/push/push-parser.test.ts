import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, joinBytes } from "@anymeter/sans-io";
import { Random } from "@anymeter/sans-io/testing";
import { encodeBlock } from "../message/block.ts";
import { withEvenParity } from "../parity.ts";
import { ClientSession } from "../session/client-session.ts";
import { outcomes } from "../testing/memory-line.ts";
import { bytesOfPrint, cipheredSmarty, dsmr2, dsmr5, emh } from "../testing/vectors.ts";
import { PushParser, type PushParserOptions, pushLimit } from "./push-parser.ts";

const text = (words: string) => new TextEncoder().encode(words);
const smarty = bytesFromHex(cipheredSmarty.telegram);
const key = bytesFromHex(cipheredSmarty.key);
const authenticationKey = bytesFromHex(cipheredSmarty.authenticationKey);
const modeD = text("/ANY9Example\r\n\r\n1.8.0(000123.4*kWh)\r\n2.8.0(000000.1*kWh)\r\n!\r\n");

/** "form, check, number of data sets" of each readout, or the code of its error. */
function parse(bytes: Uint8Array, chunk = bytes.length, options: PushParserOptions = {}): string[] {
  const parser = new PushParser(options);
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += chunk) {
    parser.push(bytes.subarray(at, at + chunk));
    for (let pushed = parser.next(); pushed; pushed = parser.next()) {
      if ("error" in pushed) found.push(pushed.error.code);
      else found.push(`${pushed.readout.form}, ${pushed.readout.checked}, ${pushed.readout.dataSets.length}`);
    }
  }
  return found;
}

for (const [name, bytes, expected] of [
  ["DSMR 5", text(dsmr5), "p1, checksum, 37"],
  ["DSMR 2.2", text(dsmr2), "p1, nothing, 8"],
  ["mode D, whose baud character is none", modeD, "mode-d, nothing, 2"],
  ["mode D of 7E1 characters", withEvenParity(modeD), "mode-d, nothing, 2"],
  ["DSMR 5 of 7E1 characters", withEvenParity(text(dsmr5)), "p1, checksum, 37"],
  [
    "a framed readout on a P1 port",
    joinBytes([text("/ANY5x\r\n"), encodeBlock("1.8.0(1)\r\n!\r\n")]),
    "framed, block check, 1",
  ],
  ["a framed readout alone", bytesOfPrint(emh.readout), "framed, block check, 18"],
] as const) {
  for (const chunk of [1, 7, bytes.length]) {
    test(`${name} in pieces of ${chunk}, three times over`, () => {
      assert.deepEqual(parse(joinBytes([bytes, bytes, bytes]), chunk), [expected, expected, expected]);
    });
  }
}

test("a ciphered telegram opens with its keys, in pieces or whole", () => {
  for (const chunk of [1, 50, smarty.length]) {
    assert.deepEqual(parse(joinBytes([smarty, smarty]), chunk, { keys: { key, authenticationKey } }), [
      "ciphered-p1, tag, 28",
      "ciphered-p1, tag, 28",
    ]);
  }
});

test("a ciphered telegram without its tag checked needs the checksum inside", () => {
  assert.deepEqual(parse(smarty, smarty.length, { keys: { key } }), ["ciphered-p1, checksum, 28"]);
  const wrong = key.with(0, 0);
  assert.deepEqual(parse(smarty, smarty.length, { keys: { key: wrong } }), ["authentication_failed"]);
  assert.deepEqual(parse(smarty, smarty.length, { keys: { key: wrong, authenticationKey } }), [
    "authentication_failed",
  ]);
  assert.deepEqual(parse(smarty, smarty.length, { keys: { key, authentication: "empty" } }), ["authentication_failed"]);
  assert.deepEqual(parse(smarty, smarty.length), ["key_missing"]);
});

test("who begins to listen in the middle gets the next whole one", () => {
  const telegram = text(dsmr5);
  for (const from of [1, 17, 300, telegram.length - 3]) {
    assert.deepEqual(parse(joinBytes([telegram.subarray(from), telegram])), ["p1, checksum, 37"], `from ${from}`);
  }
  const unit = text("6.00*Imp/kWh)\r\n1.8.0(1)\r\n!\r\n");
  assert.deepEqual(parse(joinBytes([unit, modeD])), ["message_invalid", "mode-d, nothing, 2"]);
});

test("a damaged telegram is told of, and the next is right", () => {
  const telegram = text(dsmr5);
  const damaged = telegram.with(200, telegram[200]! ^ 1);
  assert.deepEqual(parse(joinBytes([damaged, telegram])), ["message_checksum_wrong", "p1, checksum, 37"]);
});

test("a port that speaks HDLC is told by its first byte", () => {
  assert.deepEqual(parse(bytesFromHex("7EA0870002002303739A")), ["pushes_hdlc"]);
});

test("what never ends is given up at its limit", () => {
  const endless = text(`/ANY5x\r\n${"1.8.0(1)\r\n".repeat(pushLimit / 5)}`);
  assert.deepEqual(parse(joinBytes([endless, modeD]), 4096).slice(0, 1), ["message_too_long"]);
  assert.deepEqual(parse(bytesFromHex("DB08000000000000000084")), ["message_invalid"]);
});

test("any bytes give readouts or typed errors", () => {
  const random = new Random(3);
  const pieces = [text(dsmr5), modeD, smarty, bytesOfPrint(emh.readout)];
  for (let round = 0; round < 200; round++) {
    const stream = joinBytes(
      random.list(4, () => {
        const piece = random.pick(pieces);
        return piece.with(random.integer(0, piece.length - 1), random.word() & 0xff);
      }),
    );
    assert.doesNotThrow(() => parse(stream, random.integer(1, 100), { keys: { key } }));
  }
});

test("a client waits for the next push, and says when none comes", () => {
  const client = new ClientSession();
  client.readPushed();
  client.readPushed({ patience: 11_000 });
  client.receive(text(dsmr5.slice(400)));
  client.receive(text(dsmr5));
  assert.deepEqual((outcomes([client.nextEvent()!])[0] as { form: string }).form, "p1");
  assert.equal(client.patience, 11_000);
  client.timedOut();
  assert.deepEqual(outcomes([client.nextEvent()!]), ["no_answer"]);
});

test("line ends without end take no more time each than the first", () => {
  const parser = new PushParser();
  parser.push(text("/"));
  const started = performance.now();
  for (let count = 0; count < pushLimit - 1; count++) {
    parser.push(Uint8Array.of(0x0a));
    assert.equal(parser.next(), undefined);
  }
  assert.ok(performance.now() - started < 1000);
  parser.push(Uint8Array.of(0x0a));
  const pushed = parser.next();
  assert.ok(pushed && "error" in pushed && pushed.error.code === "message_too_long");
});
