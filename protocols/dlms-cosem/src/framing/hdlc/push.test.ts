import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex, hexFromBytes, joinBytes } from "@anymeter/sans-io";
import {
  capturedAidonPush,
  capturedKaifaPushes,
  capturedSegmentedPush,
  capturedSnrm,
} from "../../testing/captured-frames.ts";
import { encodeHdlcFrame } from "./frame.ts";
import { type HdlcPush, HdlcPushReceiver, maximumPushSenders } from "./push.ts";

describe("HDLC push receiver", () => {
  it("joins the three segments of a real push", () => {
    const [push, ...more] = receive(capturedSegmentedPush);
    assert.equal(more.length, 0);
    assert.deepEqual(push?.source, { logicalDevice: 1, physicalDevice: 17, length: 2 });
    // Three segments of 154, 154 and 35 bytes, less the LLC header.
    assert.equal(push?.apdu.length, 154 + 154 + 35 - 3);
    assert.match(hexFromBytes(push.apdu), /^0F0004022C0C07E50B02/);
    // Across the joint of the first two segments: 1-0:32.7.0, 233.6 V.
    assert.match(hexFromBytes(push.apdu), /09060100200700FF12092002020FFF1623/);
  });

  it("takes pushes in I-frames, from any sender to any address", () => {
    const pushes = receive(joinBytes([capturedKaifaPushes, capturedSnrm, capturedAidonPush]));
    assert.deepEqual(
      pushes.map(({ source, destination }) => [source.logicalDevice, source.physicalDevice, destination.logicalDevice]),
      [
        [1, 0, 0],
        [1, 0, 0],
        [4, 65, 32],
      ],
    );
  });

  it("keeps the segments of different senders apart", () => {
    const first = [segment(1, "E6E700 0F01", true), segment(1, "02", false)] as const;
    const second = [segment(2, "E6E700 0F03", true), segment(2, "04", false)] as const;
    const pushes = receive(joinBytes([first[0], second[0], first[1], second[1]]));
    assert.deepEqual(
      pushes.map(({ apdu }) => hexFromBytes(apdu)),
      ["0F0102", "0F0304"],
    );
  });

  it("passes over what cannot be joined and goes on", () => {
    const good = segment(1, "E6E700 0F", false);
    assert.equal(receive(joinBytes([segment(1, "0F00", false), good])).length, 1);
    const endless = Array.from({ length: 40 }, () => segment(3, `E6E700${"00".repeat(100)}`, true));
    assert.equal(receive(joinBytes([...endless, good]), 1000).length, 1);
  });

  it("gives up a sender of segments without end that hold nothing", () => {
    const endless = Array.from({ length: 1001 }, () => segment(3, "", true));
    const pushes = receive(
      joinBytes([segment(3, "E6E700 0F", true), ...endless, segment(3, "E6E700 0E", false)]),
      1000,
    );
    assert.deepEqual(
      pushes.map(({ apdu }) => hexFromBytes(apdu)),
      ["0E"],
    );
  });

  it("gives up the oldest unfinished sender when there are too many", () => {
    const begun = Array.from({ length: maximumPushSenders + 1 }, (_, index) => segment(index + 1, "E6E700 0F", true));
    const ended = [segment(2, "02", false), segment(1, "01", false)];
    const pushes = receive(joinBytes([...begun, ...ended]));
    assert.deepEqual(
      pushes.map(({ source }) => source.logicalDevice),
      [2],
    );
  });
});

function receive(bytes: Uint8Array, maximumApduLength?: number): HdlcPush[] {
  const receiver = new HdlcPushReceiver(maximumApduLength);
  receiver.push(bytes);
  const pushes: HdlcPush[] = [];
  for (let push = receiver.next(); push !== undefined; push = receiver.next()) pushes.push(push);
  return pushes;
}

function segment(sender: number, hex: string, segmented: boolean): Uint8Array {
  const source = { logicalDevice: sender, physicalDevice: 17 };
  const destination = { logicalDevice: 103 };
  return encodeHdlcFrame({ source, destination, control: 0x03, segmented, information: bytesFromHex(hex) });
}
