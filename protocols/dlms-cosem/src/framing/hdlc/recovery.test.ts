import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex, joinBytes } from "@anymeter/sans-io";
import { Random } from "@anymeter/sans-io/testing";
import { capturedUa } from "../../testing/captured-frames.ts";
import {
  command,
  connect,
  eventsOf,
  frameFields,
  framesOf,
  noInformation,
  peer,
  response,
  sentKinds,
  settings,
  small,
  splitFrames,
} from "../../testing/hdlc.ts";
import type { Line } from "../../testing/line.ts";
import type { HdlcClientLink } from "./client-link.ts";
import { frameKind, receiveSequence, sendSequence } from "./control.ts";
import { encodeHdlcFrame } from "./frame.ts";

describe("HDLC recovery", () => {
  it("executes a request once and delivers its answer once, whichever single transmission is lost", () => {
    const parameters = { ...small, windowSend: 2, windowReceive: 2 };
    const apdus = [new Random(5).bytes(100), new Random(6).bytes(10)];
    const run = (lost: number | undefined): { line: Line; client: HdlcClientLink } => {
      const alter = (bytes: Uint8Array, _: unknown, number: number) => (number === lost ? undefined : bytes);
      const { client, line } = connect({ ...settings, parameters }, { alter });
      for (const [index, apdu] of apdus.entries()) {
        line.runWithTimeouts(() => client.state === "connected");
        client.send(apdu);
        line.runWithTimeouts(() => line.answers.length > index);
      }
      client.close();
      line.runWithTimeouts(() => client.state === "disconnected");
      return { line, client };
    };
    const complete = run(undefined).line.transmissions.length;
    assert(complete > 10);
    for (let lost = 0; lost < complete; lost++) {
      const { line } = run(lost);
      assert.deepEqual(line.requests, apdus, `lost ${lost}`);
      assert.deepEqual(line.answers, apdus, `lost ${lost}`);
    }
  });

  it("does so when any frame of a window is lost, damaged, or torn by noise", () => {
    const parameters = { ...small, windowSend: 5, windowReceive: 5 };
    const apdu = new Random(8).bytes(300);
    const damages: Record<string, (frame: Uint8Array) => Uint8Array> = {
      lost: () => noInformation,
      damaged: (frame) => frame.map((byte, at) => (at === 10 ? byte ^ 0x40 : byte)),
      torn: (frame) => joinBytes([frame.subarray(0, 12), bytesFromHex("7E A7 FF"), frame.subarray(12)]),
      "preceded by a false flag": (frame) => joinBytes([bytesFromHex("7E A1"), frame]),
    };
    for (const [name, damage] of Object.entries(damages)) {
      for (let target = 2; target < 30; target++) {
        let count = 0;
        const alter = (bytes: Uint8Array) =>
          joinBytes(splitFrames(bytes).map((frame) => (count++ === target ? damage(frame) : frame)));
        const { client, line } = connect({ ...settings, parameters }, { alter });
        client.send(apdu);
        line.runWithTimeouts(() => line.answers.length > 0);
        assert.deepEqual(line.requests, [apdu], `${name}: ${target}`);
        assert.deepEqual(line.answers, [apdu], `${name}: ${target}`);
      }
    }
  });

  it("survives a bad line: many APDUs, each once, in order", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed);
      const parameters = { ...small, windowSend: 1 + (seed % 7), windowReceive: 1 + (seed % 5) };
      const alter = (bytes: Uint8Array, _: unknown, number: number) => {
        if (number < 2) return bytes;
        const frames = splitFrames(bytes).map((frame) => {
          switch (random.word() % 20) {
            case 0:
              return noInformation;
            case 1:
              return joinBytes([frame, frame]);
            case 2:
              return frame.map((byte, at) => (at === 7 ? byte ^ 1 : byte));
            case 3:
              return joinBytes([random.bytes(20), frame]);
            default:
              return frame;
          }
        });
        return joinBytes(frames);
      };
      const { client, line } = connect({ ...settings, parameters, retries: 50 }, { alter });
      const apdus = Array.from({ length: 8 }, () => random.bytes(random.integer(1, 200)));
      for (const [index, apdu] of apdus.entries()) {
        client.send(apdu);
        line.runWithTimeouts(() => line.answers.length > index);
      }
      assert.deepEqual(line.requests, apdus, `seed ${seed}`);
      assert.deepEqual(line.answers, apdus, `seed ${seed}`);
    }
  });

  it("asks with RR after a time-out, and sends a lost request again under its old number", () => {
    const { client } = connect(settings);
    client.send(bytesFromHex("C3 01"));
    const [first] = framesOf(client.takeOutput());
    client.timedOut();
    const [poll] = framesOf(client.takeOutput());
    assert.equal(frameKind(poll!.control), "RR");
    client.receive(response(0x11));
    const [again] = framesOf(client.takeOutput());
    assert.deepEqual(again, first);
  });

  it("drops an answer that comes twice, without asking again", () => {
    const { client } = connect(settings);
    client.send(bytesFromHex("C0"));
    client.takeOutput();
    const answer = response(0x30, bytesFromHex("E6 E7 00 C4"));
    client.receive(answer);
    client.receive(answer);
    assert.equal(eventsOf(client).length, 1);
    assert.equal(client.takeOutput(), undefined);
    client.send(bytesFromHex("C0"));
    const [request] = framesOf(client.takeOutput());
    assert.deepEqual([sendSequence(request!.control), receiveSequence(request!.control)], [1, 1]);
    client.receive(answer);
    assert.equal(client.takeOutput(), undefined);
  });

  it("asks again for a frame lost before one that came, however long the answer took", () => {
    const { client } = connect({ ...settings, parameters: { windowSend: 3, windowReceive: 3 } });
    client.send(bytesFromHex("C0"));
    for (let poll = 0; poll < 10; poll++) client.receive(response(0x31));
    client.takeOutput();
    client.receive(response(0x32, bytesFromHex("01")));
    const [poll] = framesOf(client.takeOutput());
    assert.equal(frameKind(poll!.control), "RR");
    assert.equal(receiveSequence(poll!.control), 0);
  });

  it("acknowledges a full window whose last frame lacks the final bit", () => {
    const { client } = connect({ ...settings, parameters: { windowReceive: 2, windowSend: 2 } });
    client.send(bytesFromHex("C0"));
    client.takeOutput();
    client.receive(response(0x20, bytesFromHex("E6 E7 00 C4"), true));
    assert.equal(client.takeOutput(), undefined);
    client.receive(response(0x22, bytesFromHex("01"), true));
    assert.deepEqual(sentKinds(client), ["RR"]);
    client.receive(response(0x34, bytesFromHex("02")));
    assert.deepEqual(eventsOf(client), [{ type: "apdu", apdu: bytesFromHex("C4 01 02"), peer }]);
  });

  it("finds a whole frame behind a false flag when the line falls silent", () => {
    const { client } = connect(settings);
    client.send(bytesFromHex("C0"));
    client.takeOutput();
    // A header whose HCS is right promises 500 bytes that never come.
    const promise = encodeHdlcFrame({ ...frameFields(settings), control: 0x30, information: new Uint8Array(500) });
    client.receive(promise.subarray(0, 9));
    client.receive(response(0x30, bytesFromHex("E6 E7 00 C4")));
    assert.equal(client.nextEvent(), undefined);
    assert.equal(client.timedOut(), "retried");
    assert.deepEqual(eventsOf(client), [{ type: "apdu", apdu: bytesFromHex("C4"), peer }]);
    assert.equal(client.takeOutput(), undefined);
  });

  it("takes any bytes without a throw", () => {
    const random = new Random(99);
    const { client, server } = connect({ ...settings, parameters: small });
    const frames = [
      capturedUa,
      response(0x30, bytesFromHex("E6 E7 00 C4")),
      command(0x93),
      command(0x10, bytesFromHex("E6E600C0")),
    ];
    for (let count = 0; count < 3000; count++) {
      // Valid check sequences around wild control fields and information.
      const wild = encodeHdlcFrame({
        ...frameFields(settings),
        control: random.word() & 0xff,
        segmented: random.boolean(),
        information: random.bytes(random.integer(0, 40)),
      });
      const bytes = random.pick([...frames, wild, random.bytes(random.integer(0, 60))]).slice();
      if (random.boolean() && bytes.length > 0)
        bytes[random.integer(0, bytes.length - 1)]! ^= 1 << random.integer(0, 7);
      for (const link of [client, server]) {
        if (link === client && link.state === "disconnected") link.open();
        link.receive(bytes);
        if (random.word() % 50 === 0) link.timedOut();
        link.takeOutput();
        eventsOf(link);
      }
    }
  });
});
