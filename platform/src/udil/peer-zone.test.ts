import assert from "node:assert/strict";
import { test } from "node:test";
import { peerZone } from "./peer-zone.ts";

const shown = (zone: string, instant: string) => Object.values(peerZone(zone).toLocal(Date.parse(instant))).join(" ");

test("an instant is what the peer's clocks show, to the second, on both sides of a change", () => {
  assert.equal(shown("Asia/Karachi", "2026-02-28T19:00:01Z"), "2026 3 1 0 0 1");
  assert.equal(shown("Europe/Stockholm", "2026-03-29T00:59:59Z"), "2026 3 29 1 59 59");
  assert.equal(shown("Europe/Stockholm", "2026-03-29T01:00:00Z"), "2026 3 29 3 0 0");
  assert.equal(shown("Asia/Kathmandu", "2026-01-01T00:00:00Z"), "2026 1 1 5 45 0");
});

test("a time of the peer is an instant: the first of two, and none that does not exist is lost", () => {
  const { toInstant } = peerZone("Europe/Stockholm");
  const at = (month: number, day: number, hour: number) =>
    new Date(toInstant({ year: 2026, month, day, hour, minute: 30, second: 5 })).toISOString();
  assert.equal(at(1, 1, 12), "2026-01-01T11:30:05.000Z");
  assert.equal(at(10, 25, 2), "2026-10-25T00:30:05.000Z");
  assert.equal(at(3, 29, 2), "2026-03-29T01:30:05.000Z");
});

test("peers of one zone share what is known of it", () => {
  assert.equal(peerZone("Asia/Karachi"), peerZone("Asia/Karachi"));
});
