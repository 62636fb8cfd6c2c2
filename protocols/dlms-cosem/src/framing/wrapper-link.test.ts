import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import { Line } from "../testing/line.ts";
import { createClientLink, createServerLink, type Link, type LinkEvent, type WrapperLinkSettings } from "./link.ts";
import { wrapperFrame } from "./wrapper.ts";

const settings: WrapperLinkSettings = { framing: "wrapper", client: 16, server: 1 };
const request = bytesFromHex("C0 01 C1 00 08 00 00 01 00 00 FF 02 00");

describe("wrapper link", () => {
  it("is connected at once and carries APDUs both ways", () => {
    const { client, line } = connected();
    client.send(request);
    line.run();
    assert.deepEqual(line.transmissions[0]?.bytes, wrapperFrame(16, 1, request));
    assert.deepEqual(line.transmissions[1]?.bytes, wrapperFrame(1, 16, request));
    assert.deepEqual(line.clientEvents, [
      { type: "connected", peer: { client: 16, server: 1 } },
      { type: "apdu", apdu: request, peer: { client: 16, server: 1 } },
    ]);
  });

  it("carries them byte by byte", () => {
    const { client, line } = connected(1);
    client.send(request);
    client.send(request);
    line.run();
    assert.deepEqual(line.answers, [request, request]);
  });

  it("answers each client of a server at its own access point", () => {
    const server = createServerLink(settings);
    server.open();
    server.receive(wrapperFrame(32, 7, request));
    assert.deepEqual(eventsOf(server).at(-1), { type: "apdu", apdu: request, peer: { client: 32, server: 7 } });
    server.send(request);
    assert.deepEqual(server.takeOutput(), wrapperFrame(7, 32, request));
    server.notify(request, { client: 16, server: 1 });
    assert.deepEqual(server.takeOutput(), wrapperFrame(1, 16, request));
  });

  it("names the swapped settings when the answer comes the wrong way round", () => {
    const client = createClientLink(settings);
    client.open();
    client.receive(wrapperFrame(16, 1, request));
    const event = eventsOf(client).at(-1);
    assert(event?.type === "disconnected");
    assert.equal(event.why, "protocol-error");
    assert.equal(event.error?.code, "link_addresses_swapped");
    assert.equal(client.state, "disconnected");
  });

  it("passes over frames of others and tells of them when nothing else comes", () => {
    const client = createClientLink(settings);
    client.open();
    client.receive(wrapperFrame(3, 16, request));
    assert.equal(eventsOf(client).length, 1);
    assert.equal(client.timedOut(), "failed");
    const event = eventsOf(client).at(-1);
    assert(event?.type === "disconnected");
    assert.equal(event.error?.code, "link_address_unexpected");
    assert.match(event.error.message, /3 to 16/);
  });

  it("fails on silence, and ends by its own wish without a word", () => {
    const silent = connected();
    assert.equal(silent.client.timedOut(), "failed");
    const timeout = eventsOf(silent.client).at(-1);
    assert(timeout?.type === "disconnected");
    assert.equal(timeout.why, "timeout");
    assert.equal(timeout.error?.code, "link_no_answer");

    const { client } = connected();
    client.close();
    assert.deepEqual(eventsOf(client), [{ type: "disconnected", why: "requested" }]);
    assert.equal(client.takeOutput(), undefined);
    assert.throws(() => client.send(request), { code: "link_not_open" });
  });

  it("gives up a stream that is out of step, keeping what was good before", () => {
    const client = createClientLink(settings);
    client.open();
    client.receive(Uint8Array.of(...wrapperFrame(1, 16, request), 0x7e, 0xa0));
    const events = eventsOf(client);
    assert.deepEqual(
      events.map(({ type }) => type),
      ["connected", "apdu", "disconnected"],
    );
    client.open();
    client.receive(wrapperFrame(1, 16, request));
    assert.equal(eventsOf(client).at(-1)?.type, "apdu");
  });

  it("refuses access points that do not fit", () => {
    assert.throws(() => createClientLink({ ...settings, client: 65_536 }), { code: "link_setting_invalid" });
    assert.throws(() => createServerLink({ ...settings, server: -1 }), { code: "link_setting_invalid" });
  });
});

function connected(pieceLength?: number): { client: Link; line: Line } {
  const client = createClientLink(settings);
  const server = createServerLink(settings);
  const line = new Line(client, server, pieceLength === undefined ? {} : { pieceLength });
  client.open();
  server.open();
  line.run();
  return { client, line };
}

function eventsOf(link: Link): LinkEvent[] {
  const events: LinkEvent[] = [];
  for (let event = link.nextEvent(); event !== undefined; event = link.nextEvent()) events.push(event);
  return events;
}
