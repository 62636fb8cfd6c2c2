import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeDataSets } from "./data-set.ts";
import { type Measurement, measurementOf } from "./measurement.ts";

const time = { year: 2026, month: 1, day: 5, hour: 15, minute: 30, second: 0 };

test("the value, its unit and its time are found in every form", () => {
  const forms: readonly [string, Measurement | undefined][] = [
    ["1.8.0(000123.40*kWh)", { address: "1.8.0", value: "123.40", unit: "kWh" }],
    ["0.1.0(17)", { address: "0.1.0", value: "17" }],
    ["1.6.0(012.3*kW)(2601051530)", { address: "1.6.0", value: "12.3", unit: "kW", time }],
    ["1.8.0*03(5*kWh)(0000000000)", { address: "1.8.0*03", value: "5", unit: "kWh" }],
    [
      "0-1:24.2.1(260105153000W)(00000.107*m3)",
      { address: "0-1:24.2.1", value: "0.107", unit: "m3", time: { ...time, season: "normal" } },
    ],
    ["0-1:24.2.1(632525252525S)(00000.107*m3)", undefined],
    [
      "0-1:24.3.0(260105153000)(00)(60)(1)(0-1:24.2.1)(m3)\r\n(00367.857)",
      { address: "0-1:24.2.1", value: "367.857", unit: "m3", time },
    ],
    ["0-0:96.1.1(4B38)", undefined],
    ["0-0:96.13.0()", undefined],
    ["F.F", undefined],
  ];
  for (const [text, measurement] of forms) assert.deepEqual(measurementOf(decodeDataSets(text)[0]!), measurement, text);
});
