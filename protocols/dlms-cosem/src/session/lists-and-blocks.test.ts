import assert from "node:assert/strict";
import { test } from "node:test";
import type { Data } from "../data/data.ts";
import { wrapperFrame } from "../framing/wrapper.ts";
import type { Apdu, SelectedAttribute } from "../xdlms/apdu.ts";
import { decodeApdu, encodeApdu } from "../xdlms/codec.ts";
import type { ClientSession } from "./client-session.ts";
import type { ServerHabits } from "./device.ts";
import { sessionLimits } from "./settings.ts";
import {
  clock,
  clockData,
  echo,
  energy,
  energyData,
  energyUnit,
  notebook,
  profile,
  profileRows,
  quiet,
  unknownObject,
} from "./testing/example-meter.ts";
import { carry, carryWithTimer, eventsOf } from "./testing/memory-line.ts";
import { outcomes, results } from "./testing/outcomes.ts";
import { associatedPair, bothProtections } from "./testing/pairing.ts";

const long: Data = { type: "octet-string", value: new Uint8Array(400).fill(0x77) };
const invocation = { invokeId: 1, confirmed: true, highPriority: true } as const;

test("a list is cut to the meter's PDU size and to the list size", () => {
  const attributes: SelectedAttribute[] = Array.from({ length: 25 }, () => energy);
  const expected = attributes.map(() => ({ data: energyData }));
  // 64 bytes hold (64 − 9) / 10 = 5 attributes; 10 is the default list size.
  for (const [serverPduSize, exchanges] of [
    [64, 5],
    [0, 3],
  ] as const) {
    const { client, server } = associatedPair({ serverPduSize });
    client.get(attributes);
    let requests = 0;
    const events = carry(client, server, {
      toServer: (bytes) => {
        requests++;
        assert.ok(serverPduSize === 0 || bytes.length - 8 <= serverPduSize);
        return bytes;
      },
    });
    assert.deepEqual(results(events), [expected]);
    assert.equal(requests, exchanges);
  }
});

test("a meter that refuses lists is asked one by one, and not again for a list", () => {
  const refusals: ServerHabits["lists"][] = ["exception", "access-error"];
  for (const lists of refusals) {
    const { client, server, meter } = associatedPair({ habits: { ...(lists && { lists }) } });
    client.get([clock, unknownObject, energy]);
    client.get([energy, clock]);
    let requests = 0;
    const events = carry(client, server, {
      toServer: (bytes) => {
        requests++;
        return bytes;
      },
    });
    assert.deepEqual(results(events), [
      [{ data: clockData }, { error: 4 }, { data: energyData }],
      [{ data: energyData }, { data: clockData }],
    ]);
    assert.equal(requests, 1 + 3 + 2);
    assert.equal(meter.asked.length, 5);
  }
});

test("a list that gets no answer is given up where silence is known to mean that", () => {
  const { client, server } = associatedPair({ client: { listFallback: ["silence"] } });
  client.get([clock, energy]);
  const events = carryWithTimer(client, server, {
    toServer: (bytes) => (bytes[9] === 3 ? undefined : bytes),
  });
  assert.deepEqual(results(events), [[{ data: clockData }, { data: energyData }]]);
});

test("a list in which every element fails is asked one by one where that is known to mean a refusal", () => {
  const { client, server, meter } = associatedPair({ client: { listFallback: ["every-element"] } });
  client.get([unknownObject, unknownObject]);
  assert.deepEqual(results(carry(client, server)), [[{ error: 4 }, { error: 4 }]]);
  assert.equal(meter.asked.length, 4);
});

test("a list with a result missing is asked one by one", () => {
  const { client, server } = associatedPair();
  client.get([clock, energy]);
  client.takeOutput();
  answer(client, { type: "get-response-with-list", invocation, results: [{ error: 1 }] });
  assert.deepEqual(results(carry(client, server)), [[{ data: clockData }, { data: energyData }]]);
});

test("lists of writings and actions are repeated one by one only when the meter did none of them", () => {
  const refused = associatedPair({ habits: { lists: "exception" } });
  refused.client.set([
    { attribute: notebook, data: long },
    { attribute: energy, data: long },
  ]);
  refused.client.action([{ method: echo, parameter: long }, { method: quiet }]);
  assert.deepEqual(results(carry(refused.client, refused.server)), [
    [0, 3],
    [{ result: 0, returned: { data: long } }, { result: 0 }],
  ]);
  const unclear = associatedPair({ habits: { lists: "access-error" } });
  unclear.client.set([
    { attribute: notebook, data: long },
    { attribute: energy, data: long },
  ]);
  assert.deepEqual(outcomes(carry(unclear.client, unclear.server)), ["request-failed result_count_mismatch"]);
  assert.deepEqual(unclear.meter.asked, []);
});

test("without multiple references everything goes one by one", () => {
  const { client, server, meter } = associatedPair({ without: ["multiple-references"] });
  client.get([clock, energy, energyUnit]);
  assert.equal(results(carry(client, server)).length, 1);
  assert.equal(meter.asked.length, 3);
});

test("a long list comes in blocks", () => {
  const { client, server } = associatedPair({ clientPduSize: 100 });
  client.get([profile, clock, profile]);
  assert.deepEqual(results(carry(client, server)), [
    [{ data: profileRows(20) }, { data: clockData }, { data: profileRows(20) }],
  ]);
});

test("a long value, parameter and answer go in blocks, ciphered or not", () => {
  for (const policy of [bothProtections, { authenticated: false, encrypted: false }]) {
    const { client, server } = associatedPair({ clientPduSize: 90, serverPduSize: 80, policy });
    client.set([{ attribute: notebook, data: long }]);
    client.get([notebook]);
    client.action([{ method: echo, parameter: long }]);
    const sizes: number[] = [];
    const events = carry(client, server, {
      toServer: (bytes) => {
        sizes.push(bytes.length - 8);
        return bytes;
      },
    });
    assert.deepEqual(results(events), [[0], [{ data: long }], [{ result: 0, returned: { data: long } }]]);
    assert.ok(Math.max(...sizes) <= 80);
  }
});

test("a value too long for the meter, without blocks agreed, is an error of the caller", () => {
  const without = ["block-transfer-with-set", "general-block-transfer"] as const;
  const { client, server, meter } = associatedPair({ serverPduSize: 80, without });
  client.set([{ attribute: notebook, data: long }]);
  assert.deepEqual(outcomes(carry(client, server)), ["request-failed request_too_long"]);
  assert.deepEqual(meter.asked, []);
});

test("an answer too long for the client, without blocks agreed, is refused by the meter", () => {
  const without = ["block-transfer-with-get", "general-block-transfer"] as const;
  const { client, server } = associatedPair({ clientPduSize: 80, without });
  client.get([profile]);
  client.get([clock]);
  assert.deepEqual(outcomes(carry(client, server)), ["request-failed service_refused", "response"]);
});

test("a wrong block number of the meter fails the request and leaves the session", () => {
  const { client, server } = associatedPair();
  client.get([profile]);
  client.takeOutput();
  answer(client, { type: "get-response-with-datablock", invocation, last: false, block: 2, result: { raw: empty } });
  client.get([clock]);
  assert.deepEqual(outcomes(carry(client, server)), ["request-failed block_number_unexpected", "response"]);
});

test("a data-access-result amid blocks is the result", () => {
  const { client } = associatedPair();
  client.get([profile]);
  client.takeOutput();
  answer(client, { type: "get-response-with-datablock", invocation, last: false, block: 1, result: { raw: empty } });
  answer(client, { type: "get-response-with-datablock", invocation, last: true, block: 2, result: { error: 15 } });
  assert.deepEqual(results(eventsOf(client)), [[{ error: 15 }]]);
});

test("blocks beyond the limit fail the request", () => {
  const { client } = associatedPair({ client: { maxResponseSize: 100 } });
  client.get([profile]);
  const raw = new Uint8Array(60);
  answer(client, { type: "get-response-with-datablock", invocation, last: false, block: 1, result: { raw } });
  answer(client, { type: "get-response-with-datablock", invocation, last: false, block: 2, result: { raw } });
  assert.deepEqual(outcomes(eventsOf(client)), ["request-failed blocks_too_long"]);
});

test("high priority is asked for where the meter has agreed to priorities", () => {
  for (const [without, expected] of [[[], 0xc1] as const, [["priority-management"], 0x41] as const]) {
    const { client } = associatedPair({ without });
    client.get([clock]);
    // Behind the wrapper, the tag and the choice.
    assert.equal(client.takeOutput()?.[10], expected);
  }
});

test("no setting lets more be joined than can be decoded", () => {
  const { client } = associatedPair({ client: { maxResponseSize: Number.POSITIVE_INFINITY } });
  client.get([profile]);
  const raw = new Uint8Array(65_000);
  const blocks = Math.ceil(sessionLimits.maxResponseSize / raw.length);
  for (let block = 1; client.waiting && block <= blocks; block++) {
    answer(client, { type: "get-response-with-datablock", invocation, last: block === blocks, block, result: { raw } });
  }
  assert.deepEqual(outcomes(eventsOf(client)), ["request-failed blocks_too_long"]);
});

test("empty blocks come to an end as well", () => {
  const { client } = associatedPair({ client: { maxResponseSize: 1000 } });
  client.get([profile]);
  for (let block = 1; client.waiting && block < 1000; block++) {
    answer(client, { type: "get-response-with-datablock", invocation, last: false, block, result: { raw: empty } });
  }
  assert.deepEqual(outcomes(eventsOf(client)), ["request-failed blocks_too_long"]);
});

test("a meter may end a long set in the middle with its reason", () => {
  const { client } = associatedPair({ serverPduSize: 80 });
  client.set([{ attribute: notebook, data: long }]);
  answer(client, { type: "set-response-datablock", invocation, block: 1 });
  answer(client, { type: "set-response-normal", invocation, result: 17 });
  assert.deepEqual(results(eventsOf(client)), [[17]]);
});

test("an action's blocks may hold the returned data without the result", () => {
  const { client } = associatedPair();
  client.action([{ method: echo }]);
  const raw = Uint8Array.from([0x02, 0x01, 0x11, 0x05]);
  answer(client, { type: "action-response-with-pblock", invocation, block: { last: true, number: 1, raw } });
  const data = { type: "structure", value: [{ type: "unsigned", value: 5 }] };
  assert.deepEqual(results(eventsOf(client)), [[{ result: 0, returned: { data } }]]);
});

test("the server aborts a long get at a wrong block number and knows of none afterwards", () => {
  const { server } = associatedPair({ clientPduSize: 80 });
  const first = ask(server, { type: "get-request-normal", invocation, attribute: profile });
  assert.equal(first.type === "get-response-with-datablock" && first.block, 1);
  assert.deepEqual(ask(server, { type: "get-request-next", invocation, block: 7 }), aborted(7, 19));
  assert.deepEqual(ask(server, { type: "get-request-next", invocation, block: 1 }), aborted(1, 16));
});

test("the server aborts long sets and actions that are out of step", () => {
  const { server, meter } = associatedPair();
  const block = (number: number, last: boolean) => ({ last, number, raw: Uint8Array.from([9]) });
  assert.deepEqual(ask(server, { type: "set-request-datablock", invocation, block: block(2, true) }), {
    type: "set-response-last-datablock",
    invocation,
    result: 18,
    block: 2,
  });
  ask(server, { type: "set-request-first-datablock", invocation, attribute: notebook, block: block(1, false) });
  assert.deepEqual(ask(server, { type: "set-request-datablock", invocation, block: block(3, true) }), {
    type: "set-response-last-datablock",
    invocation,
    result: 19,
    block: 3,
  });
  ask(server, { type: "action-request-with-first-pblock", invocation, method: echo, block: block(1, false) });
  assert.deepEqual(ask(server, { type: "action-request-with-pblock", invocation, block: block(3, true) }), {
    type: "action-response-normal",
    invocation,
    response: { result: 15 },
  });
  assert.deepEqual(meter.asked, []);
});

test("joined blocks that are no data are type-unmatched", () => {
  const { server } = associatedPair();
  const block = { last: true, number: 1, raw: Uint8Array.from([0x7f]) };
  assert.deepEqual(ask(server, { type: "set-request-first-datablock", invocation, attribute: notebook, block }), {
    type: "set-response-last-datablock",
    invocation,
    result: 12,
    block: 1,
  });
});

test("selective access is handed through, or refused as the device's habits say", () => {
  const selection = { selector: 2, parameter: { type: "null-data", value: null } } as const;
  const served = associatedPair();
  served.client.get([{ ...profile, selection }]);
  assert.deepEqual(results(carry(served.client, served.server)), [[{ data: profileRows(3) }]]);
  const refused = associatedPair({ habits: { selectiveAccess: "access-error" } });
  refused.client.get([{ ...profile, selection }]);
  assert.deepEqual(results(carry(refused.client, refused.server)), [[{ error: 250 }]]);
});

function answer(client: ClientSession, apdu: Apdu): void {
  client.takeOutput();
  client.receive(wrapperFrame(1, 16, encodeApdu(apdu)));
}

function ask(server: { receive(bytes: Uint8Array): void; takeOutput(): Uint8Array | undefined }, apdu: Apdu): Apdu {
  server.receive(wrapperFrame(16, 1, encodeApdu(apdu)));
  return decodeApdu(server.takeOutput()!.subarray(8));
}

function aborted(block: number, error: number): Apdu {
  return { type: "get-response-with-datablock", invocation, last: true, block, result: { error } };
}

const empty = new Uint8Array(0);
