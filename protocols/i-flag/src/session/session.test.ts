import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { byteByByte, outcomeOf } from "@anymeter/sans-io/testing";
import { layoutOf } from "../databases/layouts.ts";
import { addressOf, parameterMapOf } from "../parameters/parameter-maps.ts";
import { exampleConverter, withDays } from "../testing/example-converter.ts";
import { recorded } from "../testing/lines.ts";
import { IFlagClient } from "./client.ts";
import { IFlagServer } from "./server.ts";

test("wakes, signs on, answers PASS, and reads the clock and the pulse weight as published", () => {
  const client = new IFlagClient();
  const sent: Uint8Array[] = [];
  const request = client.readParameters([
    { id: 106, type: "date" },
    { id: 1, type: "float" },
  ]);
  const values = outcomeOf(client, new IFlagServer(exampleConverter()), request, { up: recorded(sent) });
  assert.deepEqual(values, ["2021-03-04T05:06:07", "0.1"]);
  assert.deepEqual(sent.map(hexFromBytes), [
    "00".repeat(200),
    "2F3F210D0A", // /?!
    "063035370D0A", // ACK 0 5 7: the baud character echoed, mode 7
    "50415353E0AE", // PASS back
    "01BF026A01032A67",
  ]);
});

test("tells who answered the sign-on", () => {
  const client = new IFlagClient();
  assert.deepEqual(outcomeOf(client, new IFlagServer(exampleConverter()), client.signOn()), {
    manufacturer: "ACT",
    baudCharacter: "5",
    name: "MINICOR200",
  });
});

test("everything works byte by byte", () => {
  const client = new IFlagClient();
  const server = new IFlagServer(withDays(40));
  const line = { up: byteByByte, down: byteByByte };
  assert.deepEqual(outcomeOf(client, server, client.readNamed(["index_unconverted", "temperature"]), line), {
    index_unconverted: "11796.7",
    temperature: "12.5",
  });
  assert.equal(outcomeOf(client, server, client.readDatabase({ database: "daily" }), line).records.length, 40);
  const battery = { ...addressOf(parameterMapOf("G0003"), "battery_days"), value: 3000 };
  outcomeOf(client, server, client.writeParameters([battery]), line);
  assert.deepEqual(outcomeOf(client, server, client.readNamed(["battery_days"]), line), { battery_days: 3000 });
});

test("a parameter without a value is left out", () => {
  const client = new IFlagClient();
  const request = client.readNamed(["temperature", "pressure"]);
  assert.deepEqual(outcomeOf(client, new IFlagServer(exampleConverter()), request), { temperature: "12.5" });
});

test("reads a whole database by the request as published, its pulses weighted, the newest first", () => {
  const device = exampleConverter().fill(layoutOf("daily", 57), [
    { end_date: "2021-03-04T06:00:00", consumption_unconverted_daily: 123, consumption_converted_daily: 456 },
    { end_date: "2021-03-03T06:00:00", consumption_unconverted_daily: 120 },
  ]);
  const client = new IFlagClient();
  const sent: Uint8Array[] = [];
  const request = client.readDatabase({ database: "daily" });
  const { records, layout } = outcomeOf(client, new IFlagServer(device), request, { up: recorded(sent) });
  assert.equal(layout?.length, 57);
  assert.deepEqual(records, [
    { end_date: "2021-03-04T06:00:00", consumption_unconverted_daily: "12.3", consumption_converted_daily: "45.6" },
    { end_date: "2021-03-03T06:00:00", consumption_unconverted_daily: "12.0" },
  ]);
  assert.deepEqual(sent[4], bytesFromHex("01BE0D02F9FFFFFF00000000000000000349AF"));
});

test("a pulse weight that is given is not read", () => {
  const client = new IFlagClient();
  const sent: Uint8Array[] = [];
  const request = client.readDatabase({ database: "daily", pulseWeight: "10" });
  const { records } = outcomeOf(client, new IFlagServer(withDays(1)), request, { up: recorded(sent) });
  assert.equal(records[0]?.consumption_unconverted_daily, "10");
  assert.equal(sent.length, 5);
});

test("asks for a time range with the newest limit first, and gets the records of it", () => {
  const client = new IFlagClient();
  const range = { newest: "2021-03-08T06:00:00", oldest: "2021-03-06T06:00:00" };
  const sent: Uint8Array[] = [];
  const request = client.readDatabase({ database: "daily", ...range });
  const { records } = outcomeOf(client, new IFlagServer(withDays(10)), request, { up: recorded(sent) });
  assert.deepEqual(
    records.map(({ end_date }) => end_date),
    ["2021-03-08T06:00:00", "2021-03-07T06:00:00", "2021-03-06T06:00:00"],
  );
  // 2021-03-08T06:00:00: 21 << 26 | 3 << 22 | 8 << 17 | 6 << 12 = 0x54D06000.
  assert.equal(hexFromBytes(sent[4]!).slice(16, 32), "0060D0540060CC54");
});

test("an empty database is no error", () => {
  const device = exampleConverter().fill(layoutOf("event", 5), []);
  for (const count of [false, true]) {
    const client = new IFlagClient();
    const content = outcomeOf(client, new IFlagServer(device), client.readDatabase({ database: "event", count }));
    assert.deepEqual(content.records, []);
    assert.equal(content.layout, undefined);
  }
});

test("records that are split between frames are joined before they are cut", () => {
  // Records of 57 bytes end in the middle of every one of these frames.
  for (const frameData of [255, 60, 8]) {
    const client = new IFlagClient();
    const server = new IFlagServer(withDays(30), { frameData });
    const { records } = outcomeOf(client, server, client.readDatabase({ database: "daily", pulseWeight: "1" }));
    assert.deepEqual(
      records.map(({ consumption_unconverted_daily }) => consumption_unconverted_daily),
      Array.from({ length: 30 }, (_, day) => String(30 - day)),
    );
  }
});

test("the count and persistence bits are set when asked for", () => {
  const device = withDays(3);
  const client = new IFlagClient();
  const sent: Uint8Array[] = [];
  const request = client.readRawRecords({ database: "daily", count: true, persistence: true });
  const { announced, records } = outcomeOf(client, new IFlagServer(device), request, { up: recorded(sent) });
  assert.equal(sent[4]?.[3], 0x92); // daily 2, count 10, persistence 80
  assert.equal(announced, 3);
  assert.equal(records.length, 3);
  assert.deepEqual(
    device.requests.map(({ count, persistence }) => ({ count, persistence })),
    [{ count: true, persistence: true }],
  );
});

test("events and parameter changes are read with the masks their records are known for", () => {
  const device = exampleConverter()
    .fill(layoutOf("event", 5), [{ date: "2021-03-04T01:02:03", event_code: 17 }])
    .fill(layoutOf("parameter_log", 21), [
      {
        date: "2021-03-04T01:02:03",
        parameter_code: 9,
        old_value: bytesFromHex("0000803F00000000"),
        new_value: bytesFromHex("0000004000000000"),
      },
    ]);
  const client = new IFlagClient();
  const server = new IFlagServer(device);
  const events = outcomeOf(client, server, client.readDatabase({ database: "event" }));
  assert.deepEqual(events.records, [{ date: "2021-03-04T01:02:03", event_code: 17 }]);
  const changes = outcomeOf(client, server, client.readDatabase({ database: "parameter_log" }));
  assert.equal(hexFromBytes(changes.records[0]?.new_value as Uint8Array), "0000004000000000");
  assert.deepEqual(
    device.requests.map(({ mask }) => mask),
    [0x19, 0x319],
  );
});

test("signs off with the published break, after which the converter sleeps and nothing can be asked", () => {
  const client = new IFlagClient();
  const server = new IFlagServer(exampleConverter());
  const sent: Uint8Array[] = [];
  outcomeOf(client, server, client.signOn());
  outcomeOf(client, server, client.signOff(), { up: recorded(sent) });
  assert.deepEqual(sent.map(hexFromBytes), ["014230032131"]);
  assert.equal(client.finished, true);
  assert.equal(server.patience, undefined);
  assert.throws(() => client.signOn(), { code: "session_over" });
});
