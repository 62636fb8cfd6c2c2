import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { layoutOf } from "../databases/layouts.ts";
import { parameterMapOf } from "../parameters/parameter-maps.ts";
import { ExampleConverter } from "../testing/example-converter.ts";
import { Pairing } from "../testing/pairing.ts";
import { IFlagClient } from "./client.ts";
import { IFlagServer } from "./server.ts";

const map = parameterMapOf("FL_G0003");
const converter = () =>
  new ExampleConverter(map, {
    parameter_mapping_version: "FL_G0003",
    input_pulse_weight: "0.1",
    datetime: "2021-03-04T05:06:07",
    index_unconverted: "11796.7",
    index_converted: "47186.8",
    temperature: "12.5",
  });

test("wakes, signs on, answers PASS, and reads the clock and the pulse weight as published", () => {
  const client = new IFlagClient();
  const line = new Pairing(client, new IFlagServer(converter()));
  const values = line.ask(
    client.readParameters([
      { id: 106, type: "date" },
      { id: 1, type: "float" },
    ]),
  );
  assert.deepEqual(values, ["2021-03-04T05:06:07", "0.1"]);
  assert.deepEqual(line.sent.map(hexFromBytes), [
    "00".repeat(200),
    "2F3F210D0A", // /?!
    "063035370D0A", // ACK 0 5 7: the baud character echoed, mode 7
    "50415353E0AE", // PASS back
    "01BF026A01032A67",
  ]);
});

test("reads parameters by name through the map that the converter names", () => {
  const client = new IFlagClient();
  const line = new Pairing(client, new IFlagServer(converter()), { piece: 1 });
  const values = line.ask(client.readNamed(["index_unconverted", "index_converted", "temperature", "pressure"]));
  assert.deepEqual(values, { index_unconverted: "11796.7", index_converted: "47186.8", temperature: "12.5" });
});

test("reads a database with its pulses weighted", () => {
  const device = converter().fill(layoutOf("daily", 57), [
    { end_date: "2021-03-04T06:00:00", consumption_unconverted_daily: 123, consumption_converted_daily: 456 },
    { end_date: "2021-03-03T06:00:00", consumption_unconverted_daily: 120 },
  ]);
  const client = new IFlagClient();
  const line = new Pairing(client, new IFlagServer(device));
  const { records } = line.ask(client.readDatabase({ database: "daily" }));
  assert.deepEqual(records, [
    {
      end_date: "2021-03-04T06:00:00",
      consumption_unconverted_daily: "12.3",
      consumption_converted_daily: "45.6",
    },
    { end_date: "2021-03-03T06:00:00", consumption_unconverted_daily: "12.0" },
  ]);
  assert.deepEqual(line.sent[4], bytesFromHex("01BE0D02F9FFFFFF00000000000000000349AF"));
});
