import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "@anymeter/sans-io";
import fc from "@anymeter/sans-io/testing/properties";
import { messagesOfWord, parseStatus, severityOf, statusText, systemMessageName, wordOfMessages } from "./messages.ts";

test("messages 13, 15 and 16 are bits 12, 14 and 15: 1000 + 4000 + 8000 = D000", () => {
  assert.deepEqual(parseStatus("13;15;16"), [13, 15, 16]);
  assert.equal(wordOfMessages([13, 15, 16]), 0xd000);
  assert.deepEqual(messagesOfWord(0xd000), [13, 15, 16]);
});

test("no message is written 0 or not at all", () => {
  assert.deepEqual(parseStatus("0"), []);
  assert.deepEqual(parseStatus(" "), []);
  assert.equal(statusText([]), "0");
});

test("order and doubles say nothing", () => {
  assert.deepEqual(parseStatus("16; 9;16"), [9, 16]);
});

test("what is no list of messages is refused", () => {
  for (const text of ["17", "0;1", "x", "1;;2", "-1", "1,2", Array.from({ length: 17 }, () => "1").join(";")]) {
    assert.throws(
      () => parseStatus(text),
      (error) => error instanceof ProtocolError && error.code === "status_invalid",
      text,
    );
  }
});

test("every word is the messages it is made of", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff }), (word) => {
      const messages = messagesOfWord(word);
      assert.equal(wordOfMessages(messages), word);
      assert.deepEqual(parseStatus(statusText(messages)), messages);
    }),
  );
});

test("numbers tell how much a message matters, and the system's messages have names", () => {
  assert.deepEqual([2, 3, 8, 9, 14, 15].map(severityOf), [
    "alarm",
    "warning",
    "warning",
    "report",
    "report",
    "information",
  ]);
  assert.equal(systemMessageName(9), "battery low");
  assert.equal(systemMessageName(5), "message 5");
});
