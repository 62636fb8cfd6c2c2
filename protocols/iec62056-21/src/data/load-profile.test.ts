import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeLoadProfile, profileRowLimit } from "./load-profile.ts";
import { epochOf } from "./meter-time.ts";
import { statusBitsOf } from "./profile-status.ts";

/** An EMH LZQJ-XC, as published with a reading program for it; 23 August 2022 16:15 daylight saving time. */
const emh =
  "P.01(1220823161500)(00000000)(15)(6)(1.5)(kW)(2.5)(kW)(5.5)(kvar)(6.5)(kvar)(7.5)(kvar)(8.5)(kvar)\r\n" +
  "(0.18374)(0.00078)(0.00000)(0.00006)(0.00087)(0.02431)\r\n(0.16832)(0.00000)(0.00000)(0.00000)(0.00000)(0.02686)";

test("rows take their times from the header and the interval", () => {
  const { rows, problems } = decodeLoadProfile(emh);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    rows.map(({ time }) => new Date(epochOf(time, 60)!).toISOString()),
    ["2022-08-23T14:15:00.000Z", "2022-08-23T14:30:00.000Z"],
  );
  assert.deepEqual(
    rows[1]!.values.map(({ value }) => value),
    ["0.16832", "0.00000", "0.00000", "0.00000", "0.00000", "0.02686"],
  );
  assert.deepEqual(rows[0]!.header.columns.slice(0, 3), [
    { address: "1.5", unit: "kW" },
    { address: "2.5", unit: "kW" },
    { address: "5.5", unit: "kvar" },
  ]);
});

test("a gap restarts the header, and no row is put into the gap", () => {
  const { rows } = decodeLoadProfile(
    "P.01(0260105001500)(00)(15)(1)(1.5)(kW)\r\n(1)\r\n(2)\r\nP.01(0260105011000)(C0)(15)(1)(1.5)(kW)\r\n(3)\r\n",
  );
  assert.deepEqual(
    rows.map(({ time, header, values }) => [time.hour * 60 + time.minute, header.status, values[0]!.value]),
    [
      [15, 0, "1"],
      [30, 0, "2"],
      [70, 0xc0, "3"],
    ],
  );
  assert.deepEqual(
    statusBitsOf(rows[2]!.header.status).map(({ name }) => name),
    ["power_failure", "power_return"],
  );
});

test("the hour that comes twice is told apart by the season digit", () => {
  const { rows } = decodeLoadProfile(
    "P.01(1261025024500)(00)(15)(1)(1.5)(kW)\r\n(1)\r\nP.01(0261025020000)(08)(15)(1)(1.5)(kW)\r\n(2)\r\n(3)\r\n",
  );
  assert.deepEqual(
    rows.map(({ time }) => new Date(epochOf(time, 60)!).toISOString().slice(11, 16)),
    ["00:45", "01:00", "01:15"],
  );
});

test("headers and rows that are broken into lines are put together", () => {
  const { rows, problems } = decodeLoadProfile(
    "P.01(0260105001500)(00)(15)(2)\r\n(1.5)(kW)\r\n(2.5)(kW)\r\n(1)\r\n(2)\r\n(3)(4)\r\n",
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(
    rows.map(({ values }) => values.map(({ value }) => value)),
    [
      ["1", "2"],
      ["3", "4"],
    ],
  );
});

test("a row that lacks a value is left out, and the rows after it keep their times", () => {
  const { rows, problems } = decodeLoadProfile(
    "P.01(0260105001500)(00)(15)(2)(1.5)(kW)(2.5)(kW)\r\n(1)(2)\r\n(3)\r\n(5)(6)\r\n",
  );
  assert.deepEqual(
    rows.map(({ time, values }) => [time.minute, values[0]!.value]),
    [
      [15, "1"],
      [45, "5"],
    ],
  );
  assert.deepEqual(
    problems.map(({ message }) => message),
    ["Row 2 after a header of the load profile is not usable: it has 1 values for 2 columns. (byte 58)"],
  );
});

test("a header that makes no sense takes its rows with it and leaves the others", () => {
  for (const [header, reason] of [
    ["P.01(0261305001500)(00)(15)(1)(1.5)(kW)", /"0261305001500" is not a time/],
    ["P.01(0260105001500)(zz)(15)(1)(1.5)(kW)", /"zz" is no status word/],
    ["P.01(0260105001500)(00)(x)(1)(1.5)(kW)", /"x" is no interval/],
    ["P.01(0260105001500)(00)(15)(65)(1.5)(kW)", /"65" is no number of columns/],
    ["P.01(0260105001500)(00)(15)", /ends before its columns/],
    ["P.01(0260105001500)(00)(15)(2)(1.5)(2.5)\r\n(7)", /"2.5" is no unit of column 1.5/],
    ["P.01(0260105001500)(00(15)(1)(1.5)(kW)", /bracket is not closed/],
  ] as const) {
    const { rows, problems } = decodeLoadProfile(
      `${header}\r\n(1)\r\nP.01(0260105011500)(00)(15)(1)(1.5)(kW)\r\n(3)\r\n`,
    );
    assert.deepEqual(
      rows.map(({ values }) => values[0]!.value),
      ["3"],
      header,
    );
    assert.match(problems[0]!.message, reason);
  }
});

test("rows of an event log have no interval: only the first after a header has a time", () => {
  const { rows, problems } = decodeLoadProfile("P.98(0260105001500)(00)(0)(1)(F.F)()\r\n(1)\r\n(2)\r\n", "P.98");
  assert.equal(rows.length, 1);
  assert.match(problems[0]!.message, /Row 2 .* an interval of 0 minutes gives it no time/);
});

test("an empty profile has no rows, and other data sets of a readout are no profile", () => {
  assert.deepEqual(decodeLoadProfile("P.01()"), { rows: [], problems: [] });
  const mixed = decodeLoadProfile(`1.8.0(123.4*kWh)\r\n${emh}\r\n2.8.0(5*kWh)\r\n!\r\n`);
  assert.equal(mixed.rows.length, 2);
  assert.deepEqual(mixed.problems, []);
  assert.equal(decodeLoadProfile(emh, "P.02").rows.length, 0);
});

test("rows have a limit", () => {
  const { rows, problems } = decodeLoadProfile(
    `P.01(0260105001500)(00)(15)(1)(1.5)(kW)\r\n${"(1)".repeat(profileRowLimit + 5)}`,
  );
  assert.equal(rows.length, profileRowLimit);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["profile_invalid"],
  );
});
