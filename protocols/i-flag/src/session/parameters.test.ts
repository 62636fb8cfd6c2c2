import assert from "node:assert/strict";
import { test } from "node:test";
import { hexFromBytes } from "@anymeter/sans-io";
import { outcomeOf } from "@anymeter/sans-io/testing";
import { layoutOf } from "../databases/layouts.ts";
import { parameterMapOf } from "../parameters/parameter-maps.ts";
import { ExampleConverter, exampleConverter } from "../testing/example-converter.ts";
import { changed, recorded, spoiled } from "../testing/lines.ts";
import { encodeValue } from "../values/value-types.ts";
import { IFlagClient } from "./client.ts";
import { IFlagServer } from "./server.ts";

const isRead = (bytes: Uint8Array) => bytes[0] === 0x01 && bytes[1] === 0xbf;

test("more than 32 parameters, and more than 255 bytes of values, are asked for in several requests", () => {
  const device = exampleConverter();
  const word = { id: 107, type: "word" } as const;
  const index = { id: 148, type: "index" } as const;
  for (const [parameters, requests] of [
    [Array(32).fill(word), 1],
    [Array(33).fill(word), 2],
    [Array(31).fill(index), 1], // 248 bytes
    [Array(32).fill(index), 2], // 256 bytes
  ] as const) {
    const client = new IFlagClient();
    const sent: Uint8Array[] = [];
    const values = outcomeOf(client, new IFlagServer(device), client.readParameters(parameters), {
      up: recorded(sent),
    });
    assert.equal(values.length, parameters.length);
    assert.ok(values.every((value) => value === 1830 || value === "11796.7"));
    assert.equal(sent.filter(isRead).length, requests, `${parameters.length} of ${parameters[0].type}`);
  }
});

test("a converter refuses more than 32 ids and more than 255 bytes", () => {
  const server = new IFlagServer(exampleConverter());
  const client = new IFlagClient();
  outcomeOf(client, server, client.signOn());
  const ask = (hex: string) => {
    server.receive(Uint8Array.from(Buffer.from(hex, "hex")));
    return hexFromBytes(server.takeOutput()!);
  };
  // Checksums by the same rule as those of the published frames.
  assert.equal(ask(framed("BF", "6B".repeat(32))).slice(0, 4), "0140");
  assert.equal(ask(framed("BF", "6B".repeat(33))), "15");
  assert.equal(ask(framed("BF", "94".repeat(32))), "15");
  assert.equal(ask(framed("BF", "")), "15");
});

test("ids from 239 on have two bytes, and a write of one keeps its value", () => {
  const device = exampleConverter()
    .set(238, encodeValue("word", 1))
    .set(239, encodeValue("word", 2))
    .set(280, encodeValue("word", 3));
  const client = new IFlagClient();
  const server = new IFlagServer(device);
  const sent: Uint8Array[] = [];
  const parameters = [238, 239, 280].map((id) => ({ id, type: "word" }) as const);
  assert.deepEqual(outcomeOf(client, server, client.readParameters(parameters), { up: recorded(sent) }), [1, 2, 3]);
  assert.equal(hexFromBytes(sent.at(-1)!).slice(0, 16), "01BF05EEF0EFF118");
  const writes = parameters.map((parameter, index) => ({ ...parameter, value: 100 + index }));
  outcomeOf(client, server, client.writeParameters(writes), { up: recorded(sent) });
  assert.equal(hexFromBytes(sent.at(-1)!).slice(0, 28), "01FF0BEE6400F0EF6500F1186600");
  assert.deepEqual(outcomeOf(client, server, client.readParameters(parameters)), [100, 101, 102]);
});

test("an id that is none is the caller's fault", () => {
  for (const id of [-1, 4096, 1.5]) {
    const client = new IFlagClient();
    const request = client.readParameters([{ id, type: "word" }]);
    assert.throws(() => outcomeOf(client, new IFlagServer(exampleConverter()), request), {
      code: "parameter_id_invalid",
    });
  }
});

test("an unknown parameter is refused, after the request was sent once more", () => {
  const client = new IFlagClient();
  const sent: Uint8Array[] = [];
  const request = client.readParameters([{ id: 200, type: "float" }]);
  assert.throws(() => outcomeOf(client, new IFlagServer(exampleConverter()), request, { up: recorded(sent) }), {
    code: "parameters_refused",
    fault: "refused",
    message: /refused \(NAK\) to read parameter 200/,
  });
  assert.equal(sent.filter(isRead).length, 2);
});

test("a request that was damaged on its way is sent again", () => {
  const client = new IFlagClient();
  let damages = 0;
  const up = spoiled((bytes) => (isRead(bytes) && damages++ < 1 ? [changed(bytes, 3)] : undefined));
  assert.deepEqual(outcomeOf(client, new IFlagServer(exampleConverter()), client.readNamed(["battery_days"]), { up }), {
    battery_days: 1830,
  });
});

test("a damaged answer is asked for again", () => {
  for (const at of [1, 3, -3, -2]) {
    const client = new IFlagClient();
    let damages = 0;
    const down = spoiled((bytes) => (bytes[0] === 0x01 && damages++ < 1 ? [changed(bytes, at)] : undefined));
    const request = client.readNamed(["battery_days"]);
    assert.deepEqual(outcomeOf(client, new IFlagServer(exampleConverter()), request, { down }), { battery_days: 1830 });
  }
});

test("a value that contains ETX does not end its frame", () => {
  const client = new IFlagClient();
  const device = exampleConverter().set(7, Uint8Array.of(3, 3));
  const request = client.readParameters([{ id: 7, type: "word" }]);
  assert.deepEqual(outcomeOf(client, new IFlagServer(device), request), [0x0303]);
});

test("values of another length than the map says are not cut up", () => {
  const client = new IFlagClient();
  const device = exampleConverter().set(107, new Uint8Array(4));
  assert.throws(() => outcomeOf(client, new IFlagServer(device), client.readNamed(["battery_days"])), {
    code: "answer_length_wrong",
    message: /4 bytes of values instead of 2 for parameter 107/,
  });
});

test("the map is chosen by parameter 94, or given", () => {
  const map = parameterMapOf("M5B00");
  const values = {
    parameter_mapping_version: "FL_M5B00",
    index_converted: "123456789012.12345678",
    pressure_2: "4.25",
  };
  const device = new ExampleConverter(map, values);
  const client = new IFlagClient();
  const server = new IFlagServer(device);
  assert.equal(outcomeOf(client, server, client.readMap()).id, "M5B00");
  assert.deepEqual(outcomeOf(client, server, client.readNamed(["index_converted", "pressure_2"])), {
    index_converted: "123456789012.12345678",
    pressure_2: "4.25",
  });
  const unknown = new IFlagServer(new ExampleConverter(map, { ...values, parameter_mapping_version: "FL_X0001" }));
  const other = new IFlagClient();
  assert.throws(() => outcomeOf(other, unknown, other.readNamed(["pressure_2"])), {
    code: "parameter_map_unknown",
    message: /"FL_X0001", which is none of G0003, M5A00, M5B00, b0040/,
  });
  assert.deepEqual(outcomeOf(other, unknown, other.readNamed(["pressure_2"], map)), { pressure_2: "4.25" });
});

test("a converter that names no map, or no pulse weight, says so", () => {
  const nameless = new ExampleConverter(parameterMapOf("G0003"), { temperature: "12.5" });
  const client = new IFlagClient();
  assert.throws(() => outcomeOf(client, new IFlagServer(nameless), client.readNamed(["temperature"])), {
    code: "parameter_map_missing",
    message: /Name its map in the settings: G0003/,
  });
  const weightless = new IFlagServer(nameless.fill(layoutOf("daily", 57), [{ end_date: "2021-03-04T06:00:00" }]));
  const other = new IFlagClient();
  assert.throws(() => outcomeOf(other, weightless, other.readDatabase({ database: "daily" })), {
    code: "pulse_weight_missing",
    fault: "damaged",
  });
});

test("a parameter that the map does not have is named with those it has", () => {
  const client = new IFlagClient();
  assert.throws(() => outcomeOf(client, new IFlagServer(exampleConverter()), client.readNamed(["pressure_2"])), {
    code: "parameter_unknown",
    message: /G0003 has no "pressure_2". It has: parameter_mapping_version, input_pulse_weight/,
  });
});

test("a protected parameter cannot be written", () => {
  const client = new IFlagClient();
  const write = { id: 148, type: "index", value: "0" } as const;
  assert.throws(() => outcomeOf(client, new IFlagServer(exampleConverter()), client.writeParameters([write])), {
    code: "parameters_refused",
    message: /refused \(NAK\) to write parameter 148/,
  });
});

function framed(code: string, data: string): string {
  const body = Buffer.from(`01${code}${(data.length / 2).toString(16).padStart(2, "0")}${data}03`, "hex");
  let crc = 0;
  for (const byte of body) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x8005 : 0)) & 0xffff;
  }
  return body.toString("hex") + (crc & 0xff).toString(16).padStart(2, "0") + (crc >> 8).toString(16).padStart(2, "0");
}
