import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, explanationText, joinBytes, ProtocolError } from "@anymeter/sans-io";
import {
  assertExplainsEveryByte,
  assertSurvivesCuttingAndMutation,
  type LineBehavior,
  mutate,
  outcomeOf,
  Random,
} from "@anymeter/sans-io/testing";
import { encodeDatabaseFrame } from "../databases/database-frame.ts";
import { answerFrame, requestCodes, requestFrame } from "../frames/frame.ts";
import { addressOf, parameterMapOf } from "../parameters/parameter-maps.ts";
import { encodeDatabaseRequest } from "../requests/database-request.ts";
import { encodeWriteParameters } from "../requests/parameter-requests.ts";
import { IFlagClient } from "../session/client.ts";
import { IFlagServer } from "../session/server.ts";
import { withDays } from "../testing/example-converter.ts";
import { vectors } from "../testing/vectors.ts";
import { encodeValue } from "../values/value-types.ts";
import { explainIFlag } from "./explain.ts";

const text = (bytes: Uint8Array) => explanationText(explainIFlag(bytes), bytes);

for (const { name, bytes, wholePrefixes } of vectors) {
  test(`${name}: every byte is explained, and damage is told`, () => {
    assertExplainsEveryByte(explainIFlag(bytes), bytes);
    assertSurvivesCuttingAndMutation(explainIFlag, bytes, { wholePrefixes: wholePrefixes ?? [] });
  });
}

test("an answer is explained by the request before it", () => {
  const bytes = bytesFromHex("01BF026A01032A6701088751C854CDCCCC3D0368D2");
  const explanation = explainIFlag(bytes);
  assertExplainsEveryByte(explanation, bytes);
  assert.match(text(bytes), /10 {2}87 51 C8 54 .* {2}parameter 106: clock, Date = 2021-03-04T05:06:07/);
  assert.match(text(bytes), /14 {2}CD CC CC 3D .* {2}parameter 1: volume of one input pulse, Float = 0\.1 m³/);
  assert.deepEqual(explanation.decoded, [
    { telegram: "read-parameters", ids: [106, 1] },
    {
      telegram: "values",
      values: [
        { id: 106, name: "datetime", value: "2021-03-04T05:06:07" },
        { id: 1, name: "input_pulse_weight", value: "0.1" },
      ],
    },
  ]);
});

test("an answer alone says where to look", () => {
  const bytes = bytesFromHex("01088751C854CDCCCC3D0368D2");
  assert.match(text(bytes), /values; what they are stands in the request before them/);
});

test("a whole session is explained: wake-up to break, records joined from their frames", () => {
  const bytes = sessionWith(12);
  const explanation = explainIFlag(bytes);
  assertExplainsEveryByte(explanation, bytes);
  const lines = explanationText(explanation, bytes);
  for (const expected of [
    /wake-up: 203 NULs, at least 12 are needed/, // and the answer to it,
    /sign-on: who is there\?/,
    /model = MINICOR200/,
    /mode: 7 is the binary protocol = 7/,
    /the word PASS, the same from both sides: no secret = PASS/,
    /parameter 94: parameter map, String = FL_G0003/,
    /parameter 148: unconverted index, Index = 11796\.7 m³/,
    /parameter 15: compressibility formula, Byte = 1 \(S-GERG 88\)/,
    /parameter 159: gas pressure, Float = no value/,
    /parameter 107: days the battery will last = 107/,
    /its value, Word = 3000/,
    /number of the frame; bit 15: the last = 2/,
    /length of a record = 57/,
    /joined from 3 frames:/,
    /record 12/,
    /end_date, Date = 2021-03-10T06:00:00/,
    /consumption_unconverted_daily, EWord, 24 bits = 1\.2 m³/, // 12 pulses of 0.1 m³
    /temperature_daily_average, Float1, hundredths = 11\.25 °C/,
    /pressure_daily_average, Float2, m × 10\^\(e-3\) = no value/,
    /B0: break, the converter may sleep/,
  ]) {
    assert.match(lines, expected);
  }
});

test("a damaged session is explained as far as it is telegrams, or the first wrong byte is told", () => {
  const random = new Random(5);
  const bytes = sessionWith(6);
  for (let count = 0; count < 400; count++) {
    const mutant = mutate(bytes, random);
    try {
      assertExplainsEveryByte(explainIFlag(mutant), mutant);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      assert.ok(error.offset !== undefined && error.offset <= mutant.length, error.message);
    }
  }
});

test("records of one frame are parts of it", () => {
  const bytes = sessionWith(2);
  const explanation = explainIFlag(bytes);
  assertExplainsEveryByte(explanation, bytes);
  const frame = explanation.parts.find(({ meaning }) => meaning.startsWith("the only frame of the daily"));
  const records = frame?.parts?.find(({ meaning }) => meaning.startsWith("records, bytes 0 to 113"));
  assert.equal(records?.parts?.length, 2);
});

test("a database's first frame alone is read by the length of its records, or by the name given", () => {
  const whole = sessionWith(1);
  const request = whole.findIndex((byte, at) => byte === 0x01 && whole[at + 1] === 0xbe);
  const frame = whole.subarray(request + 19, whole.length - 6);
  assert.match(text(frame), /consumption_unconverted_daily, EWord, 24 bits = 1 pulses$/m);
  const given = explainIFlag(frame, { database: "daily", pulseWeight: "0.1" });
  assert.match(explanationText(given, frame), /consumption_unconverted_daily, EWord, 24 bits = 0\.1 m³$/m);
  assert.throws(() => explainIFlag(frame, { database: "weekly" }), { code: "database_unknown" });
  assert.throws(() => explainIFlag(frame, { map: "X0001" }), { code: "parameter_map_unknown" });
});

test("an empty database says so", () => {
  const request = { database: "event", mask: 0x19, count: false, persistence: false } as const;
  const records = new Uint8Array(0);
  const bytes = joinBytes([
    requestFrame(requestCodes.readDatabase, encodeDatabaseRequest(request)),
    answerFrame(encodeDatabaseFrame({ number: 0, last: true, recordLength: 0, records })),
  ]);
  assertExplainsEveryByte(explainIFlag(bytes), bytes);
  assert.match(text(bytes), /the only frame of the event log: it has no records/);
  assert.match(text(bytes), /length of a record: no records = 0/);
});

test("three NULs are the answer to a wake-up; ACK and NAK ask for frames while a database is read", () => {
  assert.match(text(bytesFromHex("000000")), /3 NULs: the converter is awake/);
  assert.match(text(bytesFromHex("06")), /ACK: taken/);
  assert.match(text(bytesFromHex("15")), /NAK: refused/);
  assert.match(text(sessionWith(12)), /ACK: the next frame, please/);
});

test("bytes of something else tell the first wrong one", () => {
  assert.throws(() => explainIFlag(bytesFromHex("2F3F210D0A7E")), { code: "telegram_unknown", offset: 5 });
  assert.throws(() => explainIFlag(bytesFromHex("01BF026A01032A68")), { code: "checksum_wrong", offset: 6 });
  assert.throws(() => explainIFlag(bytesFromHex("504153530000")), { code: "checksum_wrong", offset: 4 });
  assert.throws(() => explainIFlag(new Uint8Array(0)), { code: "bytes_truncated", offset: 0 });
});

/** What passes on the line while parameters are read and written and so many days are read. */
function sessionWith(days: number): Uint8Array {
  const passed: Uint8Array[] = [];
  const keep: LineBehavior = (bytes) => {
    passed.push(bytes);
    return [bytes];
  };
  const line = { up: keep, down: keep };
  const client = new IFlagClient();
  const server = new IFlagServer(withDays(days));
  const names = ["input_pulse_weight", "index_unconverted", "compressibility_formula", "pressure"] as const;
  outcomeOf(client, server, client.readNamed(names), line);
  const battery = { ...addressOf(parameterMapOf("G0003"), "battery_days"), value: 3000 };
  outcomeOf(client, server, client.writeParameters([battery]), line);
  outcomeOf(client, server, client.readDatabase({ database: "daily", pulseWeight: "0.1" }), line);
  outcomeOf(client, server, client.signOff(), line);
  return joinBytes(passed);
}

test("a write that stands alone is explained by the first map that it fits", () => {
  const clock = { id: 106, bytes: encodeValue("date", "2021-03-04T05:06:07") };
  const fitting = requestFrame(requestCodes.writeParameters, encodeWriteParameters([clock]));
  const explained = explainIFlag(fitting);
  assertExplainsEveryByte(explained, fitting);
  assert.match(JSON.stringify(explained), /datetime|clock/);
  assert.match(JSON.stringify(explained), /2021-03-04T05:06:07/);
  // 4000 is in no map: how long its value is nobody knows.
  const unknown = requestFrame(requestCodes.writeParameters, encodeWriteParameters([{ id: 4000, bytes: clock.bytes }]));
  for (const options of [{}, { map: "G0003" }]) assertExplainsEveryByte(explainIFlag(unknown, options), unknown);
});
