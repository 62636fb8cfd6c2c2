import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import fc from "@anymeter/sans-io/testing/properties";
import { rowText } from "../server/archive-answer.ts";
import { parseLayout } from "./layout.ts";
import { archiveLimits } from "./limits.ts";
import { readRows } from "./read-rows.ts";
import { interpretRow } from "./row.ts";
import { onlyRow, rowLines, splitRow } from "./rows.ts";

/** Archive 3 of an EK260 with German headers; units and sources of the values the reference names. */
const measuringPeriods = parseLayout(3, {
  headers: "(GONr)(AONr)(Zeit)(Vn)(VnG)(Vb)(VbG)(p.MP)(T.MP)(K.MP)(Z.MP)(St.2)(St.4)(St.7)(St.6)(StSy)(Er)(Check)",
  units: "()()()(m3)(m3)(m3)(m3)(bar)({C)()()()()()()()()()",
  sources:
    "()()(1:400.0)(02:0300.0)(2:302.0)(4:300.0)(4:302.0)(7:310.0)(6:310_1.0)(8:310.0)(5:310.0)(2:110.0)(4:110.0)(7:110.0)(6:110.0)(1:110.0)()()",
});
const row = (times: string, system: string, event: string, check = "CRC Ok") =>
  `(4711)(12)(${times})(1234.5)(1300.25)(99.125)(100)(0.9876)(21.53)(0.9977)(1)(0)(0)(0)(0)(${system})(${event})(${check})   \r\n`;
const splitRows = (text: string) => [...rowLines(text)].map((line) => splitRow(text, line));
const interpret = (text: string) => interpretRow(measuringPeriods, onlyRow(text)!, 1);

test("columns are known by position, header, unit and source", () => {
  const roles = measuringPeriods.columns.map(({ role }) => role);
  assert.deepEqual(roles.slice(0, 4), ["global-number", "archive-number", "time", "value"]);
  assert.deepEqual(roles.slice(11), ["status", "status", "status", "status", "status", "event", "check"]);
  assert.deepEqual(measuringPeriods.columns[3], {
    ...{ position: 4, role: "value", header: "Vn", unit: "m3", source: "2:300.0" },
  });
  assert.equal(measuringPeriods.columns[8]!.unit, "°C");
  assert.equal(measuringPeriods.columns[8]!.source, "6:310_1.0");
});

test("a last column that measures nothing is the check in any language, a last one that measures is not", () => {
  const layout = (header: string, unit: string, source: string) =>
    parseLayout(1, { headers: `(a)(b)(c)(${header})`, units: `()()()(${unit})`, sources: `()()()(${source})` });
  assert.equal(layout("Controle", "", "").columns[3]!.role, "check");
  assert.equal(layout("Vm", "m3", "1:200.0").columns[3]!.role, "value");
});

test("a row of an ended measuring period", () => {
  const read = interpret(row("2021-07-01,06:00:00", "13;15;16", "0x8104"));
  assert.equal(read.globalNumber, 4711);
  assert.equal(read.archiveNumber, 12);
  assert.equal(read.time, "2021-07-01T06:00:00");
  assert.equal(read.kind, "interval");
  assert.equal(read.summerTime, true);
  assert.equal(read.check, "ok");
  assert.deepEqual(read.event, { number: 0x8104, endOfPeriod: true });
  assert.deepEqual(
    read.values.map(({ column, text }) => `${column.header} ${text}`),
    ["Vn 1234.5", "VnG 1300.25", "Vb 99.125", "VbG 100", "p.MP 0.9876", "T.MP 21.53", "K.MP 0.9977", "Z.MP 1"],
  );
});

test("winter time, a data logger's event, an extra row and a damaged record are told", () => {
  assert.equal(interpret(row("2021-01-01,06:00:00", "0", "0x8105")).summerTime, false);
  assert.equal(interpret(row("2021-01-01,06:00:00", "0", "0x8105")).kind, "interval");
  assert.equal(interpret(row("2021-01-01,06:17:23", "0", "0x8203")).kind, "extra");
  assert.equal(interpret(row("2021-01-01,06:00:00", "0", "0x8104", "CRC Error")).check, "damaged");
  assert.equal(interpret(row("2021-01-01,06:00:00", "0", "0x8104", "")).check, "absent");
});

test("an event is known by its form under any header", () => {
  const layout = parseLayout(1, {
    headers: "(GON)(AON)(t)(V)(Trig)(Check)",
    units: "()()()(m3)()()",
    sources: "()()()(1:200.0)()()",
  });
  const raw = onlyRow("(1)(1)(2021-01-01,06:17:23)(5)(0x8203)(CRC Ok)");
  assert.equal(interpretRow(layout, raw!, 1).kind, "extra");
  assert.equal(interpretRow(layout, raw!, 1).values.length, 1);
});

test("an empty value is left out, not made zero", () => {
  const read = interpret(row("2021-01-01,06:00:00", "0", "0x8104").replace("(0.9876)", "(  )"));
  assert.equal(read.values.length, 7);
});

test("an escape and blanks inside the parentheses are read as the text they stand for", () => {
  assert.equal(
    interpret(row("2021-01-01,06:00:00", "0", "0x8104").replace("(1234.5)", "( 1234\\x2E5 )")).values[0]!.text,
    "1234.5",
  );
});

test("an address before the row, FF bytes between parentheses and blanks behind them say nothing", () => {
  const text = row("2021-01-01,06:00:00", "0", "0x8104");
  const garbage = `3:V.0${text.replaceAll(")(", ")\x7f\xff(")}   \r\n`;
  assert.deepEqual(interpret(garbage), interpret(text));
});

test("a row of another width than the columns is not guessed at", () => {
  assert.throws(
    () => interpret("(1)(1)(2021-01-01,06:00:00)"),
    (error) =>
      error instanceof ProtocolError && error.code === "archive_row_invalid" && /3 values for 18/.test(error.message),
  );
});

test("a row whose number is none is refused by its column's name", () => {
  assert.throws(
    () => interpret(row("2021-01-01,06:00:00", "0", "0x8104").replace("4711", "47x1")),
    /column 1 \(GONr\)/,
  );
});

test("rows stand on lines of their own, empty lines are none", () => {
  assert.deepEqual(splitRows("(1)(2)  \r\n\r\n(3)()\r\n"), [
    ["1", "2"],
    ["3", ""],
  ]);
});

test("a row without its end and one beyond the limits are named", () => {
  assert.throws(() => splitRows("(1)(2)\r\n(3\r\n"), /Row 2 .*value 1 has no closing/);
  assert.throws(() => splitRows(`(${"1".repeat(65)})`), /value 1 is beyond the limits/);
  assert.throws(() => splitRows("(1)".repeat(100)), /value 100 is beyond the limits/);
  assert.throws(() => splitRows(`(1)${" ".repeat(5000)}`), /longer than 4096/);
});

test("a layout of answers with different widths is refused", () => {
  assert.throws(
    () => parseLayout(3, { headers: "(a)(b)", units: "()", sources: "()()" }),
    (error) => error instanceof ProtocolError && error.code === "archive_layout_invalid",
  );
});

test("rows survive being cut and mutated", () => {
  const bytes = new TextEncoder().encode(row("2021-07-01,06:00:00", "13;15;16", "0x8104").trim());
  assertSurvivesCuttingAndMutation(
    (mutant) =>
      splitRows(new TextDecoder("latin1").decode(mutant)).map((raw, index) =>
        interpretRow(measuringPeriods, raw, index + 1),
      ),
    bytes,
    { wholePrefixes: [0], mutants: 500 },
  );
});

test("every row a device writes reads back, whatever it fills in between", () => {
  const value = fc.string({ unit: fc.constantFrom(..."0123456789.,;:-# xOkCR{_"), maxLength: 20 });
  const row = fc.array(value, { minLength: 1, maxLength: 40 });
  const filler = fc.record({
    between: fc.constantFrom("", "\x7f", "\xff\xff", " "),
    behind: fc.constantFrom("", "   "),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), filler, (written, filled) => {
      assert.deepEqual(splitRows(written.map((each) => rowText(each, filled)).join("")), written);
    }),
  );
});

test("many lines, and rows that do not end, take no more time each than one", () => {
  const started = performance.now();
  const lines = "\n".repeat(8_000_000);
  assert.deepEqual([...rowLines(`${lines}(1)`)], [{ number: 1, start: lines.length, end: lines.length + 3 }]);
  assert.equal([...rowLines(`(1)${lines}(2)${lines}`)].length, 2);
  const { damaged, damagedCount } = readRows(measuringPeriods, `${"(\n".repeat(50_000)}${" ".repeat(1_000_000)}`);
  assert.equal(damagedCount, 50_000);
  assert.equal(damaged.length, archiveLimits.damagedRows);
  assert.ok(performance.now() - started < 3000);
});
