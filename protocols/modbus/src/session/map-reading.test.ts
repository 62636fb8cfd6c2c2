import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ProtocolError } from "@anymeter/sans-io";
import { outcomeOf } from "@anymeter/sans-io/testing";
import { registerMap } from "../maps/maps.ts";
import { quantities as q } from "../maps/quantities.ts";
import type { RegisterMap } from "../maps/register-map.ts";
import { encodeValue } from "../registers/value.ts";
import { ModbusClient } from "./client.ts";
import type { ModbusDevice } from "./device.ts";
import { ModbusServer } from "./server.ts";

/** A meter with exactly the registers that were put into it: any other address is refused, as real meters do. */
class SparseMeter implements ModbusDevice {
  readonly words = new Map<number, number>();
  readonly asked: (readonly [address: number, quantity: number])[] = [];

  put(address: number, bytes: Uint8Array): this {
    for (let at = 0; at < bytes.length; at += 2) this.words.set(address + at / 2, (bytes[at]! << 8) | bytes[at + 1]!);
    return this;
  }

  readRegisters(_table: string, address: number, quantity: number): Uint8Array | 2 {
    this.asked.push([address, quantity]);
    const bytes = new Uint8Array(quantity * 2);
    for (let index = 0; index < quantity; index++) {
      const word = this.words.get(address + index);
      if (word === undefined) return 2;
      bytes.set([word >> 8, word & 0xff], index * 2);
    }
    return bytes;
  }
}

function meterOf(
  map: RegisterMap,
  raw: (series: string) => string | number | undefined,
  except: readonly string[] = [],
) {
  const meter = new SparseMeter();
  for (const entry of map.entries) {
    if (!except.includes(entry.series)) meter.put(entry.address, encodeValue(raw(entry.series), entry));
  }
  return meter;
}

function read(map: RegisterMap, meter: ModbusDevice, series?: readonly string[]) {
  const server = new ModbusServer({ device: () => meter });
  const client = new ModbusClient({ attempts: 1 });
  return outcomeOf(client, server, client.readMap(map, series ? { series } : {}));
}

const values = ({ values }: ReturnType<typeof read>) =>
  Object.fromEntries(values.map(({ entry, value }) => [entry.series, value]));

test("an SDM630 is read in few requests, with every value exact", () => {
  const map = registerMap("eastron-sdm630");
  const meter = meterOf(map, (series) => (series === q.energyImport.series ? 12345.678 : 230.1));
  const reading = read(map, meter);
  assert.equal(values(reading)["1-0:1.8.0"], "12345.678");
  assert.equal(values(reading)["1-0:32.7.0"], "230.1");
  assert.equal(reading.values.length, map.entries.length);
  assert.deepEqual(reading.problems, []);
  assert.ok(meter.asked.length <= 8, `${meter.asked.length} requests`);
});

test("chosen series cost only their own registers", () => {
  const map = registerMap("carlo-gavazzi-em340");
  const meter = meterOf(map, () => 2301);
  assert.deepEqual(values(read(map, meter, ["1-0:1.8.0", "1-0:14.7.0"])), {
    "1-0:1.8.0": "230.1",
    "1-0:14.7.0": "230.1",
  });
  assert.deepEqual(meter.asked, [[0x33, 3]]);
  assert.throws(() => read(map, meter, ["1-0:99.8.0"]), { code: "series_unknown", message: /It has: .*1-0:1\.8\.0/ });
});

test("a value that is not available is told from one that is 0", () => {
  const map = registerMap("abb-b23");
  const meter = meterOf(map, (series) => (series === q.energyExport.series ? undefined : 0));
  const reading = read(map, meter);
  assert.equal(values(reading)["1-0:2.8.0"], undefined);
  assert.equal(values(reading)["1-0:1.8.0"], "0.00");
});

describe("a refused request", () => {
  test("is asked for value by value, and the good ones are kept", () => {
    const map = registerMap("eastron-sdm630");
    const reading = read(
      map,
      meterOf(map, () => 1, [q.voltageL2.series]),
    );
    assert.equal(reading.values.length, map.entries.length - 1);
    const [problem] = reading.problems;
    assert.deepEqual(
      problem?.entries.map(({ series }) => series),
      [q.voltageL2.series],
    );
    assert.equal(problem?.error.code, "illegal_data_address");
    assert.match(problem.error.message, /read 2 input registers from 2 \(0x0002\)/);
  });

  test("of a value and of its scale is told once", () => {
    const scaled = { quantity: "any", unit: "", type: "int16", scale: { address: 9 } } as const;
    const entries = [
      { ...scaled, series: "first", address: 0 },
      { ...scaled, series: "second", address: 1 },
      { series: "good", quantity: "any", unit: "", type: "uint16", address: 20 } as const,
    ];
    const meter = new SparseMeter().put(20, Uint8Array.of(0, 5));
    const reading = read({ id: "scaled", table: "holding", entries }, meter);
    assert.deepEqual(values(reading), { good: "5" });
    assert.deepEqual(
      reading.problems.flatMap((problem) => problem.entries.map(({ series }) => series)),
      ["first", "second"],
    );
  });

  test("that leaves nothing is the error of the reading", () => {
    const map = registerMap("eastron-sdm72");
    assert.throws(() => read(map, new SparseMeter()), { code: "illegal_data_address" });
  });

  test("by a meter without the function is not repeated for each value", () => {
    const map = registerMap("eastron-sdm630");
    let asked = 0;
    const server = new ModbusServer({ device: () => ({}) });
    const client = new ModbusClient();
    const counting = (sent: Uint8Array) => {
      asked++;
      return [sent];
    };
    assert.throws(() => outcomeOf(client, server, client.readMap(map), { up: counting }), { code: "illegal_function" });
    assert.ok(asked <= 8, `${asked} requests`);
  });
});

test("values that share registers are each read whole, however few a request may hold", () => {
  const at = (series: string, address: number) =>
    ({ series, quantity: series, unit: "", address, type: "uint64" }) as const;
  const meter = new SparseMeter().put(
    0,
    Uint8Array.from({ length: 12 }, (_, index) => index),
  );
  const map: RegisterMap = {
    id: "overlapping",
    table: "holding",
    limits: { registers: 4 },
    entries: [at("first", 0), at("second", 2)],
  };
  const found = { first: String(0x0001020304050607n), second: String(0x0405060708090a0bn) };
  assert.deepEqual(values(read(map, meter)), found);
});

test("a meter that falls silent in the middle keeps what it told before", () => {
  const map = registerMap("eastron-sdm630");
  const server = new ModbusServer({ device: () => meterOf(map, () => 1) });
  const client = new ModbusClient({ attempts: 1 });
  let answers = 0;
  const reading = outcomeOf(client, server, client.readMap(map), { down: (sent) => (answers++ < 2 ? [sent] : []) });
  assert.ok(reading.values.length > 0 && reading.values.length < map.entries.length);
  assert.equal(reading.values.length + reading.problems.flatMap(({ entries }) => entries).length, map.entries.length);
  for (const { error } of reading.problems) assert.equal(error.code, "no_answer");
});

describe("a SunSpec meter", () => {
  const map = registerMap("sunspec-meter");
  const words = (...values: number[]) =>
    Uint8Array.from(values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]));
  const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

  function sunSpec(at: number, models: readonly (readonly [id: number, length: number])[]): SparseMeter {
    const meter = new SparseMeter().put(at, ascii("SunS"));
    let address = at + 2;
    for (const [id, length] of models) {
      meter.put(address, words(id, length, ...Array(length).fill(0)));
      if (id === 203) {
        // 230.1 V with V_SF -1, 49.98 Hz with Hz_SF -2, -1520 W with W_SF 1, 1234567 Wh with TotWh_SF 0; no current.
        meter.put(address + 3, words(0x8000, 0x8000, 0x8000, 0xffff));
        meter.put(address + 8, words(2301, 2302, 2303)).put(address + 15, words(0xffff, 4998, 0xfffe));
        meter.put(address + 18, words(0xff68, 1, 2, 3, 1));
        meter.put(address + 46, words(0x0012, 0xd687)).put(address + 54, words(0));
      }
      address += 2 + length;
    }
    return meter.put(address, words(0xffff, 0));
  }

  for (const at of [40_000, 50_000, 0]) {
    test(`is found by its marker at ${at}, behind other models`, () => {
      const found = values(
        read(
          map,
          sunSpec(at, [
            [1, 66],
            [203, 105],
          ]),
        ),
      );
      assert.equal(found["1-0:32.7.0"], "230.1");
      assert.equal(found["1-0:14.7.0"], "49.98");
      assert.equal(found["1-0:16.7.0"], "-1520");
      assert.equal(found["1-0:1.8.0"], "1234567");
      assert.equal(found["1-0:31.7.0"], undefined);
    });
  }

  test("without the model is told what models it has", () => {
    assert.throws(
      () =>
        read(
          map,
          sunSpec(40_000, [
            [1, 66],
            [103, 50],
          ]),
        ),
      /no SunSpec model 203, .*: it has 1, 103/,
    );
  });

  test("is no SunSpec meter without the marker", () => {
    const error = errorOf(() => read(map, new SparseMeter().put(40_000, words(1, 2, 3, 4))));
    assert.equal(error.code, "model_missing");
    assert.match(error.message, /no marker "SunS"/);
  });

  test("is read by registers of its own too, where they say they are", () => {
    const meter = sunSpec(40_000, [[203, 105]]).put(300, words(7));
    const own = { series: "own", quantity: "own", unit: "", address: 300, type: "uint16", absolute: true } as const;
    const both = { ...map, entries: [...map.entries, own] };
    const found = values(read(both, meter));
    assert.deepEqual([found.own, found["1-0:1.8.0"]], ["7", "1234567"]);
    assert.deepEqual(values(read(both, new SparseMeter().put(300, words(7)), ["own"])), { own: "7" });
  });

  test("whose model is too short, or goes beyond the last address, is not read past its end", () => {
    for (const [at, length] of [
      [40_002, 20],
      [65_500, 105],
    ] as const) {
      const meter = new SparseMeter().put(40_000, ascii("SunS")).put(at, words(203, length));
      if (at !== 40_002) meter.put(40_002, words(1, at - 40_004));
      const error = errorOf(() => read(map, meter));
      assert.equal(error.code, "model_missing");
      assert.match(error.message, new RegExp(`model 203 at ${at} has ${length} registers`));
    }
  });

  test("whose models never end is given up", () => {
    const endless = new SparseMeter().put(40_000, ascii("SunS"));
    for (let address = 40_002; address < 40_500; address += 2) endless.put(address, words(7, 0));
    assert.equal(errorOf(() => read(map, endless)).code, "model_missing");
  });
});

function errorOf(act: () => unknown): ProtocolError {
  try {
    act();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
