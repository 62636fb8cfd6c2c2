import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex } from "../../bytes/hex.ts";
import { joinBytes } from "../../bytes/join.ts";
import { DlmsError } from "../../errors.ts";
import { Line, type LineSettings } from "../../testing/line.ts";
import { Random } from "../../testing/random.ts";
import type { HdlcLinkSettings, LinkEvent } from "../link.ts";
import { capturedSnrm, capturedUa } from "./captured-frames.ts";
import { createHdlcClientLink, type HdlcClientLink } from "./client-link.ts";
import { frameKind, receiveSequence, sendSequence } from "./control.ts";
import { encodeHdlcFrame, type HdlcFrame } from "./frame.ts";
import { HdlcParser } from "./parser.ts";
import { createHdlcServerLink, type HdlcServerLink } from "./server-link.ts";

const settings: HdlcLinkSettings = {
  framing: "hdlc",
  client: 16,
  server: { logicalDevice: 1, physicalDevice: 17, length: 2 },
};
const peer = { client: 16, server: 1 };
const small = { maximumInformationSend: 32, maximumInformationReceive: 32 };
const noInformation = new Uint8Array(0);

describe("HDLC connection", () => {
  it("says the bytes real stations say", () => {
    const short: HdlcLinkSettings = { framing: "hdlc", client: 16, server: { logicalDevice: 1 } };
    const { line } = connect(short);
    assert.deepEqual(line.transmissions[0]?.bytes, capturedSnrm);
    assert.deepEqual(line.transmissions[1]?.bytes, capturedUa);
  });

  it("negotiates both directions from the sender's view", () => {
    const offered = { maximumInformationSend: 500, maximumInformationReceive: 2030, windowSend: 1, windowReceive: 3 };
    const client = createHdlcClientLink({ ...settings, parameters: offered });
    const limits = { maximumInformationSend: 600, maximumInformationReceive: 64, windowSend: 7, windowReceive: 7 };
    const server = createHdlcServerLink({ ...settings, parameters: limits });
    const line = new Line(client, server);
    client.open();
    line.run();
    const seenByClient = {
      maximumInformationSend: 64,
      maximumInformationReceive: 600,
      windowSend: 1,
      windowReceive: 3,
    };
    assert.deepEqual(line.clientEvents, [{ type: "connected", peer, parameters: seenByClient }]);
    const seenByServer = {
      maximumInformationSend: 600,
      maximumInformationReceive: 64,
      windowSend: 3,
      windowReceive: 1,
    };
    assert.deepEqual(line.serverEvents, [{ type: "connected", peer, parameters: seenByServer }]);
  });

  it("takes an empty UA as the defaults, whatever was offered", () => {
    const parameters = { maximumInformationSend: 500, maximumInformationReceive: 500, windowSend: 7, windowReceive: 7 };
    const { line, client } = connect({ ...settings, parameters, emptyUa: true });
    const defaults = { maximumInformationSend: 128, maximumInformationReceive: 128, windowSend: 1, windowReceive: 1 };
    assert.deepEqual(line.clientEvents, [{ type: "connected", peer, parameters: defaults }]);
    assert.deepEqual(line.serverEvents, [{ type: "connected", peer, parameters: defaults }]);
    client.send(new Random(1).bytes(1000));
    line.run();
    assert.equal(line.answers[0]?.length, 1000);
  });

  it("reaches a device whose own address is unknown, and uses the one it answers from", () => {
    const calling = { ...settings, server: { logicalDevice: 1, physicalDevice: 0x3ffe } };
    const client = createHdlcClientLink(calling);
    const server = createHdlcServerLink({ ...settings, server: { logicalDevice: 1, physicalDevice: 17 } });
    const line = new Line(client, server);
    client.open();
    line.run();
    client.send(bytesFromHex("C0"));
    line.run();
    assert.deepEqual(line.answers, [bytesFromHex("C0")]);
    const [request] = framesOf(line.transmissions.at(-2)!.bytes);
    assert.deepEqual(request?.destination, { logicalDevice: 1, physicalDevice: 17, length: 4 });
  });

  it("says nothing to another address, or of another length when it keeps to one", () => {
    for (const server of [
      { logicalDevice: 2, physicalDevice: 17 },
      { logicalDevice: 1, physicalDevice: 18 },
      { logicalDevice: 1, physicalDevice: 17, length: 4 },
    ] as const) {
      const client = createHdlcClientLink({ ...settings, server, retries: 1 });
      const line = new Line(client, createHdlcServerLink(settings));
      client.open();
      line.runWithTimeouts(() => false);
      assert.equal(failureOf(line.clientEvents)?.code, "link_no_answer");
      assert.equal(line.transmissions.length, 2);
    }
  });

  it("serves several logical devices of one physical device", () => {
    const server = createHdlcServerLink({ ...settings, logicalDevices: [1, 16] });
    const client = createHdlcClientLink({ ...settings, server: { logicalDevice: 16, physicalDevice: 17 } });
    const line = new Line(client, server);
    client.open();
    line.run();
    assert.deepEqual(line.serverEvents[0]?.type === "connected" && line.serverEvents[0].peer, {
      client: 16,
      server: 16,
    });
  });

  it("clears what an earlier session left behind when told to", () => {
    const { line } = connect({ ...settings, clearBeforeConnecting: true });
    assert.deepEqual(kindsOf(line), ["DISC", "DM", "SNRM", "UA"]);
    const silent = createHdlcClientLink({ ...settings, clearBeforeConnecting: true });
    silent.open();
    assert.deepEqual(sentKinds(silent), ["DISC"]);
    assert.equal(silent.timedOut(), "retried");
    assert.deepEqual(sentKinds(silent), ["SNRM"]);
    assert.equal(silent.timedOut(), "retried");
    assert.deepEqual(sentKinds(silent), ["SNRM"]);
  });

  it("repeats SNRM as often as set, then says that nobody answers", () => {
    const client = createHdlcClientLink({ ...settings, retries: 2 });
    client.open();
    assert.equal(client.timedOut(), "retried");
    assert.equal(client.timedOut(), "retried");
    assert.equal(client.timedOut(), "failed");
    assert.equal(framesOf(client.takeOutput()).length, 3);
    const event = client.nextEvent();
    assert(event?.type === "disconnected");
    assert.equal(event.why, "timeout");
    assert.match(event.error?.message ?? "", /server 1\/17 to client 16 after 3 attempts/);
    assert.equal(client.timedOut(), "failed");
  });

  it("says that the server refuses when it answers DM", () => {
    const client = createHdlcClientLink(settings);
    client.open();
    client.receive(response(0x1f));
    assert.equal(failureOf(eventsOf(client))?.code, "hdlc_refused");
  });

  it("refuses a UA whose parameters make no sense, and disconnects", () => {
    const client = createHdlcClientLink(settings);
    client.open();
    client.takeOutput();
    client.receive(response(0x73, bytesFromHex("81 80 03 05 01 00")));
    assert.deepEqual(sentKinds(client), ["DISC"]);
    client.receive(response(0x73));
    assert.equal(failureOf(eventsOf(client))?.code, "hdlc_parameter_invalid");
  });

  it("names the swapped settings when the UA comes the wrong way round", () => {
    const client = createHdlcClientLink(settings);
    client.open();
    const ua = { destination: settings.server, source: { logicalDevice: 16 }, control: 0x73, segmented: false };
    client.receive(encodeHdlcFrame({ ...ua, information: noInformation }));
    const error = failureOf(eventsOf(client));
    assert.equal(error?.code, "link_addresses_swapped");
    assert.match(error.message, /client and the server address are swapped/);
    assert.throws(() => createHdlcClientLink({ ...settings, client: 300 }), {
      code: "hdlc_address_invalid",
      message: /swapped/,
    });
  });

  it("tells of frames between other addresses when nothing else comes", () => {
    const client = createHdlcClientLink({ ...settings, retries: 0 });
    client.open();
    client.receive(
      encodeHdlcFrame({
        ...frameFields(settings),
        source: { logicalDevice: 2 },
        control: 0x73,
        information: noInformation,
      }),
    );
    assert.equal(client.timedOut(), "failed");
    const error = failureOf(eventsOf(client));
    assert.equal(error?.code, "link_address_unexpected");
    assert.match(error.message, /2 to 16/);
  });

  it("refuses settings that make no sense", () => {
    const wrong: Partial<HdlcLinkSettings>[] = [
      { retries: -1 },
      { retries: 1.5 },
      { client: 0 },
      { client: 128 },
      { server: { logicalDevice: 1, length: 4 } },
      { parameters: { windowSend: 8 } },
    ];
    for (const part of wrong) assert.throws(() => createHdlcClientLink({ ...settings, ...part }), DlmsError);
  });

  it("ends by DISC, and gives up waiting for its answer", () => {
    const { client, line } = connect(settings);
    client.close();
    assert.throws(() => client.send(noInformation), { code: "link_not_open" });
    line.run();
    assert.deepEqual(line.clientEvents.at(-1), { type: "disconnected", why: "requested" });
    assert.deepEqual(line.serverEvents.at(-1), { type: "disconnected", why: "peer" });

    const lonely = connect({ ...settings, retries: 1 }).client;
    lonely.close();
    assert.equal(lonely.timedOut(), "retried");
    assert.equal(lonely.timedOut(), "failed");
    assert.deepEqual(eventsOf(lonely), [{ type: "disconnected", why: "requested" }]);
  });

  it("can connect again after every end", () => {
    const { client, line } = connect(settings);
    for (let round = 0; round < 3; round++) {
      client.send(bytesFromHex("C0 01"));
      line.run();
      client.close();
      line.run();
      client.open();
      line.run();
    }
    assert.equal(line.answers.length, 3);
    assert.equal(client.state, "connected");
  });
});

describe("HDLC server", () => {
  it("answers DM to whatever comes without a connection and asks for an answer", () => {
    const server = createHdlcServerLink(settings);
    for (const control of [0x10, 0x11, 0x53]) {
      server.receive(command(control));
      assert.deepEqual(sentKinds(server), ["DM"]);
    }
    server.receive(command(0x00));
    assert.equal(server.takeOutput(), undefined);
    assert.equal(server.nextEvent(), undefined);
  });

  it("belongs to one client until another one connects", () => {
    const { server } = connect(settings);
    server.receive(command(0x11, noInformation, 32));
    const [refusal] = framesOf(server.takeOutput());
    assert.equal(frameKind(refusal!.control), "DM");
    assert.equal(refusal?.destination.logicalDevice, 32);
    server.receive(command(0x93, noInformation, 32));
    assert.deepEqual(
      eventsOf(server).map((event) => [event.type, "peer" in event ? event.peer.client : undefined]),
      [
        ["disconnected", undefined],
        ["connected", 32],
      ],
    );
  });

  it("drops the connection after the inactivity time without a word", () => {
    const { server } = connect(settings);
    assert.equal(server.timedOut(), "failed");
    assert.deepEqual(eventsOf(server), [{ type: "disconnected", why: "timeout" }]);
    assert.equal(server.takeOutput(), undefined);
    server.receive(command(0x11));
    assert.deepEqual(sentKinds(server), ["DM"]);
  });

  const rejected = {
    "an acknowledgement of what was never sent": {
      control: 0xb1,
      information: "",
      reason: 0x08,
      code: "hdlc_sequence_invalid",
    },
    "a control field of another protocol": {
      control: 0x19,
      information: "",
      reason: 0x01,
      code: "hdlc_control_unknown",
    },
    "no LLC header": { control: 0x10, information: "C0 01 C1", reason: 0x02, code: "hdlc_llc_header_invalid" },
    "a response's LLC header": {
      control: 0x10,
      information: "E6 E7 00 C4",
      reason: 0x02,
      code: "hdlc_llc_header_invalid",
    },
  };
  for (const [name, { control, information, reason, code }] of Object.entries(rejected)) {
    it(`rejects ${name}, and the client learns why`, () => {
      const { server, client } = connect(settings);
      server.receive(command(control, bytesFromHex(information)));
      assert.equal(failureOf(eventsOf(server))?.code, code);
      const output = server.takeOutput()!;
      const [rejection] = framesOf(output);
      assert.deepEqual(rejection?.information, Uint8Array.of(control, 0x00, reason));
      client.receive(output);
      assert.deepEqual(sentKinds(client), ["DISC"]);
      client.receive(response(0x1f));
      const error = failureOf(eventsOf(client));
      assert.equal(error?.code, "hdlc_frame_rejected");
      assert.match(error.message, /control field [0-9A-F]{2}: it/);
    });
  }

  it("refuses APDUs beyond its limit", () => {
    const { server, client, line } = connect({ ...settings, parameters: small, maximumApduLength: 100 });
    client.send(new Uint8Array(100));
    line.run();
    assert.equal(line.answers.length, 1);
    client.send(new Uint8Array(101));
    line.run();
    assert.equal(failureOf(line.serverEvents)?.code, "link_apdu_too_long");
    assert.equal(server.state, "disconnected");
  });

  it("hears broadcasts and answers none", () => {
    const server = createHdlcServerLink(settings);
    const information = bytesFromHex("E6 E6 00 C1 01");
    const destination = { logicalDevice: 0x7f, physicalDevice: 0x7f };
    const source = { logicalDevice: 16 };
    server.receive(
      encodeHdlcFrame({ destination, source, control: 0x93, segmented: false, information: noInformation }),
    );
    server.receive(encodeHdlcFrame({ destination, source, control: 0x13, segmented: false, information }));
    assert.equal(server.takeOutput(), undefined);
    assert.deepEqual(eventsOf(server), [
      { type: "unnumbered-information", apdu: bytesFromHex("C1 01"), peer: { client: 16, server: 0x7f } },
    ]);
  });
});

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

describe("HDLC unnumbered information", () => {
  it("carries notifications without a connection, in segments when long", () => {
    const client = createHdlcClientLink({ ...settings, parameters: small });
    const server = createHdlcServerLink({ ...settings, parameters: small });
    const line = new Line(client, server);
    const apdu = new Random(9).bytes(100);
    server.notify(apdu);
    line.run();
    assert.deepEqual(line.clientEvents, [{ type: "unnumbered-information", apdu, peer }]);
    const frames = framesOf(line.transmissions[0]?.bytes);
    assert.deepEqual(
      frames.map(({ control }) => control),
      [0x03, 0x03, 0x03, 0x13],
    );
  });

  it("carries unconfirmed commands within one", () => {
    const { client, line } = connect(settings);
    client.notify(bytesFromHex("C1 01 81"));
    line.run();
    assert.deepEqual(line.serverEvents.at(-1), {
      type: "unnumbered-information",
      apdu: bytesFromHex("C1 01 81"),
      peer,
    });
    client.send(bytesFromHex("C0"));
    line.run();
    assert.deepEqual(line.answers, [bytesFromHex("C0")]);
  });
});

describe("echo of one's own bytes", () => {
  it("is dropped, whole or in pieces, before the answer", () => {
    for (const pieceLength of [1, 3, 1000]) {
      const same: HdlcLinkSettings = { framing: "hdlc", client: 1, server: { logicalDevice: 1 }, dropEcho: true };
      const client = createHdlcClientLink(same);
      const server = createHdlcServerLink(same);
      client.open();
      for (const apdu of [bytesFromHex("C0 01"), bytesFromHex("C0 02")]) {
        exchangeWithEcho(client, server, pieceLength);
        client.send(apdu);
        exchangeWithEcho(client, server, pieceLength);
        assert.deepEqual(eventsOf(client).at(-1), { type: "apdu", apdu, peer: { client: 1, server: 1 } });
      }
    }
  });

  it("may as well be missing", () => {
    const { client, line } = connect({ ...settings, dropEcho: true });
    client.send(bytesFromHex("C0 01"));
    line.run();
    client.send(bytesFromHex("C0 02"));
    line.run();
    assert.equal(line.answers.length, 2);
  });
});

function exchangeWithEcho(client: HdlcClientLink, server: HdlcServerLink, pieceLength: number): void {
  for (let output = client.takeOutput(); output !== undefined; output = client.takeOutput()) {
    server.receive(output.slice());
    for (const event of eventsOf(server)) if (event.type === "apdu") server.send(event.apdu);
    const heard = joinBytes([output, server.takeOutput() ?? noInformation]);
    for (let at = 0; at < heard.length; at += pieceLength) client.receive(heard.slice(at, at + pieceLength));
  }
}

function connect(
  settings: HdlcLinkSettings,
  lineSettings: LineSettings = {},
): { client: HdlcClientLink; server: HdlcServerLink; line: Line } {
  const client = createHdlcClientLink(settings);
  const server = createHdlcServerLink(settings);
  const line = new Line(client, server, lineSettings);
  client.open();
  line.run();
  return { client, server, line };
}

function frameFields({ server, client }: HdlcLinkSettings): Omit<HdlcFrame, "control" | "information"> {
  return { destination: { logicalDevice: client }, source: server, segmented: false };
}

/** A frame of the server of `settings`. */
function response(control: number, information: Uint8Array = noInformation, segmented = false): Uint8Array {
  return encodeHdlcFrame({ ...frameFields(settings), control, information, segmented });
}

/** A frame to the server of `settings`. */
function command(control: number, information: Uint8Array = noInformation, client = 16): Uint8Array {
  const source = { logicalDevice: client };
  return encodeHdlcFrame({ destination: settings.server, source, control, information, segmented: false });
}

function framesOf(bytes: Uint8Array | undefined): HdlcFrame[] {
  const parser = new HdlcParser();
  if (bytes !== undefined) parser.push(bytes);
  const frames: HdlcFrame[] = [];
  for (let frame = parser.next(); frame !== undefined; frame = parser.next()) frames.push(frame);
  return frames;
}

function splitFrames(bytes: Uint8Array): Uint8Array[] {
  return framesOf(bytes).map(encodeHdlcFrame);
}

function kindsIn(bytes: Uint8Array): (string | undefined)[] {
  return framesOf(bytes).map(({ control }) => frameKind(control));
}

function kindsOf(line: Line): (string | undefined)[] {
  return line.transmissions.flatMap(({ bytes }) => kindsIn(bytes));
}

function sentKinds(link: HdlcClientLink | HdlcServerLink): (string | undefined)[] {
  return framesOf(link.takeOutput()).map(({ control }) => frameKind(control));
}

function eventsOf(link: HdlcClientLink | HdlcServerLink): LinkEvent[] {
  const events: LinkEvent[] = [];
  for (let event = link.nextEvent(); event !== undefined; event = link.nextEvent()) events.push(event);
  return events;
}

function failureOf(events: readonly LinkEvent[]) {
  const last = events.at(-1);
  return last?.type === "disconnected" ? last.error : undefined;
}
