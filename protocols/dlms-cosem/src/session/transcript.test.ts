/**
 * Client and server against bytes that neither of them made: the worked examples of the Green Book (clauses 11 and 12,
 * annexes on AARQ, AARE and ciphering), and what its ASN.1 gives when encoded by hand.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { countFrom } from "../security/invocation-counter.ts";
import { type ConformanceBit, conformanceFromBits } from "../xdlms/conformance.ts";
import { ClientSession } from "./client-session.ts";
import type { ServerAssociation } from "./device.ts";
import { ServerSession } from "./server-session.ts";
import type { ClientSettings } from "./settings.ts";
import { clock, ExampleMeter } from "./testing/example-meter.ts";
import { eventsOf } from "./testing/memory-line.ts";

/** What the Green Book's client proposes, and what its server answers with. */
const proposed = conformanceFromBits(0x00_7e_1f);
const offered = conformanceFromBits(0x00_50_1f);

const aarqLowestSecurity = "601DA109060760857405080101BE10040E01000000065F1F0400007E1F04B0";
const aareLowestSecurity = "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000501F01F40007";
const aarqLowLevel =
  "6036A1090607608574050801018A0207808B0760857405080201AC0A80083132333435363738BE10040E01000000065F1F0400007E1F04B0";
const getClock = "C001C100080000010000FF0200";
const gotClock = "C401C100090C07EA0B1405152D0000FFC400";

test("the client's bytes of a public association are the Green Book's", () => {
  const client = clientWith({});
  client.connect();
  assert.equal(outputOf(client), wrapped("0010", "0001", aarqLowestSecurity));
  client.receive(bytesFromHex(wrapped("0001", "0010", aareLowestSecurity)));
  const associated = eventsOf(client)[0];
  assert.equal(associated?.type, "associated");
  assert.deepEqual(associated.negotiated.conformance, offered);
  assert.equal(associated.negotiated.serverMaxReceivePduSize, 500);
  client.get([clock]);
  assert.equal(outputOf(client), wrapped("0010", "0001", getClock));
  client.receive(bytesFromHex(wrapped("0001", "0010", gotClock)));
  assert.deepEqual(eventsOf(client)[0], {
    type: "response",
    service: "get",
    id: 1,
    results: [{ data: { type: "octet-string", value: bytesFromHex("07EA0B1405152D0000FFC400") } }],
  });
  client.release();
  assert.equal(outputOf(client), wrapped("0010", "0001", "6203800100"));
  client.receive(bytesFromHex(wrapped("0001", "0010", "6303800100")));
  assert.deepEqual(eventsOf(client), [{ type: "released" }]);
});

test("the server's bytes of a public association are the Green Book's", () => {
  const server = serverWith({ mechanism: "none" });
  assert.equal(answerOf(server, aarqLowestSecurity), aareLowestSecurity);
  assert.equal(answerOf(server, getClock), gotClock);
  assert.equal(answerOf(server, "6203800100"), "6303800100");
});

test("a password travels as in the Green Book's low level security", () => {
  const authentication = { mechanism: "lls", password: bytesFromHex("3132333435363738") } as const;
  const client = clientWith({ authentication });
  client.connect();
  assert.equal(outputOf(client), wrapped("0010", "0001", aarqLowLevel));
  const server = serverWith({ mechanism: "lls", secret: authentication.password });
  assert.equal(answerOf(server, aarqLowLevel), aareLowestSecurity);
});

test("a wrong password is answered with result 1 and diagnostic 13", () => {
  const server = serverWith({ mechanism: "lls", secret: bytesFromHex("3132333435363739") });
  assert.equal(answerOf(server, aarqLowLevel), "6117A109060760857405080101A203020101A305A10302010D");
});

test("a ciphered association request with a dedicated key is the Green Book's", () => {
  const dedicatedKey = bytesFromHex("00112233445566778899AABBCCDDEEFF");
  const client = clientWith({
    security: {
      suite: 0,
      systemTitle: bytesFromHex("4D4D4D0000BC614E"),
      keys: {
        unicastEncryption: bytesFromHex("000102030405060708090A0B0C0D0E0F"),
        authentication: bytesFromHex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"),
      },
      counter: countFrom(0x01234567),
      policy: { authenticated: true, encrypted: true },
      dedicatedKey: "own-counter",
    },
    random: () => dedicatedKey,
  });
  client.connect();
  const ciphered =
    "21303001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE6841DB204D39EE6FDB8E356855";
  const title = "A60A04084D4D4D0000BC614E";
  const aarq = `604DA109060760857405080103${title}BE340432${ciphered}`;
  assert.equal(outputOf(client), wrapped("0010", "0001", aarq));
});

test("the two proofs of HLS-GMAC are the Green Book's", () => {
  const client = clientWith({
    authentication: { mechanism: "gmac", challengeLength: 8 },
    security: {
      suite: 0,
      systemTitle: bytesFromHex("4D4D4D0000000001"),
      keys: {
        unicastEncryption: bytesFromHex("000102030405060708090A0B0C0D0E0F"),
        authentication: bytesFromHex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"),
      },
      counter: countFrom(1),
      policy: { authenticated: false, encrypted: false },
    },
    random: () => new TextEncoder().encode("K56iVagY"),
  });
  client.connect();
  const aarq =
    "6042A109060760857405080101A60A04084D4D4D00000000018A0207808B0760857405080205AC0A80084B35366956616759BE10040E01000000065F1F0400007E1F04B0";
  assert.equal(outputOf(client), wrapped("0010", "0001", aarq));
  const aare =
    "614EA109060760857405080101A203020100A305A10302010EA40A04084D4D4D0000BC614E88020780890760857405080205AA0A8008503677524A323146BE10040E0800065F1F040000501F01F40007";
  client.receive(bytesFromHex(wrapped("0001", "0010", aare)));
  const proof = "C301C0000F0000280000FF0101091110000000011A52FE7DD3E72748973C1E28";
  assert.equal(outputOf(client), wrapped("0010", "0001", proof));
  assert.deepEqual(eventsOf(client), []);
  client.receive(bytesFromHex(wrapped("0001", "0010", "C701C000010009111001234567FE1466AFB3DBCD4F9389E2B7")));
  assert.equal(eventsOf(client)[0]?.type, "associated");
});

test("a long get goes in blocks as the Green Book numbers them", () => {
  const server = serverWith({ mechanism: "none" });
  // Client PDU size 24: a block carries 24 − 12 = 12 bytes of the 14 of the clock.
  answerOf(server, "601DA109060760857405080101BE10040E01000000065F1F0400007E1F0018");
  assert.equal(answerOf(server, getClock), gotClock);
  const unit = "C001C200030100010800FF0300";
  assert.equal(answerOf(server, unit), "C401C20002020F00161E");
  const notes = "C001C300010000600109FF0200";
  assert.equal(answerOf(server, notes), `C402C3000000000100 0C 0918${"31".repeat(10)}`.replaceAll(" ", ""));
  assert.equal(answerOf(server, "C002C300000001"), `C402C3000000000200 0C ${"31".repeat(12)}`.replaceAll(" ", ""));
  assert.equal(answerOf(server, "C002C300000002"), "C402C3010000000300023131");
  assert.equal(answerOf(server, "C002C300000003"), "C402C30100000003" + "0110");
});

function clientWith(settings: Partial<ClientSettings>): ClientSession {
  return new ClientSession({
    link: { framing: "wrapper", client: 16, server: 1 },
    conformance: proposed,
    maxReceivePduSize: 0x04b0,
    random: (length) => new Uint8Array(length),
    ...settings,
  });
}

function serverWith(association: Partial<ServerAssociation>): ServerSession {
  const meter = new ExampleMeter({ framing: "wrapper", client: 16, server: 1 }, [
    {
      name: "test",
      clientSap: 16,
      mechanism: "none",
      conformance: new Set<ConformanceBit>(offered),
      maxReceivePduSize: 500,
      ...association,
    },
  ]);
  meter.notes = { type: "octet-string", value: new Uint8Array(24).fill(0x31) };
  return new ServerSession(meter);
}

/** Sends an APDU to the server and takes the wrapper off its answer. */
function answerOf(server: ServerSession, apdu: string): string {
  server.receive(bytesFromHex(wrapped("0010", "0001", apdu)));
  const answer = hexFromBytes(server.takeOutput() ?? new Uint8Array(0));
  assert.equal(answer.slice(0, 12), "000100010010");
  assert.equal(Number.parseInt(answer.slice(12, 16), 16), answer.length / 2 - 8);
  return answer.slice(16);
}

function outputOf(client: ClientSession): string {
  return hexFromBytes(client.takeOutput() ?? new Uint8Array(0));
}

function wrapped(source: string, destination: string, apdu: string): string {
  return `0001${source}${destination}${(apdu.length / 2).toString(16).toUpperCase().padStart(4, "0")}${apdu}`;
}
