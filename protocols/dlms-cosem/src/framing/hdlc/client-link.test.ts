import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import { Random } from "@anymeter/sans-io/testing";
import { DlmsError } from "../../errors.ts";
import { capturedSnrm, capturedUa } from "../../testing/captured-frames.ts";
import {
  connect,
  eventsOf,
  failureOf,
  frameFields,
  framesOf,
  kindsOf,
  noInformation,
  peer,
  response,
  sentKinds,
  settings,
} from "../../testing/hdlc.ts";
import { Line } from "../../testing/line.ts";
import type { HdlcLinkSettings } from "../link.ts";
import { createHdlcClientLink } from "./client-link.ts";
import { informationControl } from "./control.ts";
import { encodeHdlcFrame } from "./frame.ts";
import { createHdlcServerLink } from "./server-link.ts";

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

  it("gives up a meter that answers every poll with an I-frame of nothing", () => {
    const client = createHdlcClientLink({ ...settings, retries: 2 });
    client.open();
    client.receive(response(0x73));
    client.send(bytesFromHex("C0 01"));
    for (let number = 0; number < 3; number++) {
      client.receive(response(informationControl(number, 1, true)));
      client.timedOut();
    }
    assert.equal(failureOf(eventsOf(client))?.code, "link_no_answer");
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
