import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, encodeHdlcFrame, wrapperFrame } from "@anymeter/dlms-cosem";
import { mutate, Random } from "@anymeter/sans-io/testing";
import { bodyOf, logicalDeviceNameIn, onlyNameIn } from "./push-body.ts";
import { type PushMessage, PushStream } from "./push-stream.ts";
import { RefusedPush } from "./refused-push.ts";

const apdu = bytesFromHex("0F 00000001 00 06 00000007");
const hdlc = encodeHdlcFrame({
  ...{ destination: { logicalDevice: 103 }, source: { logicalDevice: 1, physicalDevice: 17 } },
  ...{ control: 0x13, segmented: false, information: Uint8Array.of(0xe6, 0xe7, 0x00, ...apdu) },
});
const name = Buffer.from("MMM0000000000001");

function messagesOf(bytes: Uint8Array, pieceSize = bytes.length): PushMessage[] {
  const stream = new PushStream(1_000);
  const messages: PushMessage[] = [];
  for (let at = 0; at < bytes.length; at += pieceSize) {
    stream.push(bytes.subarray(at, at + pieceSize));
    for (let message = stream.next(); message; message = stream.next()) messages.push(message);
  }
  return messages;
}

test("framings are told by their first byte, in pieces of any size, a line of text before either passed on", () => {
  const line = Buffer.from("/EGM5G35\r\n");
  for (const size of [1, 3, 1_000]) {
    for (const framed of [wrapperFrame(1, 103, apdu), hdlc]) {
      const [first, second] = messagesOf(Buffer.concat([line, framed, framed]), size);
      assert.ok(first?.kind === "heartbeat" && first.heartbeat.name === "EGM5G35" && first.heartbeat.optional);
      assert.ok(second?.kind === "apdu");
      assert.deepEqual([...second.apdu], [...apdu]);
      assert.equal(messagesOf(Buffer.concat([framed, framed]), size).length, 2);
    }
  }
});

test("a name in a wrapper frame is a heartbeat, and its answer has the ports swapped", () => {
  const [message] = messagesOf(wrapperFrame(1, 103, name));
  assert.ok(message?.kind === "heartbeat");
  assert.equal(message.heartbeat.name, "MMM0000000000001");
  assert.deepEqual([...message.bytes], [...wrapperFrame(103, 1, name)]);
});

test("the alarm of a DSMR meter has a name and four bytes", () => {
  const [message] = messagesOf(Buffer.from("E0026000011223344,\x00\x00\x00\x81", "latin1"));
  assert.ok(message?.kind === "heartbeat");
  assert.deepEqual([message.heartbeat.name, message.heartbeat.alarms], ["E0026000011223344", 0x81]);
});

test("what is no framing is refused, and what is too long as well", () => {
  for (const bytes of [Buffer.of(0x16, 0x03, 0x01), Buffer.from("a".repeat(70))]) {
    assert.throws(() => messagesOf(bytes), RefusedPush);
  }
  assert.throws(() => messagesOf(wrapperFrame(1, 103, new Uint8Array(1_001))), { code: "link_apdu_too_long" });
});

test("cut and changed streams give messages, wait or are refused", () => {
  const random = new Random(5);
  for (let count = 0; count < 500; count++) {
    const bytes = mutate(count % 2 === 0 ? hdlc : wrapperFrame(1, 103, apdu), random);
    try {
      messagesOf(bytes, 1 + (count % 5));
    } catch (error) {
      assert.ok(error instanceof RefusedPush || (error as { fault?: string }).fault === "damaged", String(error));
    }
  }
});

test("bodies are told apart: Kamstrup's pairs behind a text, Aidon's triples, a push setup's bare values, a lone name", () => {
  const octets = (hex: string) => ({ type: "octet-string" as const, value: bytesFromHex(hex) });
  const value = { type: "double-long-unsigned" as const, value: 1 };
  const scaler = {
    type: "structure" as const,
    value: [
      { type: "integer" as const, value: 0 },
      { type: "enum" as const, value: 27 },
    ],
  };
  const kamstrup = bodyOf({
    type: "structure",
    value: [
      { type: "visible-string", value: "Kamstrup_V0001" },
      octets("0101000005FF"),
      { type: "visible-string", value: "57" },
      octets("0101010700FF"),
      value,
    ],
  });
  assert.deepEqual(
    [kamstrup.shape, kamstrup.items.map(({ logicalName }) => logicalName)],
    ["named", ["1.1.0.0.5.255", "1.1.1.7.0.255"]],
  );
  const aidon = bodyOf({
    type: "array",
    value: [{ type: "structure", value: [octets("0100010700FF"), value, scaler] }],
  });
  assert.deepEqual(aidon.items[0]?.scalerUnit, { scaler: 0, unit: 27 });
  const bare = bodyOf({ type: "structure", value: [octets("0001190900FF"), value] });
  assert.deepEqual([bare.shape, bare.pushSetup], ["bare", "0.1.25.9.0.255"]);
  const lone = bodyOf({ type: "octet-string", value: name });
  assert.equal(onlyNameIn(lone), "MMM0000000000001");
  assert.equal(logicalDeviceNameIn(lone), undefined);
});
