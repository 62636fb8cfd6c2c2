/** What breaks Modbus in the field, each as it was reported; numbers are those of the project's list of pitfalls. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesFromHex, joinBytes } from "@anymeter/sans-io";
import { outcomeOf } from "@anymeter/sans-io/testing";
import { encodeRtuFrame } from "../framing/rtu-frame.ts";
import { encodeTcpFrame } from "../framing/tcp-frame.ts";
import { bank } from "../testing/register-bank.ts";
import { play } from "../testing/scripted.ts";
import { ModbusClient } from "./client.ts";
import { ModbusServer } from "./server.ts";

const bytes = bytesFromHex;
const tcp = (transactionId: number, unit: number, pdu: string) =>
  encodeTcpFrame({ transactionId, unit, pdu: bytes(pdu) });
const rtu = (unit: number, pdu: string) => encodeRtuFrame({ unit, pdu: bytes(pdu) });
const once = { attempts: 1 };

describe("70: an answer that comes late", () => {
  test("is dropped by its transaction id, and the right one is waited for", () => {
    const client = new ModbusClient(once);
    const first = play(client, client.readHoldingRegisters(0, 1), ["silence"]);
    assert.equal(first.error?.code, "no_answer");
    const second = play(client, client.readHoldingRegisters(1, 1), [tcp(1, 1, "03021111"), tcp(2, 1, "03022222")]);
    assert.deepEqual(second.result, bytes("2222"));
  });

  test("does not shift every later answer by one", () => {
    const client = new ModbusClient(once);
    play(client, client.readHoldingRegisters(0, 1), ["silence"]);
    const both = joinBytes([tcp(1, 1, "03021111"), tcp(2, 1, "03022222")]);
    assert.deepEqual(play(client, client.readHoldingRegisters(1, 1), [both]).result, bytes("2222"));
    assert.deepEqual(play(client, client.readHoldingRegisters(2, 1), [tcp(3, 1, "03023333")]).result, bytes("3333"));
  });

  test("over RTU is drained before the next request, which waits until the line is silent", () => {
    const client = new ModbusClient({ framing: "rtu", ...once, settleMilliseconds: 700 });
    play(client, client.readHoldingRegisters(0, 1), ["silence"]);
    const { result, sent, patience } = play(client, client.readHoldingRegisters(1, 1), [
      rtu(1, "03021111"),
      "silence",
      rtu(1, "03022222"),
    ]);
    assert.deepEqual(result, bytes("2222"));
    assert.deepEqual(patience.slice(0, 2), [700, 700]);
    assert.equal(sent.length, 1);
  });

  test("tells, when nothing else comes, that the timeout is too short", () => {
    const client = new ModbusClient(once);
    play(client, client.readHoldingRegisters(0, 1), ["silence"]);
    const { error } = play(client, client.readHoldingRegisters(1, 1), [tcp(1, 1, "03021111"), "silence"]);
    assert.equal(error?.code, "answers_of_others");
    assert.match(error.message, /raise the timeout/);
  });

  test("over RTU of another length is not taken for the answer", () => {
    const client = new ModbusClient({ framing: "rtu", ...once });
    const { result } = play(client, client.readHoldingRegisters(0, 1), [rtu(1, "030400001111"), rtu(1, "03022222")]);
    assert.deepEqual(result, bytes("2222"));
  });
});

describe("71: a gateway with transaction ids of its own", () => {
  for (const [habit, id] of [
    ["always 0", 0],
    ["always 2", 2],
    ["with its bytes swapped", 0x0100],
  ] as const) {
    test(`${habit}: is told by the error, and read when ids are not checked`, () => {
      const strict = new ModbusClient(once);
      const { error } = play(strict, strict.readHoldingRegisters(0, 1), [tcp(id, 1, "03021234"), "silence"]);
      assert.equal(error?.code, "answers_of_others");
      assert.match(error.message, /set check_transaction_id to false/);
      const tolerant = new ModbusClient({ ...once, checkTransactionId: false });
      const read = play(tolerant, tolerant.readHoldingRegisters(0, 1), [tcp(id, 1, "03021234")]);
      assert.deepEqual(read.result, bytes("1234"));
    });
  }

  test("unchecked, unit, function and length still decide", () => {
    const client = new ModbusClient({ ...once, checkTransactionId: false });
    const { result } = play(client, client.readHoldingRegisters(0, 1), [
      joinBytes([tcp(0, 2, "03021111"), tcp(0, 1, "04021111"), tcp(0, 1, "030400001111"), tcp(0, 1, "03022222")]),
    ]);
    assert.deepEqual(result, bytes("2222"));
  });

  test("unchecked, a late answer is drained as over RTU", () => {
    const client = new ModbusClient({ ...once, checkTransactionId: false });
    play(client, client.readHoldingRegisters(0, 1), ["silence"]);
    const { result } = play(client, client.readHoldingRegisters(1, 1), [
      tcp(0, 1, "03021111"),
      "silence",
      tcp(0, 1, "03022222"),
    ]);
    assert.deepEqual(result, bytes("2222"));
  });
});

test("72: two answers in one segment are two answers", () => {
  const client = new ModbusClient(once);
  const first = client.readHoldingRegisters(0, 1);
  const second = client.readHoldingRegisters(1, 1);
  assert.deepEqual(
    play(client, first, [joinBytes([tcp(9, 1, "03020000"), tcp(1, 1, "03021111")])]).result,
    bytes("1111"),
  );
  assert.deepEqual(play(client, second, [tcp(2, 1, "03022222")]).result, bytes("2222"));
});

describe("73: transparent and converting gateways mixed up", () => {
  test("RTU answers to TCP requests are said to be that, also in pieces", () => {
    const answer = rtu(1, "030443660000");
    for (const script of [
      [answer],
      [answer.slice(0, 4), answer.slice(4)],
      Array.from(answer, (byte) => Uint8Array.of(byte)),
    ]) {
      const client = new ModbusClient();
      const { error } = play(client, client.readHoldingRegisters(0, 2), script);
      assert.equal(error?.code, "framing_is_rtu");
      assert.match(error.message, /Set the framing to rtu/);
      assert.ok(client.finished, "the stream cannot be followed any more");
    }
  });

  test("TCP answers to RTU requests are said to be that", () => {
    const client = new ModbusClient({ framing: "rtu" });
    const { error } = play(client, client.readHoldingRegisters(0, 2), [tcp(0x0103, 1, "030443660000"), "silence"]);
    assert.equal(error?.code, "framing_is_tcp");
    assert.match(error.message, /Set the framing to tcp/);
  });
});

test("74: the timeout is a setting, three seconds unless said", () => {
  const client = new ModbusClient();
  client.readHoldingRegisters(0, 1);
  assert.equal(client.patience, 3000);
  const slow = new ModbusClient({ timeoutMilliseconds: 10_000 });
  slow.readHoldingRegisters(0, 1);
  assert.equal(slow.patience, 10_000);
});

describe("75: units of devices that are themselves on the network", () => {
  for (const unit of [0, 1, 255]) {
    test(`${unit} can be asked, and unit 0 is answered over TCP`, () => {
      const device = bank(bytes("1234"));
      const server = new ModbusServer({ device: () => device });
      const client = new ModbusClient({ unit });
      assert.deepEqual(outcomeOf(client, server, client.readHoldingRegisters(0, 1)), bytes("1234"));
    });
  }

  test("an answer of another unit is not taken, and the error names it", () => {
    const client = new ModbusClient({ unit: 255, ...once });
    const { error } = play(client, client.readHoldingRegisters(0, 1), [tcp(1, 1, "03021234"), "silence"]);
    assert.match(error!.message, /from unit 1 instead of 255\. Set the unit to the one that answers/);
  });

  test("a write to unit 0 over RTU is a broadcast: done, and not answered", () => {
    const device = bank(new Uint8Array(4));
    const server = new ModbusServer({ framing: "rtu", device: () => device });
    const client = new ModbusClient({ framing: "rtu" });
    outcomeOf(client, server, client.writeRegister(0, 0xbeef, { unit: 0 }));
    assert.deepEqual(outcomeOf(client, server, client.readHoldingRegisters(0, 1)), bytes("BEEF"));
    assert.throws(
      () => outcomeOf(client, server, client.readHoldingRegisters(0, 1, { unit: 0 })),
      /broadcasts are not answered/,
    );
  });
});

describe("76: the pause between requests", () => {
  test("is kept before every request but the first, and what comes in it is dropped", () => {
    const client = new ModbusClient({ pauseMilliseconds: 300 });
    const first = play(client, client.readHoldingRegisters(0, 1), [tcp(1, 1, "03021111")]);
    assert.deepEqual(first.patience, [3000]);
    const request = client.readHoldingRegisters(1, 1);
    assert.equal(client.takeOutput(), undefined, "nothing is sent before the pause is over");
    const second = play(client, request, [tcp(7, 1, "03029999"), "silence", tcp(2, 1, "03022222")]);
    assert.deepEqual(second.patience, [300, 300, 3000]);
    assert.deepEqual(second.result, bytes("2222"));
  });

  test("is not kept where none is set", () => {
    const client = new ModbusClient();
    play(client, client.readHoldingRegisters(0, 1), [tcp(1, 1, "03021111")]);
    client.readHoldingRegisters(1, 1);
    assert.ok(client.takeOutput());
  });
});
