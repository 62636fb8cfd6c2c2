import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, joinBytes } from "@anymeter/sans-io";
import { outcomes } from "../testing/memory-line.ts";
import { bytesOfPrint, emh } from "../testing/vectors.ts";
import { ClientSession } from "./client-session.ts";
import type { HandOver } from "./hand-over.ts";
import { ServerSession } from "./server-session.ts";

const identification = bytesOfPrint("/ANY5\\2Example<CR><LF>");
const select = bytesOfPrint("<ACK>252<CR><LF>");
/** A UA frame of HDLC, whose bytes have bit 7 on and off. */
const frame = bytesFromHex("7EA00A0002002303739A7E8F");

/** @param pieces what the meter sends after the option select; nothing more comes after them */
function handedOver(pieces: readonly Uint8Array[]): HandOver {
  const client = new ClientSession();
  client.handOver();
  client.takeOutput();
  client.receive(identification);
  assert.deepEqual(client.takeOutput(), select);
  for (const piece of pieces) client.receive(piece);
  if (client.patience !== undefined) {
    assert.equal(client.patience, 500);
    client.timedOut();
  }
  const [result] = outcomes([client.nextEvent()!]);
  assert.deepEqual([client.finished, client.baudRate], [true, 9600]);
  return result as HandOver;
}

test("the line is handed over whether the meter repeats the option select or not", () => {
  assert.deepEqual(handedOver([]).remaining, new Uint8Array(0));
  assert.deepEqual(handedOver([select]).remaining, new Uint8Array(0));
  assert.deepEqual(handedOver([...select].map((byte) => Uint8Array.of(byte))).remaining, new Uint8Array(0));
});

test("bytes of the binary protocol are kept as they came", () => {
  assert.deepEqual(handedOver([frame]).remaining, frame);
  assert.deepEqual(handedOver([joinBytes([select, frame])]).remaining, frame);
  const { identification: found, baudRate } = handedOver([select]);
  assert.deepEqual([found.escapes, baudRate], [["2"], 9600]);
});

test("a meter that does not offer mode E is not handed over, unless forced", () => {
  for (const [force, expected] of [
    [false, "mode_not_offered"],
    [true, undefined],
  ] as const) {
    const client = new ClientSession();
    client.handOver({ force });
    client.takeOutput();
    client.receive(bytesOfPrint(emh.identification));
    const event = client.nextEvent();
    assert.deepEqual(event && outcomes([event])[0], expected);
    if (force) assert.deepEqual(client.takeOutput(), select);
  }
});

test("a server hands over with what came behind the option select", () => {
  const server = new ServerSession({
    identification: { manufacturer: "ANY", baudCharacter: "5", escapes: ["2"], model: "Example" },
    readout: () => "",
  });
  server.receive(bytesOfPrint(emh.request));
  assert.deepEqual(server.takeOutput(), identification);
  server.receive(joinBytes([select, frame]));
  assert.deepEqual(server.handedOver, frame);
  assert.equal(server.baudRate, 9600);
});
