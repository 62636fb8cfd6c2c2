import assert from "node:assert/strict";
import { test } from "node:test";
import { logicalNameOf } from "@anymeter/dlms-cosem";
import Value from "typebox/value";
import { dlms } from "./dlms.ts";
import { profilesBehind, standardHomes } from "./dlms-commands.ts";
import { commandHomes, dlmsProfileNames, dlmsProfiles, profileSettings } from "./dlms-profiles.ts";

test("every profile has settings the API would take, and a reason with its source for each of them and of its commands", () => {
  for (const { name, settings, commands = {}, quirks } of dlmsProfiles) {
    assert.ok(Value.Check(dlms.settings.schema, { profile: name, ...settings }), name);
    assert.deepEqual(Object.keys(settings).toSorted(), quirks.flatMap(({ setting }) => setting ?? []).toSorted(), name);
    assert.deepEqual(Object.keys(commands).toSorted(), quirks.flatMap(({ command }) => command ?? []).toSorted(), name);
    assert.ok(quirks.length > 0, name);
    for (const { reason, source } of quirks) {
      assert.ok(reason.length > 20 && /(issue|PR)s? \d+|^(frames|objects|OBIS names) in .+\/.+$/.test(source), name);
    }
  }
  assert.equal(new Set(dlmsProfileNames).size, dlmsProfiles.length);
});

test("a profile moves commands to its own objects, and leaves the others where the standard has them", () => {
  const homes = commandHomes("tpi-34g");
  assert.deepEqual(homes.activate_meter_optical_port, { by: "window", object: "0.0.96.60.16.255" });
  assert.deepEqual(homes.aux_relay_operations, standardHomes.aux_relay_operations);
  assert.deepEqual(commandHomes(undefined), standardHomes);
  assert.deepEqual(profilesBehind("EVNT", homes.on_demand_read), ["1.0.99.98.0.255"]);
  assert.deepEqual(profilesBehind("LPRO", homes.on_demand_read), ["1.0.99.1.0.255"]);
  assert.deepEqual(profilesBehind("INST", standardHomes.on_demand_read), []);
});

test("every address of a home is an OBIS code, and every reason a sentence", () => {
  for (const homes of [standardHomes, ...dlmsProfiles.map(({ commands }) => commands ?? {})]) {
    JSON.stringify(homes, (key, value: unknown) => {
      if (typeof value !== "string") return value;
      if (key === "by" || key === "written" || key === "vendor") return value;
      if (key === "reason") assert.match(value, /^[A-Z].{30,}\.$/);
      else assert.equal(logicalNameOf(value), value);
      return value;
    });
  }
});

test("a name nobody knows is refused, and no profile sets nothing", () => {
  assert.ok(!Value.Check(dlms.settings.schema, { profile: "no-such-model" }));
  assert.deepEqual(profileSettings(undefined), {});
  assert.deepEqual(profileSettings("elgama-gama-350"), { push_counter: "ignored" });
});
