import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "@anymeter/sans-io/testing/properties";
import { limits } from "../limits.ts";
import { rowsOf } from "../testing/random.ts";
import { utf8 } from "../testing/requests.ts";
import { pakistanTime as zone } from "../zone.ts";
import { type ReadResponseOptions, type RowsPart, readResponse, readRowParts } from "./read-response.ts";
import { writeResponse } from "./write-response.ts";

type Options = Omit<ReadResponseOptions, "body">;
const asked: Options = { service: "load_profile_data", version: "v1", zone };

/** The body in pieces of so many bytes. */
function inPieces(body: Uint8Array, bytes: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(body.length / bytes) }, (_, index) =>
    body.subarray(index * bytes, (index + 1) * bytes),
  );
}

function readParts(body: Uint8Array, bytes: number, options = asked) {
  const parts: RowsPart[] = [];
  const reading = readRowParts({ ...options, chunks: inPieces(body, bytes) });
  let next = reading.next();
  for (; !next.done; next = reading.next()) parts.push(next.value);
  return { parts, summary: next.value };
}

/** What both ways of reading make of a body. */
function assertSame(body: Uint8Array, bytes: number, options = asked): void {
  let whole: ReturnType<typeof readResponse>;
  try {
    whole = readResponse({ ...options, body });
  } catch (error) {
    assert.throws(() => readParts(body, bytes, options), { message: (error as Error).message });
    return;
  }
  const { parts, summary } = readParts(body, bytes, options);
  const { rows, setAside, notes, ...said } = whole;
  const { notes: _, ...alsoSaid } = summary;
  assert.deepEqual(
    parts.flatMap((part) => part.rows),
    rows,
  );
  assert.deepEqual(
    parts.flatMap((part) => part.setAside),
    setAside,
  );
  assert.deepEqual(alsoSaid, said);
}

const row = (index: number, more: object = {}) => ({
  global_device_id: `m${index}`,
  msn: "1",
  meter_datetime: "2018-10-15 13:00:00",
  ...more,
});
const many = Array.from({ length: 3000 }, (_, index) => row(index, { voltage_phase_a: `${index}.25` }));
const turned = <Item>(items: readonly Item[], by: number) => [...items.slice(by), ...items.slice(0, by)];
const answer = (data: unknown, more: object = {}) => ({ status: "1", ...more, data, message: "" });

test("a long answer comes in parts, and each part is a small share of it", () => {
  const body = utf8(JSON.stringify(answer(many)));
  const { parts, summary } = readParts(body, 65_536);
  assert.ok(parts.length > 1);
  assert.equal(
    parts.reduce((sum, { rows }) => sum + rows.length, 0),
    3000,
  );
  assert.equal(summary.status, 1);
});

const bodies: readonly (readonly [what: string, text: string])[] = [
  ["as JSON.stringify writes it", JSON.stringify(answer(many))],
  [
    "of two kinds of rows",
    JSON.stringify(answer(many.map((one, index) => (index % 2 ? one : { ...one, interval: "15" })))),
  ],
  [
    "of many kinds of rows",
    JSON.stringify(answer(many.map((one, index) => Object.fromEntries(turned(Object.entries(one), index % 4))))),
  ],
  ["of numbers", JSON.stringify(answer(many.map((one, index) => ({ ...one, interval: index }))))],
  ["with values that are none", JSON.stringify(answer(many.map((one) => ({ ...one, voltage_phase_b: "2O0.5" }))))],
  ["with empty values", JSON.stringify(answer(many.map((one) => ({ ...one, voltage_phase_b: "" }))))],
  ["with escapes", JSON.stringify(answer(many)).replaceAll("voltage_phase_a", "voltage_phase\\u005fa")],
  ["with names of other versions", JSON.stringify(answer(many)).replaceAll("global_device_id", "gd_id")],
  ["with ids in quotes", JSON.stringify(answer(many)).replaceAll(/"m(\d+)"/g, '"“m$1”"')],
  ["with blanks and line ends", JSON.stringify(answer(many), null, 2)],
  ["with one row", JSON.stringify(answer([row(1)]))],
  ["without rows", JSON.stringify(answer([]))],
  ["of a bare list", JSON.stringify(many)],
  ["of one object in place of a list", JSON.stringify(answer(row(1)))],
  ["with brackets in its text", JSON.stringify(answer(many, { note: "[{},{}]" }))],
  ["with brackets after the rows", `${JSON.stringify(answer(many)).slice(0, -1)},"notes":["]}"]}`],
  ["with ends of objects in the text of rows", JSON.stringify(answer(many.map((one) => ({ ...one, x: "},{" }))))],
  ["with objects in its rows", JSON.stringify(answer(many.map((one) => ({ ...one, x: [{ y: 1 }, { z: 2 }] }))))],
  ["with rows that are none", JSON.stringify(answer([...many, 5, null, "x", { msn: "1" }]))],
  ["without a status", JSON.stringify({ data: many })],
  ["with damage in the middle", JSON.stringify(answer(many)).replace('"m1500",', '"m1500",,')],
  ["with a trailing comma", JSON.stringify(answer(many)).replace(/\]/, ",]")],
  ["that ends in the middle", JSON.stringify(answer(many)).slice(0, -5000)],
  ["that ends between two rows", `${JSON.stringify(answer(many.slice(0, 1000))).slice(0, -15)},`],
  ["with more behind it", `${JSON.stringify(answer(many))}<hr>`],
  [
    "with long numbers",
    JSON.stringify(answer(many)).replace('"voltage_phase_a":"2000.25"', '"voltage_phase_a":12345678901234567890.5'),
  ],
  [
    "with the same register twice",
    JSON.stringify(answer(many)).replace(
      '"voltage_phase_a":"2000.25"',
      '"active_energy_pos_t1":"1","active_energy_pos_t1":"2"',
    ),
  ],
  ["of a proxy", "<!DOCTYPE html><html><head><title>502</title></head></html>"],
  ["of nothing", " \n"],
];
for (const [what, text] of bodies) {
  test(`an answer ${what} is read in parts as it is read whole`, () => {
    for (const bytes of [1_000, 65_536, 10_000_000]) assertSame(utf8(text), bytes);
  });
}

test("an answer in XML, of another character set, and one with a mark of its byte order are read as whole", () => {
  const rows = [{ global_device_id: "m1", msn: "5", meter_datetime: 1_539_590_400_000, channel_id: 0 }];
  const content = { kind: "rows", status: 1, table: "LPRO", rows, message: "" } as const;
  assertSame(writeResponse(content, { version: "v1", format: "xml", zone }), 100, {
    ...asked,
    contentType: "application/xml",
  });
  const latin = Buffer.from(JSON.stringify(answer(many.map((one) => ({ ...one, x: "é" })))), "latin1");
  assertSame(latin, 65_536, { ...asked, contentType: "application/json; charset=ISO-8859-1" });
  assertSame(utf8(`\ufeff${JSON.stringify(answer(many))}`), 65_536);
});

test("any rows are read in parts as they are read whole, wherever the pieces begin", () => {
  fc.assert(
    fc.property(
      fc.array(rowsOf("LPRO", "v1"), { maxLength: 20 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.nat(),
      (rows, bytes, cut) => {
        const content = { kind: "rows", status: 1, table: "LPRO", rows, message: "" } as const;
        const body = writeResponse(content, { version: "v1", format: "json", zone });
        assertSame(body, bytes);
        assertSame(body.subarray(0, cut % (body.length + 1)), bytes);
      },
    ),
  );
});

test("an answer longer than the limit is refused", () => {
  const chunks = Array.from({ length: 129 }, () => new Uint8Array(1024 * 1024).fill(0x20));
  assert.ok(129 * 1024 * 1024 > limits.answerBytes);
  assert.throws(() => readRowParts({ ...asked, chunks }).next(), { code: "answer_too_long" });
});
