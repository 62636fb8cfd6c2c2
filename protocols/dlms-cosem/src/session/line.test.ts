import assert from "node:assert/strict";
import { test } from "node:test";
import { mutate, Random } from "@anymeter/sans-io/testing";
import type { ClientEvent } from "./events.ts";
import { clock, clockData, echo, energy, energyData, notebook, profile, profileRows } from "./testing/example-meter.ts";
import { carryWithTimer, type LineHabits } from "./testing/memory-line.ts";
import { outcomes, results, serverEvents } from "./testing/outcomes.ts";
import { bothProtections, hdlcLink, type Pair, type Pairing, pair } from "./testing/pairing.ts";

const long = { type: "octet-string", value: new Uint8Array(300).fill(0x7e) } as const;
const pairings: Readonly<Record<string, Pairing>> = {
  "over the wrapper": { clientPduSize: 200, serverPduSize: 150 },
  "over the wrapper, ciphered": { mechanism: "gmac", policy: bothProtections, clientPduSize: 200 },
  "over hdlc": { link: hdlcLink(2), clientPduSize: 200, serverPduSize: 150 },
  "over hdlc with windows, ciphered by general blocks": {
    link: hdlcLink(1, { maximumInformationSend: 40, maximumInformationReceive: 40, windowSend: 3, windowReceive: 3 }),
    policy: bothProtections,
    form: "general",
    clientPduSize: 200,
    serverPduSize: 150,
    habits: { generalBlocksPreferred: true, generalBlockWindow: 3 },
    client: { generalBlockTransfer: { window: 4, preferred: true } },
  },
};
const everything = [
  [{ data: clockData }, { data: energyData }, { data: profileRows(20) }],
  [0],
  [{ result: 0, returned: { data: long } }],
];

for (const [name, pairing] of Object.entries(pairings)) {
  test(`one byte at a time ${name}`, () => {
    assert.deepEqual(results(converse(pair(pairing), { cut: singleBytes })), everything);
  });

  test(`in random pieces ${name}`, () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = new Random(seed);
      const events = converse(pair(pairing), { cut: (bytes) => randomPieces(bytes, random) });
      assert.deepEqual(results(events), everything);
    }
  });

  test(`whatever becomes of the meter's bytes ${name}, every request has one outcome`, () => {
    for (let seed = 1; seed <= 250; seed++) {
      const both = pair(pairing);
      expectOneOutcomeEach(converse(both, { toClient: damageOne(seed) }), both);
    }
  });

  test(`whatever becomes of the client's bytes ${name}, the server holds and every request has one outcome`, () => {
    for (let seed = 1; seed <= 250; seed++) {
      const both = pair(pairing);
      expectOneOutcomeEach(converse(both, { toServer: damageOne(seed) }), both);
      for (const event of serverEvents(both.server)) assert.ok(event.type.length > 0);
    }
  });
}

test("over hdlc nothing lost is missed and nothing is done twice", () => {
  for (const direction of ["toServer", "toClient"] as const) {
    for (let lost = 0; lost < 40; lost++) {
      const both = pair({ link: hdlcLink(1), clientPduSize: 200, serverPduSize: 150 });
      let transmission = 0;
      const events = converse(both, {
        [direction]: (bytes: Uint8Array) => (transmission++ === lost ? undefined : bytes),
      });
      assert.deepEqual(results(events), everything, `${direction} ${lost}`);
      assert.equal(both.meter.asked.filter((each) => each.startsWith("action")).length, 1);
      assert.equal(both.meter.asked.filter((each) => each.startsWith("set")).length, 1);
    }
  }
});

test("over hdlc everything may come twice", () => {
  const both = pair({ link: hdlcLink(1), clientPduSize: 200, serverPduSize: 150 });
  const twice = (bytes: Uint8Array) => Uint8Array.from([...bytes, ...bytes]);
  assert.deepEqual(results(converse(both, { toClient: twice })), everything);
  assert.equal(both.meter.asked.filter((each) => each.startsWith("action")).length, 1);
});

test("over hdlc garbage between the frames is skipped", () => {
  const garbage = [0x00, 0x7e, 0xa0, 0xff, 0x55, 0x7e, 0x7e];
  const both = pair({ link: hdlcLink(1), clientPduSize: 200, serverPduSize: 150 });
  const dirty = (bytes: Uint8Array) => Uint8Array.from([...garbage, ...bytes]);
  assert.deepEqual(results(converse(both, { toClient: dirty, toServer: dirty })), everything);
});

test("over the wrapper garbage ends the session, for there is no way to find the next frame", () => {
  const both = pair();
  both.client.connect();
  both.client.get([clock]);
  const events = carryWithTimer(both.client, both.server, { toClient: () => Uint8Array.from([0x7e, 0xa0, 0x10]) });
  assert.deepEqual(outcomes(events), ["request-failed wrapper_version_unknown", "failed wrapper_version_unknown"]);
});

/** A session with everything in it; when it waits in vain its timer runs out. */
function converse({ client, server }: Pair, habits: LineHabits): ClientEvent[] {
  client.connect();
  client.get([clock, energy, profile]);
  client.set([{ attribute: notebook, data: long }]);
  client.action([{ method: echo, parameter: long }]);
  client.release();
  return carryWithTimer(client, server, habits);
}

function expectOneOutcomeEach(events: readonly ClientEvent[], { client }: Pair): void {
  const answered = events.flatMap((event) => ("id" in event ? [event.id] : []));
  assert.deepEqual(answered.toSorted(), [1, 2, 3], outcomes(events).join(", "));
  assert.ok(client.finished);
  assert.equal(events.filter(({ type }) => type === "released" || type === "failed").length, 1);
}

/** Damages one transmission, told by the seed, and lets the others pass. */
function damageOne(seed: number): (bytes: Uint8Array) => Uint8Array {
  const random = new Random(seed);
  const victim = random.word() % 14;
  let transmission = 0;
  return (bytes) => (transmission++ === victim ? mutate(bytes, random) : bytes);
}

function* singleBytes(bytes: Uint8Array): Iterable<Uint8Array> {
  for (const byte of bytes) yield Uint8Array.of(byte);
}

function* randomPieces(bytes: Uint8Array, random: Random): Iterable<Uint8Array> {
  for (let start = 0; start < bytes.length; ) {
    const end = start + 1 + (random.word() % 40);
    yield bytes.slice(start, end);
    start = end;
  }
}
