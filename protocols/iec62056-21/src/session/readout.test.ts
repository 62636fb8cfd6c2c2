import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleMeter } from "../testing/example-meter.ts";
import { talk } from "../testing/memory-line.ts";
import { ClientSession, type Readout } from "./client-session.ts";
import { ServerSession } from "./server-session.ts";

for (const [mode, baudCharacter] of [
  ["A", "?"],
  ["B", "E"],
  ["C", "5"],
] as const) {
  for (const chunk of [undefined, 1]) {
    test(`a readout in mode ${mode}, in ${chunk === 1 ? "single bytes" : "whole messages"}`, () => {
      const client = new ClientSession();
      const server = new ServerSession(
        exampleMeter({ identification: { manufacturer: "ANY", baudCharacter, model: "Example" } }),
      );
      client.readReadout();
      const [event] = talk(client, server, chunk === undefined ? {} : { chunk });
      assert.equal(event?.type, "response");
      const { identification, dataSets } = event.result as Readout;
      assert.deepEqual(identification, {
        type: "identification",
        manufacturer: "ANY",
        baudCharacter,
        escapes: [],
        model: "Example",
      });
      assert.deepEqual(dataSets.at(-1), {
        address: "1.8.0*03",
        values: [{ value: "000100.00", unit: "kWh" }, { value: "2601010000" }],
      });
    });
  }
}
