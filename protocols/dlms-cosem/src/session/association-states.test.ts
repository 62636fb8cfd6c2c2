import assert from "node:assert/strict";
import { test } from "node:test";
import { associationTransitions, nextClientState, nextServerState } from "./association-states.ts";

const ends: readonly string[] = ["released", "failed"];

test("every transition leads to a state of its role, and every state can be reached", () => {
  for (const states of Object.values(associationTransitions)) {
    const reached = new Set<string>(["idle"]);
    for (const transitions of Object.values(states)) {
      for (const following of Object.values<string>(transitions)) {
        assert.ok(following in states, following);
        reached.add(following);
      }
    }
    assert.deepEqual([...reached].toSorted(), Object.keys(states).toSorted());
  }
});

test("wherever an association is, the loss of the link and a fault end it", () => {
  for (const states of Object.values(associationTransitions)) {
    for (const [state, transitions] of Object.entries(states)) {
      if (ends.includes(state)) continue;
      const following: Readonly<Record<string, string>> = transitions;
      assert.ok(ends.includes(following["link-down"]!), state);
      assert.ok(ends.includes(following.fault!), state);
    }
  }
});

test("what is not in the table is a mistake of the caller", () => {
  assert.equal(nextClientState("associating", "proof-demanded"), "authenticating");
  assert.equal(nextServerState("authenticating", "proof-refused"), "idle");
  assert.throws(() => nextClientState("released", "connect"), /released knows no connect/);
});
