import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex, joinBytes } from "@anymeter/sans-io";
import { connect, eventsOf, noInformation, settings } from "../../testing/hdlc.ts";
import type { HdlcLinkSettings } from "../link.ts";
import { createHdlcClientLink, type HdlcClientLink } from "./client-link.ts";
import { createHdlcServerLink, type HdlcServerLink } from "./server-link.ts";

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
