import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesFromHex, ProtocolError } from "@anymeter/sans-io";
import { mutate, outcomeOf, Random } from "@anymeter/sans-io/testing";
import { encodeRtuFrame } from "../framing/rtu-frame.ts";
import { encodeTcpFrame } from "../framing/tcp-frame.ts";
import { bank } from "../testing/register-bank.ts";
import { play } from "../testing/scripted.ts";
import { ModbusClient } from "./client.ts";
import type { ModbusDevice } from "./device.ts";
import { ModbusServer } from "./server.ts";

const bytes = bytesFromHex;
const tcp = (transactionId: number, unit: number, pdu: string) =>
  encodeTcpFrame({ transactionId, unit, pdu: bytes(pdu) });
const rtu = (unit: number, pdu: string) => encodeRtuFrame({ unit, pdu: bytes(pdu) });

describe("asking again", () => {
  test("a read is repeated after silence, a write is not", () => {
    const client = new ModbusClient({ attempts: 2 });
    const read = play(client, client.readHoldingRegisters(0, 1), ["silence", tcp(2, 1, "03021111")]);
    assert.deepEqual(read.result, bytes("1111"));
    assert.equal(read.sent.length, 2);
    const write = play(client, client.writeRegister(0, 1), ["silence"]);
    assert.equal(write.error?.code, "no_answer");
    assert.equal(write.sent.length, 1);
  });

  test("a busy device is asked again after a pause", () => {
    const client = new ModbusClient({ busyMilliseconds: 800 });
    const { result, patience } = play(client, client.readHoldingRegisters(0, 1), [
      tcp(1, 1, "8306"),
      "silence",
      tcp(2, 1, "03021111"),
    ]);
    assert.deepEqual(result, bytes("1111"));
    assert.equal(patience[1], 800);
  });

  test("another refusal is final", () => {
    const client = new ModbusClient();
    const { error, sent } = play(client, client.readHoldingRegisters(0x48, 2), [tcp(1, 1, "8302")]);
    assert.equal(error?.code, "illegal_data_address");
    assert.match(error.message, /Unit 1 refuses to read 2 holding registers from 72 \(0x0048\)/);
    assert.equal(sent.length, 1);
  });
});

describe("damage", () => {
  test("a wrong checksum is said to be that, and the read repeated", () => {
    const damaged = rtu(1, "03021111");
    damaged[4]! ^= 1;
    const client = new ModbusClient({ framing: "rtu", attempts: 1 });
    const { error } = play(client, client.readHoldingRegisters(0, 1), [damaged, "silence"]);
    assert.equal(error?.code, "checksum_wrong");
    const patient = new ModbusClient({ framing: "rtu" });
    const read = play(patient, patient.readHoldingRegisters(0, 1), [damaged, "silence", "silence", rtu(1, "03022222")]);
    assert.deepEqual(read.result, bytes("2222"));
  });

  test("an answer that ends in the middle is said to be that", () => {
    for (const [client, part] of [
      [new ModbusClient({ attempts: 1 }), tcp(1, 1, "03021111").slice(0, 9)],
      [new ModbusClient({ framing: "rtu", attempts: 1 }), rtu(1, "03021111").slice(0, 4)],
    ] as const) {
      const { error } = play(client, client.readHoldingRegisters(0, 1), [part, "silence"]);
      assert.equal(error?.code, "bytes_truncated");
    }
  });

  test("a stream that is no Modbus ends the session", () => {
    const client = new ModbusClient();
    const request = client.readHoldingRegisters(0, 1);
    const { error } = play(client, request, [bytes("485454502F312E3120343030")]);
    assert.equal(error?.code, "protocol_identifier_invalid");
    assert.throws(() => client.readHoldingRegisters(0, 1), { code: "session_over" });
  });

  test("a peer that answers everything but the question is given up", () => {
    const client = new ModbusClient();
    const { error } = play(client, client.readHoldingRegisters(0, 1), Array(32).fill(tcp(77, 1, "03021111")));
    assert.equal(error?.code, "answers_unrelated");
  });

  test("noise without end is given up", () => {
    const client = new ModbusClient({ framing: "rtu" });
    const { error } = play(client, client.readHoldingRegisters(0, 1), Array(17).fill(new Uint8Array(4096)));
    assert.equal(error?.code, "noise_endless");
    assert.ok(client.finished);
  });

  test("a lost connection fails what waits", () => {
    const client = new ModbusClient();
    const request = client.readHoldingRegisters(0, 1);
    client.connectionLost();
    assert.equal(play(client, request, []).error?.code, "connection_lost");
  });

  for (const framing of ["tcp", "rtu"] as const) {
    test(`over ${framing}, mutated answers give values or typed errors, never more`, () => {
      const random = new Random(11);
      for (let round = 0; round < 400; round++) {
        const device = bank(bytes("0001020304050607"));
        const server = new ModbusServer({ framing, device: () => device });
        const client = new ModbusClient({ framing });
        try {
          const read = outcomeOf(client, server, client.readHoldingRegisters(0, 3), {
            down: (sent) => [mutate(sent, random)],
          });
          assert.equal(read.length, 6);
        } catch (error) {
          assert.ok(error instanceof ProtocolError, String(error));
        }
      }
    });

    test(`over ${framing}, a server survives mutated requests`, () => {
      const random = new Random(5);
      for (let round = 0; round < 400; round++) {
        const server = new ModbusServer({ framing, device: () => bank(new Uint8Array(64)) });
        const client = new ModbusClient({ framing });
        client.writeRegisters(0, new Uint8Array(8));
        server.receive(mutate(client.takeOutput()!, random));
        if (server.patience !== undefined) server.timedOut();
      }
    });
  }
});

describe("a server", () => {
  const absent: ModbusDevice = {};

  test("refuses as the standard says", () => {
    const registers = bank(new Uint8Array(20));
    const refuses = (device: ModbusDevice, pdu: string, exception: string) => {
      const server = new ModbusServer({ device: () => device });
      server.receive(tcp(1, 1, pdu));
      assert.deepEqual(server.takeOutput(), tcp(1, 1, exception), pdu);
    };
    refuses(registers, "0300000000", "8303");
    refuses(registers, "030000007E", "8303");
    refuses(registers, "0300090002", "8302");
    refuses(registers, "03FFFF0002", "8302");
    refuses(registers, "2A00", "AA01");
    refuses(registers, "2B0E0100", "AB01");
    for (const pdu of [
      "0100000001",
      "0300000001",
      "0600000001",
      "0500000000",
      "0F000000010101",
      "1000000001020000",
      "160000FFFF0000",
    ]) {
      refuses(absent, pdu, `${(0x80 | Number.parseInt(pdu.slice(0, 2), 16)).toString(16)}01`);
    }
  });

  test("behind a gateway without the unit is silent, or says so where the gateway does", () => {
    const silent = new ModbusServer({ device: () => undefined });
    silent.receive(tcp(1, 9, "0300000001"));
    assert.equal(silent.takeOutput(), undefined);
    const telling = new ModbusServer({ device: () => undefined, habits: { absentUnit: 11 } });
    const client = new ModbusClient({ unit: 9 });
    assert.throws(() => outcomeOf(client, telling, client.readHoldingRegisters(0, 1)), {
      code: "gateway_target_silent",
    });
  });

  test("keeps its habits with transaction ids", () => {
    for (const [transactionId, expected] of [
      ["zero", 0],
      ["swapped", 0x3412],
      ["echo", 0x1234],
    ] as const) {
      const server = new ModbusServer({ device: () => bank(new Uint8Array(2)), habits: { transactionId } });
      server.receive(tcp(0x1234, 1, "0300000001"));
      assert.deepEqual(server.takeOutput(), tcp(expected, 1, "03020000"));
    }
  });

  test("gives the line up when the stream is no Modbus", () => {
    const server = new ModbusServer({ device: () => absent });
    server.receive(bytes("485454502F31"));
    server.receive(bytes("2E310D0A"));
    assert.ok(server.finished);
  });

  test("answers an RTU request of an unknown function after a silence", () => {
    const server = new ModbusServer({ framing: "rtu", device: () => absent });
    server.receive(rtu(1, "2A01"));
    assert.equal(server.takeOutput(), undefined);
    assert.equal(server.patience, 100);
    server.timedOut();
    assert.deepEqual(server.takeOutput(), rtu(1, "AA01"));
  });

  test("tells what it served", () => {
    const server = new ModbusServer({ device: () => bank(bytes("1234")) });
    server.receive(tcp(1, 3, "0300000001"));
    assert.deepEqual(server.nextEvent(), {
      unit: 3,
      request: { type: "read-holding-registers", address: 0, quantity: 1 },
      response: { type: "read-holding-registers", registers: bytes("1234") },
    });
  });
});

describe("device identification", () => {
  const text = (value: string) => Uint8Array.from(value, (letter) => letter.charCodeAt(0));
  const objects = new Map([
    [0, text("Anymeter")],
    [1, text("AM-3")],
    [2, text("V2.11")],
    [4, text("N".repeat(200))],
    [5, text("M".repeat(200))],
    [0x80, text("secret sauce")],
  ]);
  const device: ModbusDevice = { identification: { conformity: 0x83, objects } };
  const read = (wanted: "basic" | "regular" | "extended" | number) => {
    const server = new ModbusServer({ device: () => device });
    const client = new ModbusClient();
    return outcomeOf(client, server, client.readIdentification(wanted));
  };

  test("of a category comes whole, over as many answers as it takes", () => {
    assert.deepEqual([...read("basic").objects.keys()], [0, 1, 2]);
    assert.deepEqual([...read("regular").objects.keys()], [0, 1, 2, 4, 5]);
    assert.deepEqual(read("extended").objects, objects);
  });

  test("of one object comes alone, and an unknown one is refused", () => {
    assert.deepEqual([...read(0x80).objects.keys()], [0x80]);
    assert.throws(() => read(3), { code: "illegal_data_address" });
  });

  test("that goes in a circle is given up", () => {
    const client = new ModbusClient();
    const page = (transaction: number, next: string) => tcp(transaction, 1, `2B0E0101FF${next}010102${"4142"}`);
    const { error } = play(client, client.readIdentification(), [page(1, "02"), page(2, "01")]);
    assert.equal(error?.code, "identification_endless");
  });
});
