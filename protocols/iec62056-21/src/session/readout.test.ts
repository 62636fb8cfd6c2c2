import assert from "node:assert/strict";
import { test } from "node:test";
import { joinBytes } from "@anymeter/sans-io";
import { withEvenParity } from "../parity.ts";
import { ExampleMeter } from "../testing/example-meter.ts";
import { lose, onceAt, outcomes, spoilCheck, talk } from "../testing/memory-line.ts";
import { ScriptedMeter } from "../testing/scripted-meter.ts";
import { bytesOfPrint, emh } from "../testing/vectors.ts";
import { ClientSession, type ClientSettings, type Readout } from "./client-session.ts";
import type { ServerDevice } from "./server-device.ts";
import { ServerSession } from "./server-session.ts";

function meterOf(changes: Partial<ServerDevice> = {}): ServerDevice {
  return Object.assign(new ExampleMeter(), changes);
}

/** The addresses that a readout gave, or the code of the error. */
function addressesOf([outcome]: unknown[]): unknown {
  return typeof outcome === "string" ? outcome : (outcome as Readout).dataSets.map(({ address }) => address);
}

const allAddresses = ["F.F", "0.0.0", "1.8.0", "1.8.0*03"];

function readOut(
  settings: ClientSettings,
  device: ServerDevice,
  line: Parameters<typeof talk>[2] = {},
): { outcome: unknown; client: ClientSession; server: ServerSession } {
  const client = new ClientSession(settings);
  const server = new ServerSession(device);
  client.readReadout();
  return { outcome: addressesOf(outcomes(talk(client, server, line))), client, server };
}

for (const [mode, baudCharacter, speed] of [
  ["A", "?", 300],
  ["B", "E", 9600],
  ["C", "5", 9600],
] as const) {
  for (const chunk of [1, undefined]) {
    test(`a readout in mode ${mode}, in ${chunk ? "single bytes" : "whole messages"}`, () => {
      const device = meterOf({ identification: { manufacturer: "ANY", baudCharacter, model: "Example" } });
      const { outcome, client, server } = readOut({}, device, chunk ? { chunk } : {});
      assert.deepEqual(outcome, allAddresses);
      assert.deepEqual([client.baudRate, server.baudRate], [speed, speed]);
    });
  }
}

test("the printed dialogue of an EMH meter, message for message", () => {
  const client = new ClientSession();
  const meter = new ScriptedMeter([
    [emh.request, emh.identification],
    [emh.readoutSelect, emh.readout],
  ]);
  client.readReadout();
  const [readout] = outcomes(talk(client, meter)) as [Readout];
  assert.deepEqual(readout.identification, {
    type: "identification",
    manufacturer: "EMH",
    baudCharacter: "5",
    escapes: ["@"],
    model: "D4EM4TIIW001--",
  });
  assert.equal(readout.dataSets.length, 18);
  assert.deepEqual(readout.dataSets[13], { address: "1-0:0.3.0*255", values: [{ value: "6.00", unit: "Imp/kWh" }] });
});

test("a wrong check character is never taken: the readout is asked for again", () => {
  const spoiled = readOut({}, meterOf(), { fromServer: onceAt(1, spoilCheck) });
  assert.deepEqual(spoiled.outcome, allAddresses);
  const always = readOut({}, meterOf(), { fromServer: (bytes) => (bytes[0] === 2 ? spoilCheck(bytes) : bytes) });
  assert.equal(always.outcome, "message_checksum_wrong");
});

test("a readout cut short is asked for again", () => {
  const { outcome } = readOut({}, meterOf(), { fromServer: onceAt(1, (bytes) => bytes.slice(0, 30)) });
  assert.deepEqual(outcome, allAddresses);
});

test("a byte that becomes an ETX ends the block early, and the rest is not taken for the repetition", () => {
  const { outcome } = readOut({}, meterOf(), { fromServer: onceAt(1, (bytes) => bytes.with(20, 3)) });
  assert.deepEqual(outcome, allAddresses);
});

test("a lost sign-on is repeated, a dead meter is given up after as many attempts as set", () => {
  assert.deepEqual(readOut({}, meterOf(), { fromClient: onceAt(0, lose) }).outcome, allAddresses);
  let sent = 0;
  const count = () => {
    sent++;
    return undefined;
  };
  assert.equal(readOut({ attempts: 4 }, meterOf(), { fromClient: count }).outcome, "no_answer");
  assert.equal(sent, 4);
});

test("noise in answer to the sign-on is told as noise, not as silence", () => {
  const noise = Uint8Array.of(0xfe, 0x80, 0xc4);
  assert.equal(readOut({}, meterOf(), { fromServer: () => noise }).outcome, "answer_unreadable");
});

test("a lost option select ends in the readout that the meter gives by itself", () => {
  const { outcome, server } = readOut({}, meterOf(), { fromClient: onceAt(1, lose) });
  assert.deepEqual(outcome, allAddresses);
  assert.equal(server.baudRate, 300, "without an option select the meter keeps its speed");
});

test("junk and NULs before an identification are skipped", () => {
  const junk = Uint8Array.of(0, 0, 0xff, 0x7f, 0x41, 0x0d);
  const { outcome } = readOut({}, meterOf(), { fromServer: onceAt(0, (bytes) => joinBytes([junk, bytes])) });
  assert.deepEqual(outcome, allAddresses);
});

test("bytes after the check character belong to nobody", () => {
  const { outcome } = readOut({}, meterOf(), {
    fromServer: onceAt(1, (bytes) => joinBytes([bytes, bytes.slice(0, 9)])),
  });
  assert.deepEqual(outcome, allAddresses);
});

test("the meter that is asked by its address answers, whatever its zeros in front; another does not", () => {
  assert.deepEqual(readOut({ address: "0087654321" }, meterOf()).outcome, allAddresses);
  assert.equal(readOut({ address: "87654322" }, meterOf()).outcome, "no_answer");
  assert.equal(readOut({ address: "8765*" }, meterOf()).outcome, "value_invalid");
});

test("a meter that answers only protocol character 2 is read with that setting", () => {
  const device = meterOf({ protocolCharacters: ["2"] });
  const client = new ClientSession({ attempts: 1 });
  client.readReadout({ protocol: "2" });
  assert.deepEqual(addressesOf(outcomes(talk(client, new ServerSession(device)))), allAddresses);
});

test("7E1 characters in an 8-bit stream: parity is computed for what is sent, and dropped from what comes", () => {
  const device = meterOf({ parity: "even" });
  assert.deepEqual(readOut({ parity: "even" }, device).outcome, allAddresses);
  assert.equal(readOut({ parity: "none" }, device).outcome, "no_answer", "the meter ignores characters without parity");
  assert.deepEqual(withEvenParity(bytesOfPrint("/?!<CR><LF>")), Uint8Array.of(0xaf, 0x3f, 0x21, 0x8d, 0x0a));
});

test("an optical head that echoes everything is found out", () => {
  const client = new ClientSession();
  const server = new ServerSession(meterOf());
  client.readReadout();
  const echoes: Uint8Array[] = [];
  const events = talk(client, server, {
    fromClient: (bytes) => {
      echoes.push(bytes);
      return bytes;
    },
    fromServer: (bytes) => joinBytes([...echoes.splice(0), bytes]),
  });
  assert.deepEqual(addressesOf(outcomes(events)), allAddresses);
});

test("a battery meter wants to be woken, and the pause after it", () => {
  const device = meterOf({ nulsToWake: 60 });
  assert.equal(readOut({}, device).outcome, "no_answer");
  assert.deepEqual(readOut({ wakeUp: {} }, device).outcome, allAddresses);
  assert.equal(readOut({ wakeUp: { count: 10 } }, device).outcome, "no_answer");
  assert.deepEqual(readOut({ wakeUp: { count: 60, interval: 30 } }, device).outcome, allAddresses);
  const client = new ClientSession({ wakeUp: { pause: 1600 } });
  client.readReadout();
  assert.deepEqual(client.takeOutput(), new Uint8Array(66));
  assert.equal(client.patience, 1600);
  assert.equal(client.takeOutput(), undefined, "the sign-on waits for the pause");
  client.timedOut();
  assert.deepEqual(client.takeOutput(), bytesOfPrint(emh.request));
});

test("the option select goes out at the old speed, and the speed changes after a pause", () => {
  const client = new ClientSession({ speedChangePause: 300 });
  client.readReadout();
  client.takeOutput();
  client.receive(bytesOfPrint(emh.identification));
  assert.deepEqual(client.takeOutput(), bytesOfPrint(emh.readoutSelect));
  assert.deepEqual([client.baudRate, client.patience], [300, 300]);
  client.timedOut();
  assert.deepEqual([client.baudRate, client.patience], [9600, 5000]);
  client.receive(bytesOfPrint(emh.readout));
  assert.equal(client.nextEvent()?.type, "response");
});

test("the meter's own table is asked for by a maker's mode, at a speed of choice", () => {
  const client = new ClientSession();
  client.readReadout({ mode: "6", baudCharacter: "0" });
  client.takeOutput();
  client.receive(bytesOfPrint(emh.identification));
  assert.deepEqual(client.takeOutput(), bytesOfPrint("<ACK>006<CR><LF>"));
  assert.equal(client.baudRate, 300);
});

test("an endless answer and an endless line are given up at their limits", () => {
  for (const babble of [`\x02${"1.8.0(1)\r\n".repeat(20)}`, `/${"x".repeat(200)}`]) {
    const client = new ClientSession({ attempts: 2, messageLimit: 100 });
    client.readReadout();
    client.takeOutput();
    if (babble.startsWith("\x02")) client.receive(bytesOfPrint("/ANY?<CR><LF>"));
    let event = client.nextEvent();
    for (let turn = 0; turn < 100 && !event; turn++) {
      client.receive(new TextEncoder().encode(babble));
      event = client.nextEvent();
    }
    assert.deepEqual(event && outcomes([event]), ["message_too_long"]);
  }
});

test("a lost connection fails what is under way and what waits, and ends the session", () => {
  const client = new ClientSession();
  client.readReadout();
  client.readReadout();
  client.takeOutput();
  client.connectionLost();
  assert.deepEqual(outcomes([client.nextEvent()!, client.nextEvent()!]), ["connection_lost", "connection_lost"]);
  assert.equal(client.finished, true);
  assert.throws(() => client.readReadout(), { code: "session_over" });
});
