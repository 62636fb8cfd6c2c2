import assert from "node:assert/strict";
import { test } from "node:test";
import { foreignEvents, udilEventOf } from "./crosswalk.ts";
import { coarseEventCode, eventCodes, eventDescription, majorAlarms } from "./event-codes.ts";

test("v1 has its eleven codes", () => {
  const first = [...eventCodes.values()].filter(({ since }) => since === "v1").map(({ code }) => code);
  assert.deepEqual(first, [101, 102, 111, 112, 113, 114, 115, 116, 117, 118, 121]);
});

test("codes that v3 leaves undefined are not defined", () => {
  const undefinedCodes = [119, 120, 123, 124, 125, 126, 127, 128, 129, 130, 178, 181, 182, 183, 184, 185, 186];
  for (const code of [...undefinedCodes, 199, 200, 204, 205, 333]) assert.equal(eventCodes.has(code), false, `${code}`);
  const ranges = { 131: 177, 187: 198, 201: 203, 206: 210, 301: 332 };
  for (const [first, last] of Object.entries(ranges)) {
    for (let code = Number(first); code <= last; code++) assert.ok(eventCodes.has(code), `${code}`);
  }
  assert.equal(new Set([...eventCodes.keys()]).size, eventCodes.size);
});

test("names stand at the codes of the document", () => {
  const names = {
    136: "Phase Failure L3 End",
    142: "Over Voltage L3 Start",
    150: "Under Voltage L3 End",
    157: "Phase Over Current L3 End",
    164: "Voltage Unbalance End",
    187: "Reverse Energy L1 Start",
    198: "Reverse Polarity L3 End",
    307: "Wakeup SIM Programmed",
    308: "Over Voltage Function Programmed",
    315: "High Apparent Power Function Programmed",
    316: "Over Voltage Function Cancelled",
    323: "High Apparent Power Function Cancelled",
    326: "Time of Use Programmed Cancelled",
    332: "Optical Port Activated",
  };
  for (const [code, name] of Object.entries(names)) assert.equal(eventDescription(Number(code)), name);
  assert.equal(eventDescription(1234), "Event 1234");
});

test("an event of a later version has a coarser code of v1's list", () => {
  assert.equal(coarseEventCode(133), 113);
  assert.equal(coarseEventCode(145), 115);
  assert.equal(coarseEventCode(303), 102);
  assert.equal(coarseEventCode(203), 203, "v1 has none; the code goes out as it is");
  assert.equal(coarseEventCode(9999), 9999);
});

test("starts know their ends, and alarms are defined codes", () => {
  for (const { code, end } of eventCodes.values()) assert.ok(end === undefined || eventCodes.has(end), `${code}`);
  assert.equal(eventCodes.get(116)?.end, 159);
  for (const code of Object.values(majorAlarms).flat()) assert.ok(eventCodes.has(code), `${code}`);
});

const crosswalk = [
  ["idis", 1, 111],
  ["idis", 2, 112],
  ["idis", 5, 201],
  ["idis", 8, 207],
  ["idis", 13, 208],
  ["idis", 44, 206],
  ["idis", 60, 203],
  ["idis", 69, 202],
  ["idis", 65, 116],
  ["idis", 77, 147],
  ["idis", 81, 142],
  ["idis", 84, 135],
  ["idis", 85, 132],
  ["idis", 4, undefined],
  ["is15959", 3, 133],
  ["is15959", 9, 115],
  ["is15959", 12, 164],
  ["is15959", 56, 192],
  ["is15959", 65, 121],
  ["is15959", 101, 111],
  ["is15959", 154, 330],
  ["is15959", 301, 203],
  ["is15959", 302, 202],
  ["is15959", 999, undefined],
] as const;
for (const [scheme, code, udil] of crosswalk) {
  test(`${scheme} ${code} is ${udil ?? "nothing"}`, () => assert.equal(udilEventOf(scheme, code), udil));
}

test("what IDIS calls normal ends whichever is open", () => {
  assert.equal(udilEventOf("idis", 86, [147]), 148, "under voltage L2");
  assert.equal(udilEventOf("idis", 86, [140]), 141, "over voltage L2");
  assert.equal(udilEventOf("idis", 86, [133, 147]), 134, "phase failure L2 first");
  assert.equal(udilEventOf("idis", 87, [140]), 136, "of another phase: the first");
});

test("no foreign code is there twice, and each leads to a code of UDIL", () => {
  assert.equal(new Set(foreignEvents.map(({ scheme, code }) => `${scheme} ${code}`)).size, foreignEvents.length);
  for (const { udil, orElse = [] } of foreignEvents) {
    for (const code of [udil, ...orElse]) assert.ok(eventCodes.has(code), `${code}`);
  }
});
