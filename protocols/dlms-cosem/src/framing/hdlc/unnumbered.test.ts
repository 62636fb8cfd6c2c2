import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import { Random } from "@anymeter/sans-io/testing";
import { connect, framesOf, peer, settings, small } from "../../testing/hdlc.ts";
import { Line } from "../../testing/line.ts";
import { createHdlcClientLink } from "./client-link.ts";
import { createHdlcServerLink } from "./server-link.ts";

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
