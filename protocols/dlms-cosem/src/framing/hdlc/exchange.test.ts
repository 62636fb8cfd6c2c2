import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import { Random } from "@anymeter/sans-io/testing";
import { connect, failureOf, framesOf, kindsIn, response, sentKinds, settings, small } from "../../testing/hdlc.ts";
import { createHdlcClientLink } from "./client-link.ts";
import { frameKind } from "./control.ts";

describe("HDLC exchange", () => {
  const windows = [
    { ...small, windowSend: 1, windowReceive: 1 },
    { ...small, windowSend: 3, windowReceive: 1 },
    { ...small, windowSend: 7, windowReceive: 7 },
    { maximumInformationSend: 2030, maximumInformationReceive: 128, windowSend: 2, windowReceive: 5 },
  ];
  for (const parameters of windows) {
    const { maximumInformationSend, windowSend, windowReceive } = parameters;
    it(`carries APDUs of every length in ${maximumInformationSend} bytes, windows ${windowSend} and ${windowReceive}`, () => {
      const { client, line } = connect({ ...settings, parameters });
      const random = new Random(7);
      const lengths = [1, 28, 29, 30, 31, 32, 60, 61, 62, 125, 126, 253, 1000, 2027, 2028, 5000];
      const apdus = lengths.map((length) => random.bytes(length));
      for (const apdu of apdus) {
        client.send(apdu);
        line.run();
      }
      assert.deepEqual(line.requests, apdus);
      assert.deepEqual(line.answers, apdus);
    });
  }

  it("puts the LLC header in the first segment alone", () => {
    const { client, line } = connect({ ...settings, parameters: small });
    client.send(new Uint8Array(70).fill(0xaa));
    line.run();
    const information = line.transmissions.flatMap(({ direction, bytes }) =>
      direction === "to-server" ? framesOf(bytes).filter(({ control }) => frameKind(control) === "I") : [],
    );
    assert.deepEqual(
      information.map((frame) => [frame.segmented, frame.information.length, frame.information[0]]),
      [
        [true, 32, 0xe6],
        [true, 32, 0xaa],
        [false, 9, 0xaa],
      ],
    );
  });

  it("acknowledges once per window, by the poll bit of its last frame", () => {
    const parameters = { ...small, windowSend: 7, windowReceive: 7 };
    const { client, line } = connect({ ...settings, parameters });
    const before = line.transmissions.length;
    // 32 · 10 − 3: ten segments each way, so two windows.
    client.send(new Uint8Array(317));
    line.run();
    const exchanged = line.transmissions.slice(before).map(({ bytes }) => kindsIn(bytes).join(" "));
    assert.deepEqual(exchanged, ["I I I I I I I", "RR", "I I I", "I I I I I I I", "RR", "I I I"]);
  });

  it("comes to the same when every byte comes alone", () => {
    const { client, line } = connect({ ...settings, parameters: { ...small, windowSend: 3 } }, { pieceLength: 1 });
    const apdu = new Random(3).bytes(500);
    client.send(apdu);
    line.run();
    assert.deepEqual(line.answers, [apdu]);
  });

  it("polls a few times at once while the answer is not ready, then waits for its timer", () => {
    const { client, line, server } = connect(settings, { answer: () => undefined });
    client.send(bytesFromHex("C0 01"));
    line.run();
    assert.deepEqual(line.requests.length, 1);
    const quiet = line.transmissions.length;
    assert.equal(client.timedOut(), "retried");
    line.run();
    const polls = line.transmissions.slice(quiet).map(({ bytes }) => kindsIn(bytes).join());
    assert.deepEqual(polls, ["RR", "RR", "RR", "RR", "RR", "RR", "RR", "RR"]);
    server.send(bytesFromHex("C4 01"));
    line.run();
    assert.deepEqual(line.answers, []);
    client.timedOut();
    line.run();
    assert.deepEqual(line.answers, [bytesFromHex("C4 01")]);
  });

  it("lets a side that waits for more hand its turn over", () => {
    const { client, line, server } = connect(settings, { answer: () => undefined });
    client.send(bytesFromHex("E0 40"));
    server.receive(client.takeOutput()!);
    assert.equal(server.takeOutput(), undefined);
    server.yieldTurn();
    assert.deepEqual(sentKinds(server), ["RR"]);
    server.yieldTurn();
    assert.equal(server.takeOutput(), undefined);
    client.receive(response(0x31));
    line.run();
    assert.equal(line.requests.length, 1);
  });

  it("gives up a server that acknowledges for ever and never answers", () => {
    const { client, line } = connect({ ...settings, retries: 2 }, { answer: () => undefined });
    client.send(bytesFromHex("C0 01"));
    line.runWithTimeouts(() => false);
    assert.equal(failureOf(line.clientEvents)?.code, "link_no_answer");
    assert.equal(line.requests.length, 1);
  });

  it("waits while the server is busy, and goes on where it was", () => {
    const { client, line, server } = connect({ ...settings, parameters: small });
    server.busy = true;
    const apdu = new Random(4).bytes(100);
    client.send(apdu);
    line.run();
    for (let poll = 0; poll < 10; poll++) {
      assert.equal(client.timedOut(), "retried");
      line.run();
    }
    assert.deepEqual(kindsIn(line.transmissions.at(-1)!.bytes), ["RNR"]);
    server.busy = false;
    client.timedOut();
    line.run();
    assert.deepEqual(line.answers, [apdu]);
    assert.deepEqual(line.requests, [apdu]);
  });

  it("counts its patience anew after progress, and in each state", () => {
    const { client, line, server } = connect({ ...settings, retries: 2 });
    for (let request = 0; request < 3; request++) {
      server.busy = true;
      client.send(bytesFromHex("C0"));
      line.run();
      for (let poll = 0; poll < 40; poll++) {
        assert.equal(client.timedOut(), "retried");
        line.run();
      }
      server.busy = false;
      client.timedOut();
      line.run();
      assert.equal(line.answers.length, request + 1);
    }
    const slow = createHdlcClientLink({ ...settings, retries: 2 });
    slow.open();
    assert.deepEqual([slow.timedOut(), slow.timedOut()], ["retried", "retried"]);
    slow.receive(response(0x73));
    slow.send(bytesFromHex("C0"));
    assert.deepEqual([slow.timedOut(), slow.timedOut(), slow.timedOut()], ["retried", "retried", "failed"]);
  });

  it("gives up a server that is busy for ever", () => {
    const { client, line, server } = connect(settings);
    server.busy = true;
    client.send(bytesFromHex("C0"));
    let polls = 0;
    line.runWithTimeouts(() => polls++ > 100);
    assert.equal(failureOf(line.clientEvents)?.code, "link_no_answer");
    assert(polls > 50 && polls < 70, `${polls} polls`);
  });

  it("reports the end when the server has lost the connection", () => {
    const { client, line, server } = connect(settings);
    server.timedOut();
    client.send(bytesFromHex("C0"));
    line.run();
    assert.deepEqual(line.clientEvents.at(-1), { type: "disconnected", why: "peer" });
  });
});
