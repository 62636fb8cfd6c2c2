/** What holds of anything: what is written is read as it was, and what is damaged is told, never taken for something else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import fc from "@anymeter/sans-io/testing/properties";
import { parseLenientJson } from "./notations/lenient-json.ts";
import { buildRequest } from "./requests/build-request.ts";
import { parseRequest } from "./requests/parse-request.ts";
import { readResponse } from "./responses/read-response.ts";
import { writeResponse } from "./responses/write-response.ts";
import { readServiceOf } from "./services/services.ts";
import { udilTableIds } from "./tables/tables.ts";
import { printedExamples } from "./testing/printed-examples.ts";
import { commands, ids, instants, rowsOf } from "./testing/random.ts";
import { encodedForm, utf8 } from "./testing/requests.ts";
import { DateTimes } from "./values/datetime.ts";
import { decimalOf, threeDigits } from "./values/decimal.ts";
import { udilVersions } from "./versions.ts";
import { fixedZone, pakistanTime } from "./zone.ts";

const zone = pakistanTime;

for (const version of udilVersions) {
  for (const table of udilTableIds) {
    if (version === "v1" && table === "DCH") continue;
    test(`rows of ${table} in ${version} are read as they were written`, () => {
      const property = fc.property(
        fc.array(rowsOf(table, version), { maxLength: 4 }),
        fc.constantFrom("json" as const, "xml" as const),
        fc.constantFrom("abs" as const, "pos" as const),
        fc.boolean(),
        (rows, format, loadProfileEnergy, zeroDates) => {
          const answer = { kind: "rows", status: 1, table, rows, message: "m" } as const;
          const body = writeResponse(answer, { version, format, zone, zeroDates });
          const read = readResponse({ body, service: readServiceOf(table), version, zone });
          assert.deepEqual([read.rows, read.setAside, read.notes], [rows, [], read.notes]);
          // The other meaning of v1's columns takes nothing away either.
          const other = readResponse({ body, service: readServiceOf(table), version, zone, loadProfileEnergy });
          assert.equal(other.rows?.length, rows.length);
        },
      );
      fc.assert(property, { numRuns: 40 });
    });
  }
}

test("commands are read as they were written, in every version and clothing", () => {
  const property = fc.property(
    commands,
    fc.constantFrom(...udilVersions),
    fc.uniqueArray(ids, { minLength: 1, maxLength: 5 }),
    fc.boolean(),
    fc.boolean(),
    fc.integer({ min: -720, max: 840 }),
    (command, version, devices, quoted, multipart, minutes) => {
      const peer = fixedZone(minutes);
      const switches = { quoted, multipart };
      const built = buildRequest({ version, zone: peer, command, ids: devices, transactionIds: ["t"], switches });
      const { service, headers, body } = built;
      const request = parseRequest({
        service,
        headers,
        body,
        contentType: headers["content-type"],
        zone: peer,
        version,
      });
      assert.deepEqual(request.command, command);
      assert.deepEqual(request.ids, devices);
    },
  );
  fc.assert(property, { numRuns: 300 });
});

test("times are read as they were written, in every zone", () => {
  const property = fc.property(instants, fc.integer({ min: -720, max: 840 }), (instant, minutes) => {
    const times = new DateTimes(fixedZone(minutes));
    assert.equal(times.parse(times.format(instant)), instant);
  });
  fc.assert(property);
});

test("three digits are never further off than half of the last, or more than the value when cut", () => {
  const property = fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 6 }), (value, places) => {
    const text = decimalOf(`${value}e-${places}`)!;
    const exact = (decimal: string) => BigInt(decimalOf(`${decimal}e9`)!.split(".")[0]!);
    const [whole, cut, rounded] = [text, threeDigits(text, "truncate"), threeDigits(text, "half-up")].map(exact);
    const size = (number: bigint) => (number < 0n ? -number : number);
    assert.ok(size(cut!) <= size(whole!) && size(whole! - cut!) < 1_000_000n, `${text} ${cut}`);
    assert.ok(size(whole! - rounded!) <= 500_000n, `${text} ${rounded}`);
    for (const decimal of [cut, rounded]) assert.equal(decimal! % 1_000_000n, 0n);
  });
  fc.assert(property);
});

test("lenient JSON reads strict JSON as it is", () => {
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.array(tie("json"), { maxLength: 4 }),
      fc.dictionary(fc.string({ minLength: 1 }), tie("json"), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const property = fc.property(json!, (value) => {
    // Typographic quotes end text that typographic or ASCII quotes began: they are the one thing that is read otherwise.
    fc.pre(!/[“”„‟″]/.test(JSON.stringify(value)));
    assert.deepEqual(parseLenientJson(JSON.stringify(value, null, 1)), value);
  });
  fc.assert(property);
});

for (const { path, service, form, headers, json, xml } of printedExamples) {
  test(`${path}: every cut and every change of the printed example is told or taken, and soon`, () => {
    const read = (body: Uint8Array) => readResponse({ body, service, version: "v1", zone });
    for (const text of [json.trim(), xml.trim()]) {
      const bytes = utf8(text);
      // Behind the last brace or tag nothing is missing.
      const wholePrefixes =
        /[\s}\]]+$/.exec(text) === null ? [] : trailing(bytes.length, /[\s}\]]+$/.exec(text)![0].length);
      assertSurvivesCuttingAndMutation(read, bytes, { mutants: 150, wholePrefixes });
    }
    const request = utf8(encodedForm(form));
    const parse = (body: Uint8Array) => parseRequest({ service, headers, body, zone });
    assertSurvivesCuttingAndMutation(parse, request, {
      mutants: 300,
      wholePrefixes: trailing(request.length, request.length),
    });
  });
}

test("bytes of any kind are an answer or an error of this package", () => {
  const property = fc.property(
    fc.uint8Array({ maxLength: 200 }),
    fc.constantFrom("{", "[", "<r>", ""),
    (bytes, start) => {
      try {
        readResponse({ body: new Uint8Array([...utf8(start), ...bytes]), service: "events", version: "v1", zone });
      } catch (error) {
        assert.ok(error instanceof ProtocolError, String(error));
      }
    },
  );
  fc.assert(property, { numRuns: 500 });
});

/** The last lengths before a whole. */
const trailing = (length: number, count: number) => Array.from({ length: count }, (_, index) => length - 1 - index);
