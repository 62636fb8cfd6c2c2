import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import fc from "@anymeter/sans-io/testing/properties";
import { registersOf } from "../registers/value.ts";
import { type ValueType, valueTypes } from "../registers/value-type.ts";
import { checkRegisterMap } from "./check.ts";
import { registerMap, registerMaps } from "./maps.ts";
import { planReads } from "./planner.ts";
import { quantities } from "./quantities.ts";
import type { RegisterEntry, RegisterMap, Table } from "./register-map.ts";
import { entryValue } from "./values.ts";

describe("every register map", () => {
  for (const map of registerMaps.values()) {
    test(`${map.id} names its manual, and what of it was read, and keeps the rules`, () => {
      checkRegisterMap(map);
      const { source } = map;
      assert.match(source.url, /^https:\/\/\S+\/\S+/);
      assert.ok(source.title.length > 10);
      assert.equal("pages" in source && source.pages.length > 0, source.checked !== "transcriptions");
      const agreeing = source.checked === "manual text" ? [] : source.agreeing;
      const fewest = { "manual text": 0, "manual text in part": 1, transcriptions: 2 }[source.checked];
      assert.ok(new Set(agreeing).size === agreeing.length && agreeing.length >= fewest, agreeing.join(", "));
      assert.equal(registerMap(map.id), map);
      for (const { series, quantity, unit } of map.entries) {
        assert.match(series, /^1-0:\d+\.\d+\.\d+$/);
        assert.ok(Object.values(quantities).some((known) => known.series === series && known.quantity === quantity));
        assert.equal(unit === "", series === quantities.powerFactor.series, `${series} has the unit "${unit}"`);
      }
    });

    test(`${map.id} is read in requests that it allows`, () => {
      const plan = planReads(map.entries, map.table, map.limits);
      assertPlanFits(plan, map.entries, map.table, map.limits?.registers ?? 125, map.limits?.gap ?? 0);
      assert.ok(plan.length <= 12, `${plan.length} requests`);
    });
  }

  test("comes from a manual, ten of them at least with every entry in the maker's own words", () => {
    const read = [...registerMaps.values()].filter(({ source }) => source.checked === "manual text");
    assert.ok(read.length >= 10, `${read.length}`);
  });

  test("measures what a bill needs", () => {
    for (const map of registerMaps.values()) {
      assert.ok(
        map.entries.some(({ series }) => series.startsWith("1-0:1.8.")),
        map.id,
      );
    }
  });

  test("that nobody knows is refused with the names of those there are", () => {
    assert.throws(() => registerMap("sdm630"), /no register map sdm630\. There are: .*eastron-sdm630/);
  });
});

test("the total of Carlo Gavazzi's EM24 is no counter that can be reset at the meter", () => {
  // Table 2.3-1: 003Eh kWh(+) TOT, 0042h kWh(+) PAR.
  const total = registerMap("carlo-gavazzi-em24").entries.find(({ series }) => series === "1-0:1.8.0")!;
  assert.equal(total.address, 0x3e);
});

test("ABB A43/A44: the worked telegrams of its manual, pages 169 and 170", () => {
  const map = registerMap("abb-a43");
  const phases = bytesFromHex(
    "0000000000031292 00000000000498E1 0000000000056655 000000000000923A 0000000000011C9B 0000000000016333",
  );
  // From the third of the voltages between phases on, as the manual prints it; the six registers before are not there.
  const instantaneous = bytesFromHex(`
    00000065 000000C9 0000012E 00000086 0001E8E4 00005AE2 0000B097 0000DD6B 00007541 0000001C FFFFD04A 0000A4DB 000225C3
    00005AE2 0000B6DF 00011402 1383`);
  const blocks = [
    { table: "holding", address: 0x5460, quantity: 24, registers: phases },
    { table: "holding", address: 0x5b0c, quantity: 33, registers: instantaneous },
  ] as const;
  const read = (series: string) => entryValue(map.entries.find((entry) => entry.series === series)!, map.table, blocks);
  const expected: Readonly<Record<string, string>> = {
    [quantities.energyImportL1.series]: "2013.62",
    [quantities.energyImportL2.series]: "3012.81",
    [quantities.energyImportL3.series]: "3538.77",
    [quantities.energyExportL1.series]: "374.34",
    [quantities.energyExportL3.series]: "909.31",
    [quantities.currentL1.series]: "1.01",
    [quantities.currentL3.series]: "3.02",
    [quantities.currentNeutral.series]: "1.34",
    [quantities.power.series]: "1251.56",
    [quantities.powerL1.series]: "232.66",
    [quantities.powerL3.series]: "566.83",
    [quantities.frequency.series]: "49.95",
  };
  for (const [series, value] of Object.entries(expected)) assert.equal(read(series), value, series);
});

describe("the planner", () => {
  const at = (address: number, type: ValueType = "float32"): RegisterEntry => ({
    series: `1-0:${address}.7.0`,
    quantity: "anything",
    unit: "V",
    address,
    type,
  });

  test("joins what follows, and never reads across a gap unless it may", () => {
    const entries = [at(0), at(2), at(10)];
    assert.deepEqual(planReads(entries, "input"), [
      { table: "input", address: 0, quantity: 4 },
      { table: "input", address: 10, quantity: 2 },
    ]);
    assert.deepEqual(planReads(entries, "input", { gap: 6 }), [{ table: "input", address: 0, quantity: 12 }]);
    assert.equal(planReads(entries, "input", { gap: 5 }).length, 2);
  });

  test("keeps to the meter's limit and splits no value", () => {
    const plan = planReads([at(0), at(2), at(4), at(6)], "holding", { registers: 5 });
    assert.deepEqual(
      plan.map(({ address, quantity }) => [address, quantity]),
      [
        [0, 4],
        [4, 4],
      ],
    );
    assert.throws(
      () => planReads([at(7, "int64")], "holding", { registers: 3 }),
      /value at 7 takes 4 registers of 3 at most/,
    );
  });

  test("reads scale registers too, each once, and keeps the tables apart", () => {
    const scaled = { ...at(3, "int16"), scale: { address: 6 } };
    const plan = planReads(
      [scaled, { ...at(4, "int16"), scale: { address: 6 } }, { ...at(5), table: "input" }],
      "holding",
    );
    assert.deepEqual(plan, [
      { table: "holding", address: 3, quantity: 2 },
      { table: "holding", address: 6, quantity: 1 },
      { table: "input", address: 5, quantity: 2 },
    ]);
  });

  test("covers any map within any limits", () => {
    const entry = fc.record({
      address: fc.integer({ min: 0, max: 400 }),
      type: fc.constantFrom(...(Object.keys(valueTypes) as ValueType[]).filter((type) => type !== "string")),
      table: fc.constantFrom<Table>("holding", "input"),
      scale: fc.option(fc.record({ address: fc.integer({ min: 0, max: 400 }) }), { nil: undefined }),
    });
    const sizes = { registers: fc.integer({ min: 4, max: 125 }), gap: fc.integer({ min: 0, max: 20 }) };
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), fc.record(sizes), (drawn, limits) => {
        const entries = drawn.map(({ scale, ...rest }, index): RegisterEntry => {
          const named = { series: String(index), quantity: "anything", unit: "", ...rest };
          return scale ? { ...named, scale } : named;
        });
        assertPlanFits(planReads(entries, "holding", limits), entries, "holding", limits.registers, limits.gap);
      }),
    );
  });
});

describe("scale registers", () => {
  const entry: RegisterEntry = {
    series: "1-0:32.7.0",
    quantity: "voltage",
    unit: "V",
    address: 8,
    type: "int16",
    scale: { address: 9 },
    unavailable: ["8000"],
  };
  const value = (hex: string) =>
    entryValue(entry, "holding", [{ table: "holding", address: 8, quantity: 2, registers: bytesFromHex(hex) }]);

  test("hold the exponent", () => {
    assert.equal(value("08FD FFFF"), "230.1");
    assert.equal(value("08FD 0002"), "230100");
    assert.equal(value("08FD 0000"), "2301");
  });

  test("that are not available make the value so", () => {
    assert.equal(value("08FD 8000"), undefined);
    assert.equal(value("8000 FFFF"), undefined);
  });

  test("out of range are refused with their address", () => {
    assert.throws(() => value("08FD 0020"), { code: "scale_invalid", message: /register 9 holds 32/ });
  });
});

test("maps of one's own are checked", () => {
  const good: RegisterEntry = { series: "a", quantity: "a", unit: "", address: 0, type: "uint16" };
  const map = (...entries: RegisterEntry[]): Pick<RegisterMap, "entries" | "table"> => ({ table: "holding", entries });
  checkRegisterMap(map(good));
  const wrong: readonly (readonly [RegisterEntry[], RegExp])[] = [
    [[], /no entries/],
    [[good, good], /a: it is there twice/],
    [[{ ...good, address: 65_535, type: "uint32" }], /beyond 65535/],
    [[{ ...good, type: "string" }], /number of registers/],
    [[{ ...good, unavailable: ["80000000"] }], /no pattern of 4 hexadecimal digits/],
    [[{ ...good, unavailable: ["zz"] }], /no pattern/],
  ];
  for (const [entries, message] of wrong) assert.throws(() => checkRegisterMap(map(...entries)), message);
});

function assertPlanFits(
  plan: ReturnType<typeof planReads>,
  entries: readonly RegisterEntry[],
  table: Table,
  most: number,
  gap: number,
): void {
  const needed = new Map<string, true>();
  for (const entry of entries) {
    const own = entry.table ?? table;
    for (let index = 0; index < registersOf(entry); index++) needed.set(`${own} ${entry.address + index}`, true);
    if (entry.scale) needed.set(`${own} ${entry.scale.address}`, true);
    const whole = plan.some(
      (read) =>
        read.table === own &&
        entry.address >= read.address &&
        entry.address + registersOf(entry) <= read.address + read.quantity,
    );
    assert.ok(whole, `${entry.series} lies whole in one request`);
  }
  for (const read of plan) {
    assert.ok(read.quantity >= 1 && read.quantity <= most);
    let missing = 0;
    for (let address = read.address; address < read.address + read.quantity; address++) {
      missing = needed.has(`${read.table} ${address}`) ? 0 : missing + 1;
      assert.ok(missing <= gap, `register ${address} is read along, beyond the gap of ${gap}`);
    }
  }
}
