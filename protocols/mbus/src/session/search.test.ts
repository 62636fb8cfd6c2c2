import assert from "node:assert/strict";
import { test } from "node:test";
import { formatSecondaryAddress, parseSecondaryAddress } from "../link/secondary-address.ts";
import { type SearchResult, silentProbeMilliseconds } from "./search.ts";
import { busOf, lineTo } from "./testing/bus-of.ts";
import { exampleMeter } from "./testing/example-meters.ts";

test("an empty bus is one mask and no meter", () => {
  const line = lineTo(busOf([]));
  line.ask(line.client.resetLink(253));
  const before = line.now;
  assert.deepEqual(line.ask(line.client.search()), { meters: [], unresolved: [], probes: 1, complete: true });
  const resets = 2 * before;
  assert.equal(line.now - before - resets, silentProbeMilliseconds({}));
});

test("a single meter is found by the first mask, and named as its header says", () => {
  const line = lineTo(exampleMeter());
  const result = line.ask(line.client.search());
  assert.deepEqual(found(result), ["12345678-LUG-04-07 at 5"]);
  assert.equal(result.probes, 1);
});

test("meters that differ in any digit are all found", () => {
  const identifications = ["00000000", "12340000", "12345678", "12345679", "92345678", "99999999"];
  const line = lineTo(
    ...identifications.map((identification, primary) => meter(`${identification}-LUG-04-07`, primary)),
  );
  const result = line.ask(line.client.search());
  assert.deepEqual(
    found(result),
    identifications.map((identification, primary) => `${identification}-LUG-04-07 at ${primary}`),
  );
  assert.deepEqual(result.unresolved, []);
  assert.equal(result.complete, true);
});

test("a mask narrows the search", () => {
  const line = lineTo(meter("12345678-LUG-04-07"), meter("22345678-LUG-04-07"), meter("22345679-LUG-04-04"));
  assert.deepEqual(found(line.ask(line.client.search(parseSecondaryAddress("2FFFFFFF-*-*-04")))), [
    "22345679-LUG-04-04 at 0",
  ]);
});

test("the digits of the identification are decimal, everything behind them is not (52)", () => {
  // Two meters of one number: another medium, then another version, then another maker whose code is no letters.
  const twins = ["12345678-LUG-04-07", "12345678-LUG-04-0D"];
  const byMedium = lineTo(...twins.map((address) => meter(address)));
  assert.deepEqual(found(byMedium.ask(byMedium.client.search(parseSecondaryAddress("12345678")))), [
    "12345678-LUG-04-07 at 0",
    "12345678-LUG-04-0D at 0",
  ]);
  const versions = ["12345678-LUG-1F-07", "12345678-LUG-A0-07"];
  const byVersion = lineTo(...versions.map((address) => meter(address)));
  assert.deepEqual(found(byVersion.ask(byVersion.client.search(parseSecondaryAddress("12345678")))), [
    "12345678-LUG-1F-07 at 0",
    "12345678-LUG-A0-07 at 0",
  ]);
  const makers = ["12345678-KAM-04-07", "12345678-LUG-04-07"];
  const byMaker = lineTo(...makers.map((address) => meter(address)));
  assert.deepEqual(found(byMaker.ask(byMaker.client.search(parseSecondaryAddress("12345678-*-04-07")))), [
    "12345678-KAM-04-07 at 0",
    "12345678-LUG-04-07 at 0",
  ]);
});

test("codes that nobody assigned are tried only while a meter is missing", () => {
  const probesOf = (mask: string, ...addresses: string[]) => {
    const line = lineTo(...addresses.map((address) => meter(address)));
    const result = line.ask(line.client.search(parseSecondaryAddress(mask)));
    assert.deepEqual(
      found(result),
      addresses.map((address) => `${address} at 0`),
    );
    assert.deepEqual(result.unresolved, []);
    return result.probes;
  };
  // The mask itself and the 36 media of the table; 45 is behind all of these and 00 to 44.
  assert.equal(probesOf("12345678", "12345678-LUG-04-07", "12345678-LUG-04-0D"), 37);
  assert.equal(probesOf("12345678", "12345678-LUG-04-07", "12345678-LUG-04-45"), 1 + 0x46);
  // The high byte CC is that of no three letters: behind 00 to CB too.
  assert.equal(probesOf("12345678-*-04-07", "12345678-LUG-04-07", "12345678-A7CC-04-07"), 1 + 0xcd);
});

test("meters that share the eight bytes are told apart by their fabrication numbers", () => {
  const line = lineTo(
    exampleMeter({ fabricationNumber: "00000017", primary: 1 }),
    exampleMeter({ fabricationNumber: "00000018", primary: 2 }),
  );
  const result = line.ask(line.client.search(parseSecondaryAddress("12345678-LUG-04-07")));
  assert.deepEqual(found(result), ["12345678-LUG-04-07+00000017 at 1", "12345678-LUG-04-07+00000018 at 2"]);
});

test("meters that nothing tells apart are reported, not invented", () => {
  const line = lineTo(exampleMeter({ primary: 1 }), exampleMeter({ primary: 2 }));
  const result = line.ask(line.client.search(parseSecondaryAddress("12345678-LUG-04-07")));
  assert.deepEqual(result.meters, []);
  assert.deepEqual(result.unresolved, [{ address: parseSecondaryAddress("12345678-LUG-04-07"), reason: "collision" }]);
});

test("a clean acknowledgement of two meters is no meter: the data decides, and a slower meter is heard behind a quick one", () => {
  const line = lineTo(
    busOf([
      { device: meter("12345678-LUG-04-07", 1) },
      { device: meter("52345678-LUG-04-07", 2), habits: { delay: 700 } },
    ]),
  );
  assert.deepEqual(found(line.ask(line.client.search())), ["12345678-LUG-04-07 at 1", "52345678-LUG-04-07 at 2"]);
});

test("a good telegram behind a collision is one of several meters", () => {
  const line = lineTo(
    busOf([
      { device: meter("12345678-LUG-04-07", 1) },
      { device: meter("22345678-LUG-04-07", 2) },
      { device: meter("52345678-LUG-04-07", 3), habits: { delay: 400 } },
    ]),
  );
  assert.equal(line.ask(line.client.search()).meters.length, 3);
});

test("noise before every answer does not hide a meter", () => {
  const line = lineTo(exampleMeter(), {
    toClient: (bytes: Uint8Array) => new Uint8Array([0x00, ...bytes]),
  });
  assert.deepEqual(found(line.ask(line.client.search(parseSecondaryAddress("1234567F")))), ["12345678-LUG-04-07 at 5"]);
});

test("a meter that takes the selection and sends nothing is reported", () => {
  const silent = {
    hear: (frame: { type: string }) => (frame.type === "long" ? { bytes: Uint8Array.of(0xe5) } : undefined),
  };
  const line = lineTo(busOf([silent]));
  const result = line.ask(line.client.search(parseSecondaryAddress("12345678-LUG-04-07+00000001")));
  assert.deepEqual(
    result.unresolved.map(({ reason }) => reason),
    ["mute"],
  );
});

test("a lost selection does not hide the meters below it", () => {
  const line = lineTo(meter("12345678-LUG-04-07", 1), meter("22345678-LUG-04-07", 2), {
    toClient: (bytes: Uint8Array, index: number) => (index % 3 === 1 ? undefined : bytes),
  });
  assert.equal(line.ask(line.client.search()).meters.length, 2);
});

test("the number of probes is bounded, and the result says that it is not complete", () => {
  const chatter = { hear: () => ({ bytes: Uint8Array.of(0xe5) }) };
  const line = lineTo(busOf([chatter]), {}, { probeLimit: 50 });
  const result = line.ask(line.client.search());
  assert.equal(result.probes, 50);
  assert.equal(result.complete, false);
});

test("primary addresses are tried one by one; two meters at one address are reported", () => {
  const line = lineTo(
    meter("11111111-LUG-04-07", 3),
    meter("22222222-LUG-04-07", 7),
    meter("33333333-LUG-04-07", 7),
    meter("44444444-LUG-04-07", 250),
  );
  const result = line.ask(line.client.searchPrimary());
  assert.deepEqual(found(result), ["11111111-LUG-04-07 at 3", "44444444-LUG-04-07 at 250"]);
  assert.deepEqual(result.unresolved, [{ address: 7, reason: "collision" }]);
  assert.equal(result.probes, 251);
});

function meter(address: string, primary = 0) {
  return exampleMeter({ secondary: parseSecondaryAddress(address), primary });
}

function found(result: SearchResult): string[] {
  return result.meters.map(({ secondary = {}, primary }) => `${formatSecondaryAddress(secondary)} at ${primary}`);
}
