import assert from "node:assert/strict";
import { test } from "node:test";
import Value from "typebox/value";
import { dlms } from "./dlms.ts";
import { dlmsProfileNames, dlmsProfiles, profileSettings } from "./dlms-profiles.ts";

test("every profile has settings the API would take, and a reason with its source for each of them", () => {
  for (const { name, settings, quirks } of dlmsProfiles) {
    assert.ok(Value.Check(dlms.settings.schema, { profile: name, ...settings }), name);
    assert.deepEqual(Object.keys(settings).toSorted(), quirks.flatMap(({ setting }) => setting ?? []).toSorted(), name);
    assert.ok(quirks.length > 0, name);
    for (const { reason, source } of quirks) assert.ok(reason.length > 20 && /(issue|PR)s? \d+/.test(source), name);
  }
  assert.equal(new Set(dlmsProfileNames).size, dlmsProfiles.length);
});

test("a name nobody knows is refused, and no profile sets nothing", () => {
  assert.ok(!Value.Check(dlms.settings.schema, { profile: "no-such-model" }));
  assert.deepEqual(profileSettings(undefined), {});
  assert.deepEqual(profileSettings("elgama-gama-350"), { push_counter: "ignored" });
});
