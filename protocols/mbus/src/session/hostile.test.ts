/** Whatever comes over the wire, both sides come to an end and throw nothing but typed errors. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, joinBytes, ProtocolError, type Session } from "@anymeter/sans-io";
import { mutate, Random } from "@anymeter/sans-io/testing";
import { parseSecondaryAddress } from "../link/secondary-address.ts";
import { MbusClient } from "./client.ts";
import { MbusGatewaySession } from "./server/gateway-session.ts";
import { BusLine } from "./testing/bus-line.ts";
import { busOf, lineTo } from "./testing/bus-of.ts";
import { energyPages, exampleMeter, waterMeter } from "./testing/example-meters.ts";

test("a readout over a line that changes bytes ends in what the meter said, or in an error that names a fault", () => {
  const random = new Random(5);
  let whole = 0;
  for (let round = 0; round < 300; round++) {
    const line = lineTo(exampleMeter({ pages: energyPages }), {
      toClient: (bytes: Uint8Array) => (random.word() % 3 === 0 ? mutate(bytes, random) : bytes),
      toBus: (bytes: Uint8Array) => (random.word() % 10 === 0 ? mutate(bytes, random) : bytes),
    });
    const target = random.boolean() ? { primary: 5 } : { secondary: waterMeter };
    try {
      const { telegrams } = line.ask(line.client.readMeter(target));
      assert.ok(telegrams.length >= 1 && telegrams.length <= 3);
      whole++;
    } catch (error) {
      assert.ok(error instanceof ProtocolError, String(error));
    }
  }
  assert.ok(whole > 150, `${whole} of 300 readouts survive`);
});

test("a peer of noise alone is given up in bounded time", () => {
  const random = new Random(6);
  const noise = busOf([{ hear: () => ({ bytes: random.bytes(random.integer(1, 300)) }) }]);
  const line = lineTo(noise, {}, { probeLimit: 100 });
  assert.ok(line.failureOf(line.client.readMeter({ primary: 5 })) instanceof ProtocolError);
  assert.ok(line.now < 60_000, `${line.now} ms`);
  assert.ok(line.ask(line.client.search(parseSecondaryAddress("1234567F"))).probes > 0);
});

test("a peer that never falls silent does not hold the client", () => {
  const client = new MbusClient();
  const endless: Session = {
    patience: 10,
    finished: false,
    receive: () => {},
    takeOutput: () => chatter.shift(),
    timedOut: () => void chatter.push(Uint8Array.of(0x55)),
    connectionLost: () => {},
  };
  const chatter: Uint8Array[] = [];
  const line = new BusLine(client, endless);
  assert.equal(line.failureOf(client.readMeter({ primary: 5 })).code, "answer_garbled");
  assert.deepEqual(line.ask(client.resetLink(255)), { acknowledged: false });
});

test("a gateway takes any bytes, and still answers afterwards", () => {
  const random = new Random(7);
  const bus = busOf([{ device: exampleMeter({ write: () => true }) }]);
  const select = bytesFromHex("680B0B6873FD5278563412A7320407BA16");
  const request = bytesFromHex("107BFD7816");
  for (let round = 0; round < 500; round++) {
    const gateway = new MbusGatewaySession(bus);
    gateway.receive(joinBytes([random.bytes(random.integer(0, 20)), mutate(select, random), mutate(request, random)]));
    for (let turn = 0; gateway.patience !== undefined; turn++) {
      assert.ok(turn < 100, "the gateway comes to rest");
      gateway.timedOut();
    }
    while (gateway.takeOutput()) {
      // Whatever a mutant asked for.
    }
    gateway.receive(select);
    assert.deepEqual(gateway.takeOutput(), Uint8Array.of(0xe5));
  }
});
