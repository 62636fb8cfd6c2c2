/** METER_VISUALS: what a meter that is always on tells every minute, to durable newest values, beside what the engine takes directly. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createMeterVisuals } from "../../../platform/src/readings/profile-rows/meter-visuals.ts";
import { openColumnarStore } from "../../../platform/src/stores/columnar/columnar-store.ts";
import { median } from "../readings/median.ts";
import type { BenchResult } from "../result.ts";

const meters = 50_000;
const rounds = 5;
/** Updates of one call, as many contacts end in the same moment. */
const updatesPerCall = 500;
const begin = Date.UTC(2026, 0, 1);
const minute = 60_000;
const target = 20_000;

export async function run(): Promise<BenchResult[]> {
  const directory = await mkdtemp(join(tmpdir(), "anymeter-bench-"));
  const store = await openColumnarStore({ directory });
  try {
    await store.migrate();
    const visuals = createMeterVisuals(store);
    const upserts: number[] = [];
    const direct: number[] = [];
    for (let round = 0; round < rounds; round++) {
      upserts.push(
        await rate(async () => {
          const calls: Promise<void>[] = [];
          for (let first = 0; first < meters; first += updatesPerCall) {
            calls.push(
              visuals.update(Array.from({ length: updatesPerCall }, (_, index) => update(first + index, round))),
            );
          }
          await Promise.all(calls);
        }),
      );
      const encoded = encodedRows(round);
      direct.push(
        await rate(async () => {
          const values = Readable.from([encoded], { objectMode: false });
          await store.client.insert({ table: "meter_visuals", columns, format: "TabSeparated", values });
        }),
      );
    }
    const found = await visuals.read(1, [1, meters - 1]);
    assert.equal(found.get(meters - 1)?.voltage_phase_a, voltageOf(meters - 1, rounds - 1), "the newest value counts");
    await visuals.close();
    const [figure, peerFigure] = [median(upserts), median(direct)];
    return [
      {
        name: `METER_VISUALS upserts of ${Object.keys(update(0, 0).fields).length} changed columns, durable`,
        figure,
        unit: "upserts/s",
        peer: "the same rows, encoded beforehand, inserted into the columnar engine at once",
        peerFigure,
        ratio: figure / peerFigure,
        target,
        notes: `median of ${rounds} rounds of ${meters} meters; a million always-on meters need 16,667/s`,
      },
    ];
  } finally {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Voltages, currents and both directions of power, in the same update (v3.3, section 3.1). */
function update(meter: number, round: number) {
  const at = begin + round * minute;
  return {
    ...{ organizationNumber: 1, deviceNumber: meter, at },
    fields: {
      voltage_phase_a: voltageOf(meter, round),
      voltage_phase_b: "229.8",
      voltage_phase_c: "231.2",
      current_phase_a: "4.125",
      current_phase_b: "3.871",
      current_phase_c: "5.004",
      aggregate_active_pwr_pos: `${meter % 10}.250`,
      aggregate_active_pwr_pos_datetime: at,
      aggregate_active_pwr_neg: "0.000",
      aggregate_active_pwr_neg_datetime: at,
    },
  };
}

function voltageOf(meter: number, round: number): string {
  return `${220 + (meter % 20)}.${round}`;
}

const columns: [string, ...string[]] = ["organization_number", "device_number", "field", "value", "value_at"];

/** Rows of other meters, so that neither side merges the other's. */
function encodedRows(round: number): Buffer {
  const lines: string[] = [];
  for (let meter = 0; meter < meters; meter++) {
    const { at, fields } = update(meter, round);
    for (const [field, value] of Object.entries(fields)) lines.push(`2\t${meter}\t${field}\t${value}\t${at}\n`);
    lines.push(`2\t${meter}\tdb_datetime\t${at}\t${at}\n`);
  }
  return Buffer.from(lines.join(""));
}

async function rate(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return meters / ((performance.now() - start) / 1000);
}
