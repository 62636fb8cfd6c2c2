import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { SlaveStation } from "./server/slave-station.ts";
import { busOf, lineTo } from "./testing/bus-of.ts";
import { exampleMeter, waterMeter } from "./testing/example-meters.ts";

test("a meter takes its new primary address, and must answer there", () => {
  for (const target of [{ primary: 0 }, { secondary: waterMeter }]) {
    const device = exampleMeter({ primary: 0 });
    const line = lineTo(device);
    line.ask(line.client.setPrimaryAddress(target, 42));
    assert.equal(device.primaryAddress, 42);
    assert.match(line.sent, /6806066873(00|FD)51017A2A/);
    assert.equal(line.transcript.at(-2), "> 10402A6A16");
  }
});

test("a primary address that somebody has is not given away", () => {
  const device = exampleMeter({ primary: 0 });
  const line = lineTo(device, exampleMeter({ primary: 42, secondary: { identification: "99999999" } }));
  assert.equal(line.failureOf(line.client.setPrimaryAddress({ primary: 0 }, 42)).code, "address_taken");
  assert.equal(device.primaryAddress, 0);
});

test("a meter that acknowledges a new address and keeps the old one is found out", () => {
  const station = new SlaveStation(exampleMeter({ primary: 1 }));
  const keeping = busOf([
    {
      hear: (frame) =>
        frame.type === "long" && frame.application[0] === 0x51 ? { bytes: Uint8Array.of(0xe5) } : station.hear(frame),
    },
  ]);
  const line = lineTo(keeping);
  assert.equal(line.failureOf(line.client.setPrimaryAddress({ primary: 1 }, 2)).code, "address_change_unconfirmed");
});

test("addresses and rates that do not exist are refused before anything is sent", () => {
  const { client, transcript } = lineTo(exampleMeter());
  assert.throws(() => client.setPrimaryAddress({ primary: 1 }, 251), { code: "primary_address_invalid" });
  assert.throws(() => client.readMeter({ primary: 253 }), { code: "primary_address_invalid" });
  assert.throws(() => client.readMeter({ primary: 1.5 }), { code: "primary_address_invalid" });
  assert.throws(() => client.setBaud({ primary: 1 }, 1234), { code: "baud_unknown" });
  assert.throws(() => client.search({ identification: "x" }), { code: "secondary_address_invalid" });
  assert.deepEqual(transcript, []);
});

test("data is written once, however often its acknowledgement is lost", () => {
  const written: string[] = [];
  const write = (records: Uint8Array) => {
    written.push(hexFromBytes(records));
    return true;
  };
  const line = lineTo(exampleMeter({ write }), {
    toClient: (bytes: Uint8Array, index: number) => (index === 1 ? undefined : bytes),
  });
  line.ask(line.client.sendApplication({ primary: 5 }, bytesFromHex("51 046D00000000")));
  assert.deepEqual(written, ["046D00000000"]);
});

test("a meter whose buffer is full is given time, and refuses in the end", () => {
  let refusals = 2;
  const patient = lineTo(exampleMeter({ write: () => refusals-- <= 0 }));
  patient.ask(patient.client.sendApplication({ primary: 5 }, bytesFromHex("51 0C7800000000")));
  assert.ok(patient.now >= 2000, `${patient.now} ms`);
  const full = lineTo(exampleMeter({ write: () => false }));
  const error = full.failureOf(full.client.sendApplication({ primary: 5 }, bytesFromHex("51 0C7800000000")));
  assert.equal(error.code, "request_refused");
});

test("a meter that took the data and says that its buffer is full (DFC) is given time before the next", () => {
  const station = new SlaveStation(exampleMeter({ write: () => true }));
  let full = true;
  const bus = busOf([
    {
      hear: (frame) => {
        const answer = station.hear(frame);
        // ACK of IEC 60870-5-2 with DFC: 10 10 05 15 16.
        return frame.type === "long" && full ? { bytes: bytesFromHex("1010051516") } : answer;
      },
    },
  ]);
  const line = lineTo(bus);
  const send = () => line.ask(line.client.sendApplication({ primary: 5 }, bytesFromHex("51 0C7800000000")));
  send();
  const taken = line.now;
  full = false;
  send();
  assert.equal(line.now - taken, 1000);
  send();
  assert.equal(line.now - taken, 1000, "its buffer is free again");
});

test("an application reset goes to one meter, or to all without an answer", () => {
  const line = lineTo(exampleMeter());
  line.ask(line.client.resetApplication({ primary: 5 }, 0x10));
  assert.ok(line.sent.endsWith("6804046873055010D816"), line.sent);
  line.ask(line.client.resetApplication({ primary: 255 }));
  assert.ok(line.sent.endsWith("6803036853FF50A216"), line.sent);
});

test("a baud is switched by its CI field", () => {
  const line = lineTo(exampleMeter());
  line.ask(line.client.setBaud({ primary: 5 }, 9600));
  assert.ok(line.sent.endsWith("680303687305BD3516"), line.sent);
});

test("a link reset says whether it was acknowledged; silence is no failure", () => {
  const line = lineTo(exampleMeter());
  assert.deepEqual(line.ask(line.client.resetLink(5)), { acknowledged: true });
  assert.deepEqual(line.ask(line.client.resetLink(6)), { acknowledged: false });
});
