import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Temporal } from "temporal-polyfill";
import { acceptedTimezones, effectiveTimezone, meterTimezones } from "./timezones.ts";

describe("time zones of meters", () => {
  it("are the contract's 595 and the later ones", () => {
    assert.equal(new Set(meterTimezones).size, 595);
    for (const zone of [...meterTimezones, "America/Ciudad_Juarez"]) assert.ok(acceptedTimezones.includes(zone), zone);
  });

  it("all mean something to the runtime", () => {
    for (const zone of acceptedTimezones) {
      assert.doesNotThrow(
        () => Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(effectiveTimezone(zone)),
        zone,
      );
    }
  });

  it("keep what their old names meant", () => {
    const offsetIn = (zone: string) => {
      const summer = Temporal.Instant.from("2026-07-01T00:00:00Z");
      return summer.toZonedDateTimeISO(effectiveTimezone(zone)).offset;
    };
    assert.deepEqual(["US/Pacific-New", "Asia/Hanoi", "Factory", "Etc/GMT-2"].map(offsetIn), [
      "-07:00",
      "+07:00",
      "+00:00",
      "+02:00",
    ]);
  });
});
