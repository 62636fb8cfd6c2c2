import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import {
  command,
  connect,
  eventsOf,
  failureOf,
  framesOf,
  noInformation,
  response,
  sentKinds,
  settings,
  small,
} from "../../testing/hdlc.ts";
import { frameKind } from "./control.ts";
import { encodeHdlcFrame } from "./frame.ts";
import { createHdlcServerLink } from "./server-link.ts";

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
