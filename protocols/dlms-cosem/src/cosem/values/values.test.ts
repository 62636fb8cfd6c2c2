import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import fc from "@anymeter/sans-io/testing/properties";
import { dataFromBytes, dataToBytes } from "../../data/codec.ts";
import { array, boolean, date, longUnsigned, octetString, structure, time, unsigned } from "../../data/constructors.ts";
import type { CosemDate, CosemDateTime, CosemTime } from "../../data/date-time.ts";
import {
  activityCalendarValues,
  autoAnswerValues,
  autoConnectValues,
  type DayProfile,
  disconnectControlValues,
  limiterValues,
  localPortSetupValues,
  type ScheduleEntry,
  scheduleValues,
  scriptTableValues,
  singleActionScheduleValues,
  specialDaysTableValues,
  type ValueCodec,
} from "./index.ts";

/** Written out from the structures the Blue Book gives for each class, part 2, clauses 4.5 and 4.7. */
const vectors: readonly Vector<never>[] = [
  vector(
    "the scripts of a table: 1 invokes remote_disconnect of the disconnect control",
    scriptTableValues.scripts,
    "0101 0202 120001 0101 0205 1602 120046 09060000600 30AFF 0F01 0F00",
    [
      {
        scriptIdentifier: 1,
        actions: [
          {
            serviceId: 2,
            classId: 70,
            logicalName: "0.0.96.3.10.255",
            index: 1,
            parameter: { type: "integer", value: 0 },
          },
        ],
      },
    ],
  ),
  vector(
    "an entry of a schedule: at 18:30 on Mondays to Fridays of 2026",
    scheduleValues.entries,
    `0101 020A 120001 0301 09060000 0A006AFF 120001 0904121E00FF 12003C 0407F8 0400
     0905 07EA0101FF 0905 07EA0C1FFF`,
    [
      {
        index: 1,
        enable: true,
        scriptLogicalName: "0.0.10.0.106.255",
        scriptSelector: 1,
        switchTime: { hour: 18, minute: 30, second: 0 },
        validityWindow: 60,
        execWeekdays: "1111100",
        execSpecdays: "",
        beginDate: { year: 2026, month: 1, day: 1 },
        endDate: { year: 2026, month: 12, day: 31 },
      },
    ],
  ),
  vector(
    "entries of a schedule to disable and enable",
    scheduleValues.enableDisable,
    "0204 120001 120003 120002 120001",
    { firstIndexA: 1, lastIndexA: 3, firstIndexB: 2, lastIndexB: 1 },
  ),
  vector("entries of a schedule to delete", scheduleValues.delete, "0202 120001 12001E", {
    firstIndex: 1,
    lastIndex: 30,
  }),
  vector("a special day: every 14 August", specialDaysTableValues.entries, "0101 0203 120001 0905FFFF080EFF 1103", [
    { index: 1, specialdayDate: { month: 8, day: 14 }, dayId: 3 },
  ]),
  vector(
    "a season from 1 May of every year",
    activityCalendarValues.seasonProfile,
    "0101 0203 0906 53554D4D4552 090C FFFF0501FFFFFFFFFF8000FF 0902 5731",
    [{ seasonProfileName: "SUMMER", seasonStart: { month: 5, day: 1 }, weekName: "W1" }],
  ),
  vector("a week", activityCalendarValues.weekProfileTable, "0101 0208 0902 5731 1101 1101 1101 1101 1101 1102 1102", [
    {
      ...{ weekProfileName: "W1", monday: 1, tuesday: 1, wednesday: 1, thursday: 1, friday: 1 },
      ...{ saturday: 2, sunday: 2 },
    },
  ]),
  vector(
    "a day of two tariffs",
    activityCalendarValues.dayProfileTable,
    `0101 0202 1101 0102
       0203 090411000000 09060000 0A0064FF 120001
       0203 090415000000 09060000 0A0064FF 120002`,
    [
      {
        dayId: 1,
        daySchedule: [
          {
            startTime: { hour: 17, minute: 0, second: 0, hundredths: 0 },
            ...{ scriptLogicalName: "0.0.10.0.100.255", scriptSelector: 1 },
          },
          {
            startTime: { hour: 21, minute: 0, second: 0, hundredths: 0 },
            ...{ scriptLogicalName: "0.0.10.0.100.255", scriptSelector: 2 },
          },
        ],
      },
    ],
  ),
  vector(
    "an execution time: 00:00:00 on the first of every month",
    singleActionScheduleValues.executionTime,
    "0101 0202 0904 00000000 0905 FFFFFF01FF",
    [{ time: { hour: 0, minute: 0, second: 0, hundredths: 0 }, date: { day: 1 } }],
  ),
  vector(
    "the script at the end of a billing period",
    singleActionScheduleValues.executedScript,
    "0202 09060000 0A0001FF 120001",
    {
      scriptLogicalName: "0.0.10.0.1.255",
      scriptSelector: 1,
    },
  ),
  vector("callers that wake the meter up", autoAnswerValues.listOfAllowedCallers, "0101 0202 0903 303330 1601", [
    { callerId: "030", callType: 1 },
  ]),
  vector("the rings until a call is taken", autoAnswerValues.numberOfRings, "0202 1102 1100", {
    nrRingsInWindow: 2,
    nrRingsOutOfWindow: 0,
  }),
  vector(
    "where a meter connects to",
    autoConnectValues.destinationList,
    "0101 0913 3139382E35312E3130302E3132333A34303539",
    ["198.51.100.123:4059"],
  ),
  vector(
    "when a meter connects: every day from 01:00 to 02:00",
    autoConnectValues.callingWindow,
    "0101 0202 090C FFFFFFFFFF010000FF8000FF 090C FFFFFFFFFF020000FF8000FF",
    [{ startTime: { hour: 1, minute: 0, second: 0 }, endTime: { hour: 2, minute: 0, second: 0 } }],
  ),
  vector("a relay that is connected", disconnectControlValues.outputState, "0301", true),
  vector("a relay that waits for its button", disconnectControlValues.controlState, "1602", 2),
  vector("an optical port that speaks HDLC", localPortSetupValues.defaultMode, "1601", 1),
  vector("a password of an optical port", localPortSetupValues.passP2, "0904 41424344", "ABCD"),
  vector("what a limiter watches", limiterValues.monitoredValue, "0203 120003 0906 0100010700FF 0F02", {
    ...{ classId: 3, logicalName: "1.0.1.7.0.255", attributeIndex: 2 },
  }),
  vector("a limiter's threshold", limiterValues.threshold, "06 00004E20", {
    type: "double-long-unsigned",
    value: 20_000,
  } as const),
  vector("a limiter's duration", limiterValues.minOverThresholdDuration, "06 0000001E", 30),
  vector(
    "what a limiter does",
    limiterValues.actions,
    "0202 0202 09060000 0A006AFF 120001 0202 09060000 0A006AFF 120000",
    {
      actionOverThreshold: { scriptLogicalName: "0.0.10.0.106.255", scriptSelector: 1 },
      actionUnderThreshold: { scriptLogicalName: "0.0.10.0.106.255", scriptSelector: 0 },
    },
  ),
  vector(
    "an emergency of a limiter",
    limiterValues.emergencyProfile,
    "0203 120001 090C 07EA0B15FF120000008000FF 06 00000E10",
    {
      emergencyProfileId: 1,
      emergencyActivationTime: { year: 2026, month: 11, day: 21, hour: 18, minute: 0, second: 0, hundredths: 0 },
      emergencyDuration: 3600,
    },
  ),
];

describe("values of the Blue Book's structures", () => {
  for (const { name, codec, bytes, value } of vectors) {
    test(name, () => {
      assert.deepEqual(codec.fromData(dataFromBytes(bytes)), value);
      assert.equal(hexFromBytes(dataToBytes(codec.toData(value))), hexFromBytes(bytes));
      assertSurvivesCuttingAndMutation((mutant) => codec.fromData(dataFromBytes(mutant)), bytes, { mutants: 200 });
    });
  }
});

test("what meters send in other types is taken: numbers for booleans, dates as dates, null for an empty array", () => {
  assert.equal(disconnectControlValues.outputState.fromData(unsigned(1)), true);
  assert.equal(disconnectControlValues.outputState.fromData(boolean(false)), false);
  assert.equal(limiterValues.minOverThresholdDuration.fromData(longUnsigned(30)), 30);
  assert.deepEqual(scheduleValues.entries.fromData({ type: "null-data", value: null }), []);
  const typed = array(structure(time({ hour: 0 }), date({ day: 1 })));
  assert.deepEqual(singleActionScheduleValues.executionTime.fromData(typed), [{ time: { hour: 0 }, date: { day: 1 } }]);
});

test("what is none is refused by the place it is at", () => {
  const refused = (reason: string) => ({ code: "attribute_value_invalid", message: `The value ${reason}.` });
  const day = structure(longUnsigned(1), octetString(Uint8Array.of(1)), unsigned(1));
  const entries =
    (...days: (typeof day)[]) =>
    () =>
      specialDaysTableValues.entries.fromData(array(...days));
  assert.throws(
    entries(day),
    refused("entries[1].specialdayDate is not usable: it is an octet-string of 1 bytes instead of a date of 5 bytes"),
  );
  assert.throws(
    entries(structure(longUnsigned(1))),
    refused("entries[1] is not usable: it has 1 elements instead of 3"),
  );
  assert.throws(entries(unsigned(1)), refused("entries[1] is not usable: it is unsigned instead of a structure"));
  assert.throws(
    () => scheduleValues.entries.fromData(unsigned(1)),
    refused("entries is not usable: it is unsigned instead of an array"),
  );
});

describe("any value comes back as it was written", () => {
  const byte = fc.integer({ min: 0, max: 0xfe });
  const record = <T>(fields: { [Name in keyof T]: fc.Arbitrary<T[Name]> }) =>
    fc.record<T>(fields, { noNullPrototype: true });
  const partial = <T>(fields: { [Name in keyof T]: fc.Arbitrary<T[Name]> }) =>
    fc.record(fields, { requiredKeys: [], noNullPrototype: true });
  const cosemTime: fc.Arbitrary<CosemTime> = partial({ hour: byte, minute: byte, second: byte, hundredths: byte });
  const cosemDate: fc.Arbitrary<CosemDate> = partial({
    year: fc.integer({ min: 0, max: 0xfffe }),
    month: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constant("daylight-saving-begin" as const)),
    day: fc.oneof(fc.integer({ min: 0, max: 31 }), fc.constant("last" as const)),
    weekday: fc.integer({ min: 1, max: 7 }),
  });
  const cosemDateTime: fc.Arbitrary<CosemDateTime> = fc
    .tuple(cosemDate, cosemTime)
    .map(([day, hour]) => ({ ...day, ...hour }));
  const number16 = fc.integer({ min: 0, max: 0xffff });
  const name = fc
    .array(fc.integer({ min: 0, max: 0xff }), { maxLength: 16 })
    .map((codes) => String.fromCharCode(...codes));
  const logicalName = fc
    .array(fc.integer({ min: 0, max: 0xff }), { minLength: 6, maxLength: 6 })
    .map((groups) => groups.join("."));
  const bits = (most: number) => fc.array(fc.constantFrom("0", "1"), { maxLength: most }).map((all) => all.join(""));

  test("entries of schedules", () => {
    const entry: fc.Arbitrary<ScheduleEntry> = record({
      index: number16,
      enable: fc.boolean(),
      scriptLogicalName: logicalName,
      scriptSelector: number16,
      switchTime: cosemTime,
      validityWindow: number16,
      execWeekdays: bits(7),
      execSpecdays: bits(40),
      beginDate: cosemDate,
      endDate: cosemDate,
    });
    assertReturns(scheduleValues.entries, fc.array(entry, { maxLength: 5 }));
  });

  test("days of calendars", () => {
    const action = record({ startTime: cosemTime, scriptLogicalName: logicalName, scriptSelector: number16 });
    const day: fc.Arbitrary<DayProfile> = record({
      dayId: fc.integer({ min: 0, max: 0xff }),
      daySchedule: fc.array(action, { maxLength: 4 }),
    });
    assertReturns(activityCalendarValues.dayProfileTable, fc.array(day, { maxLength: 4 }));
  });

  test("seasons of calendars", () => {
    const season = record({ seasonProfileName: name, seasonStart: cosemDateTime, weekName: name });
    assertReturns(activityCalendarValues.seasonProfile, fc.array(season, { maxLength: 5 }));
  });

  test("execution times", () => {
    const executionTime = record({ time: cosemTime, date: cosemDate });
    assertReturns(singleActionScheduleValues.executionTime, fc.array(executionTime, { maxLength: 5 }));
  });
});

interface Vector<Value> {
  readonly name: string;
  readonly codec: ValueCodec<Value>;
  readonly bytes: Uint8Array;
  readonly value: Value;
}

function vector<Value>(name: string, codec: ValueCodec<Value>, hex: string, value: Value): Vector<never> {
  return { name, codec, bytes: bytesFromHex(hex), value } as unknown as Vector<never>;
}

function assertReturns<Value>(codec: ValueCodec<Value>, values: fc.Arbitrary<Value>): void {
  fc.assert(
    fc.property(values, (value) => {
      assert.deepEqual(codec.fromData(dataFromBytes(dataToBytes(codec.toData(value)))), value);
    }),
    { numRuns: 100 },
  );
}
