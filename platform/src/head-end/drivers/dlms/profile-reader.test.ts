import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CaptureObject,
  type CosemDateTime,
  captureObjectsToData,
  type Data,
  dateTimeFromData,
  dateTimeToData,
  fromEpochMilliseconds,
  type GetAnswer,
  rangeFromSelection,
  type Selection,
  toEpochMilliseconds,
} from "@anymeter/dlms-cosem";
import { ZoneOffsets } from "../zone-offsets.ts";
import type { CallContext } from "./call.ts";
import type { ProfileLayout } from "./profile-layout.ts";
import { ProfileReader } from "./profile-reader.ts";
import { ServedMeter, sessionWith } from "./testing/served-meter.ts";

const hour = 3_600_000;
const now = Date.parse("2026-03-30T00:00:00Z");
const rowCount = 100;
const oldest = now - (rowCount - 1) * hour;
const zone = "Europe/Stockholm";

/** What a meter does with a selection: serves it, or answers with this data-access-result. */
type Habit = (bound: CosemDateTime) => number;
const habits: Readonly<Record<string, Habit>> = {
  "takes anything": () => 0,
  "refuses a deviation": ({ deviation }) => (deviation === undefined ? 0 : 250),
  "refuses bounds without a deviation": ({ deviation }) => (deviation === undefined ? 12 : 0),
  "refuses every selection": () => 13,
};

for (const [name, habit] of Object.entries(habits)) {
  test(`a meter that ${name}: every row of the range once, across the change of the clock, and the way is remembered`, async () => {
    const meter = new HourlyMeter(habit);
    const { reader, forms } = await readerOf(meter);
    const [from, to] = [oldest + 10 * hour, oldest + 80 * hour];
    assert.deepEqual(await times(reader, from, to), hours(from, to));
    const selections = meter.selections;
    assert.deepEqual(await times(reader, from + hour, to), hours(from + hour, to));
    assert.ok(meter.selections - selections <= 1, "the second time it is asked the way that worked");
    assert.deepEqual(forms.length > 0, true);
  });
}

test("a long profile is read in requests of bounded length, and nothing is lost at their edges", async () => {
  const meter = new HourlyMeter(() => 0);
  const { reader } = await readerOf(meter, 7);
  assert.deepEqual(await times(reader, undefined, undefined), hours(oldest, now));
  assert.ok(meter.selections >= rowCount / 7, `${meter.selections} requests`);
  assert.ok(meter.mostRows <= 8, `${meter.mostRows} rows at once`);
});

test("a short profile is read whole, without a selection", async () => {
  const meter = new HourlyMeter(() => 0);
  const { reader } = await readerOf(meter);
  assert.deepEqual(await times(reader, undefined, undefined), hours(oldest, now));
  assert.equal(meter.selections, 0);
});

test("a period that was changed at the meter is noticed, by the rows or before they are read", async () => {
  const remembered = {
    ...{ columns: [clockColumn, energyColumn], scalerUnits: [null, null], sortMethod: "fifo" as const },
    capturePeriodSeconds: 900,
  };
  for (const dlms of [{}, { null_profile_clock: "previous-plus-period" }]) {
    const { reader, learned } = await readerOf(new HourlyMeter(() => 0), 5_000, remembered, dlms);
    assert.deepEqual(await times(reader, oldest, now), hours(oldest, now));
    assert.deepEqual(
      learned.map(({ capturePeriodSeconds }) => capturePeriodSeconds),
      [3_600],
    );
  }
  const { reader, learned } = await readerOf(new HourlyMeter(() => 0), 5_000, {
    ...remembered,
    capturePeriodSeconds: 3_600,
  });
  await times(reader, oldest, now);
  assert.deepEqual(learned, [], "one that fits is not read again");
});

test("a meter that may not be read is not asked another way", async () => {
  const { reader } = await readerOf(new HourlyMeter(() => 3));
  await assert.rejects(times(reader, oldest, now), { code: "access_refused" });
});

function hours(from: number, to: number): number[] {
  return Array.from({ length: (to - from) / hour + 1 }, (_, index) => from + index * hour);
}

async function times(reader: ProfileReader<{ scalerUnits: [] }>, from: number | undefined, to: number | undefined) {
  const found = new Set<number>();
  for await (const rows of reader.rows(from, to)) for (const row of rows) found.add(row.epochMilliseconds!);
  return [...found];
}

async function readerOf(meter: HourlyMeter, profileRowsPerRequest = 5_000, remembered?: ProfileLayout, dlms = {}) {
  const session = await sessionWith(meter);
  const offsets = new ZoneOffsets(zone);
  const forms: string[] = [];
  const learned: ProfileLayout[] = [];
  const context = {
    session,
    offsets,
    epoch: { zoneOffset: offsets.atLocal },
    dlms,
    device: { id: "meter" },
    clock: { now: () => now, after: () => () => {} },
    limits: { layoutMaxAgeDays: 7, profileRowsPerRequest },
    profiles: {
      recall: async () => remembered && { layout: remembered, layoutReadAt: now, series: [] },
      learnLayout: async (_: string, __: string, layout: ProfileLayout) => void learned.push(layout),
      learnRangeForm: async (_: string, __: string, form: string) => {
        forms.push(form);
      },
      advance: async () => {},
    },
  } as unknown as CallContext;
  const reader = new ProfileReader<{ scalerUnits: [] }>(context, "1.0.99.1.0.255", "1-0:99.1.0", () => ({
    scalerUnits: [],
  }));
  await reader.open();
  return { reader, forms, learned };
}

/** A meter with one profile of hourly rows, its clock in Stockholm with deviation. */
class HourlyMeter extends ServedMeter {
  readonly #habit: Habit;
  readonly #offsets = new ZoneOffsets(zone);
  selections = 0;
  mostRows = 0;

  constructor(habit: Habit) {
    super();
    this.#habit = habit;
  }

  get({ attribute, selection }: { attribute: number; selection?: Selection }): GetAnswer {
    const attributes: Record<number, () => GetAnswer> = {
      2: () => this.#buffer(selection),
      3: () => ({ data: captureObjectsToData([clockColumn, energyColumn]) }),
      4: () => ({ data: { type: "double-long-unsigned", value: 3_600 } }),
      5: () => ({ data: { type: "enum", value: 1 } }),
      7: () => ({ data: { type: "double-long-unsigned", value: rowCount } }),
    };
    return attributes[attribute]?.() ?? { error: 4 };
  }

  #buffer(selection: Selection | undefined): GetAnswer {
    let [from, to] = [oldest, now];
    if (selection) {
      this.selections++;
      const range = rangeFromSelection(selection);
      const bounds = [dateTimeFromData(range.from), dateTimeFromData(range.to)] as const;
      const refusal = this.#habit(bounds[0]);
      if (refusal !== 0) return { error: refusal };
      [from, to] = bounds.map((bound) => toEpochMilliseconds(bound, { zoneOffset: this.#offsets.atLocal })!) as [
        number,
        number,
      ];
    }
    const inside = hours(oldest, now).filter((time) => time >= from && time <= to);
    if (selection) this.mostRows = Math.max(this.mostRows, inside.length);
    return { data: { type: "array", value: inside.map((time) => this.#row(time)) } };
  }

  #row(time: number): Data {
    const clock = dateTimeToData(fromEpochMilliseconds(time, { deviation: -this.#offsets.at(time) }));
    return { type: "structure", value: [clock, { type: "double-long-unsigned", value: time / hour }] };
  }
}

const clockColumn: CaptureObject = { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2, dataIndex: 0 };
const energyColumn: CaptureObject = { classId: 1, logicalName: "1.0.1.8.0.255", attribute: 2, dataIndex: 0 };
