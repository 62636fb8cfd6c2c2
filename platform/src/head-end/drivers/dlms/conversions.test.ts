import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DlmsError, type DlmsErrorCode, dlmsErrors } from "@anymeter/dlms-cosem";
import { causes, RunFailure } from "../../causes.ts";
import { instantOf } from "../instants.ts";
import { storedValue } from "../stored-values.ts";
import { ZoneOffsets } from "../zone-offsets.ts";
import { planColumns } from "./column-plan.ts";
import { eventLogName, eventTitle } from "./event-codes.ts";
import { accessFailure, failureOf } from "./failure-causes.ts";
import { shiftFromCode } from "./series-units.ts";

const [watt, wattHour, voltAmpereReactiveHour, cubicMeter, volt, ohm, count] = [27, 30, 32, 13, 35, 38, 255];

test("units of one quantity differ by powers of ten, units of two quantities by nothing we know", () => {
  const cases: readonly [captured: number, wanted: string, shift: number | undefined][] = [
    [wattHour, "Wh", 0],
    [wattHour, "kWh", -3],
    [wattHour, "MWh", -6],
    [voltAmpereReactiveHour, "kVArh", -3],
    [cubicMeter, "m3", 0],
    [volt, "mV", 3],
    [ohm, "mOhm", 3],
    [count, "anything", 0],
    [wattHour, "W", undefined],
    [watt, "kWh", undefined],
    [wattHour, "J", undefined],
    [wattHour, "xWh", undefined],
    [999, "Wh", undefined],
  ];
  for (const [captured, wanted, shift] of cases)
    assert.equal(shiftFromCode(captured, wanted), shift, `${captured} ${wanted}`);
});

test("values keep every digit the store has, and are rounded beyond", () => {
  const cases: readonly [string, string | undefined][] = [
    ["123456789012.123456", "123456789012.123456"],
    ["1.2345675", "1.234568"],
    ["-1.2345675", "-1.234568"],
    ["0.0000004", "0"],
    ["-0.0000004", "0"],
    ["99.9999999", "100"],
    ["00012.50", "12.5"],
    ["1234567890123", undefined],
    ["999999999999.9999999", undefined],
  ];
  for (const [decimal, stored] of cases) assert.equal(storedValue(decimal), stored, decimal);
});

describe("offsets of a zone", () => {
  const stockholm = new ZoneOffsets("Europe/Stockholm");
  const at = (text: string, daylightSaving?: boolean) => {
    const [year, month, day, hour, minute] = text.split(/[-T:]/).map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return stockholm.atLocal({ year, month, day, hour, minute, second: 0 }, daylightSaving);
  };

  test("are those of summer and winter", () => {
    assert.equal(at("2026-01-15T12:00"), 60);
    assert.equal(at("2026-07-15T12:00"), 120);
    assert.equal(stockholm.at(Date.parse("2026-07-15T12:00:00Z")), 120);
  });

  test("the status bit decides in the hour that comes twice, and nowhere else", () => {
    assert.equal(at("2026-10-25T02:30", true), 120);
    assert.equal(at("2026-10-25T02:30", false), 60);
    assert.equal(at("2026-10-25T02:30"), 120);
    assert.equal(at("2026-10-25T03:00", true), 60);
    assert.equal(at("2026-07-15T12:00", false), 120);
  });

  test("in the hour that is left out the clock had not been changed yet", () => {
    assert.equal(at("2026-03-29T02:30"), 60);
  });

  test("belong to zones behind UTC and of half hours too", () => {
    const local = { year: 2026, month: 1, day: 15, hour: 0, minute: 0, second: 0 };
    assert.equal(new ZoneOffsets("America/St_Johns").atLocal(local, undefined), -210);
    assert.equal(new ZoneOffsets("Etc/GMT-2").atLocal(local, undefined), 120);
    // Names of the contract that the runtime no longer knows.
    assert.equal(new ZoneOffsets("Asia/Hanoi").atLocal(local, undefined), 420);
    assert.equal(new ZoneOffsets("Factory").at(0), 0);
  });

  test("dates of keyword arguments are read with their offset, else in the meter's zone", () => {
    const read = (text: string) => new Date(instantOf(text, stockholm)!).toISOString();
    assert.equal(read("2020-01-15T06:00:00+0100"), "2020-01-15T05:00:00.000Z");
    assert.equal(read("2020-01-15T06:00:00-02:30"), "2020-01-15T08:30:00.000Z");
    assert.equal(read("2020-07-15T06:00:00"), "2020-07-15T04:00:00.000Z");
    assert.equal(read("2020-01-15"), "2020-01-14T23:00:00.000Z");
    assert.equal(read("2020-01-15T06:00Z"), "2020-01-15T06:00:00.000Z");
    assert.equal(instantOf(null, stockholm), undefined);
    assert.throws(() => instantOf("2020-02-31T00:00:00Z", stockholm), { code: "invalid_call" });
  });
});

test("columns: clocks and states are no series, and what is left out is named with its reason", () => {
  const column = (classId: number, logicalName: string, attribute = 2, dataIndex = 0) => ({
    classId,
    logicalName,
    attribute,
    dataIndex,
  });
  const series = (name: string, number: number, unit: string) => [name, { name, number, unit }] as const;
  const allowed = new Map([
    series("1-0:1.8.0", 1, "kWh"),
    series("1-0:2.8.0", 2, "kWh"),
    series("1-0:32.7.0", 3, "A"),
    series("1-0:1.7.0", 4, "W"),
  ]);
  const energy = { scaler: 0, unit: wattHour };
  const plan = planColumns(
    [
      column(8, "0.0.1.0.0.255"),
      column(1, "0.0.96.10.1.255"),
      column(3, "1.0.1.8.0.255"),
      column(4, "1.0.1.8.0.255"),
      column(4, "1.0.1.8.0.255", 5),
      column(3, "1.0.2.8.0.255"),
      column(3, "1.0.3.8.0.255"),
      column(3, "1.0.32.7.0.255"),
      column(3, "1.0.1.7.0.255", 2, 1),
    ],
    [null, null, energy, energy, null, null, energy, { scaler: -1, unit: volt }, { scaler: 0, unit: watt }],
    allowed,
  );
  assert.deepEqual(plan.fed, [1]);
  assert.deepEqual(
    plan.series.map((one) => one?.name),
    [undefined, undefined, "1-0:1.8.0", ...Array(6).fill(undefined)],
  );
  assert.deepEqual(plan.scalerUnits[2], { scaler: -3, unit: wattHour });
  assert.deepEqual(plan.notes, [
    "1-0:1.8.0 is captured more than once: the first column is stored.",
    "1-0:2.8.0 is not stored: the meter does not tell its scaler and unit.",
    "1-0:3.8.0 is not stored: the meter's config has no such series.",
    "1-0:32.7.0 is not stored: the meter captures V, the series is kept in A.",
    "1-0:1.7.0 is not stored: only a part of the object is captured (data index 1).",
  ]);
});

test("every error of the DLMS library is a cause, and no text of ours is longer than its column", () => {
  for (const code of Object.keys(dlmsErrors) as DlmsErrorCode[]) {
    const failure = failureOf(new DlmsError(code, { what: "x", reason: "y".repeat(600) }));
    assert.ok(failure instanceof RunFailure && failure.code in causes, code);
    assert.ok((failure.detail?.length ?? 0) <= 500);
  }
  for (const code of Object.keys(causes)) assert.ok(code.length <= 40);
  for (let code = 0; code < 256; code++) assert.ok(eventTitle(code).length <= 50);
  assert.equal(accessFailure("class 3", 3).code, "access_refused");
  assert.equal(accessFailure("class 3", 4).code, "object_missing");
  assert.equal(accessFailure("class 3", 42).code, "request_refused");
});

test("events have the title of their code in the meter's own scheme", () => {
  assert.equal(eventTitle(1, "udil"), "Event 1");
  assert.match(eventTitle(203, "udil"), /contactor.*off/i);
  assert.equal(eventTitle(301, "is15959"), eventTitle(203, "udil"), "load switch disconnected");
  assert.equal(eventTitle(62, "idis"), "Remote disconnection");
  assert.equal(eventTitle(8, "is15959"), "Over Voltage End", "of no phase in particular");
  assert.equal(eventTitle(31, "idis", [{ code: 31, udil: 203 }]), eventTitle(203, "udil"));
  assert.equal(eventTitle(999, "is15959"), "Event 999");
  for (let code = 0; code < 400; code++) {
    for (const scheme of ["udil", "is15959"] as const) assert.ok(eventTitle(code, scheme).length <= 50);
  }
});

test("event logs are named after their last group", () => {
  assert.equal(eventTitle(1), "Power down");
  assert.equal(eventTitle(200), "Event 200");
  assert.equal(eventLogName("0-0:99.98.1"), "Fraud detection log 0-0:99.98.1");
  assert.equal(eventLogName("1-0:99.99.0"), "Event log 1-0:99.99.0");
});
