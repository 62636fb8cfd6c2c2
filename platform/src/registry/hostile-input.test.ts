import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Row } from "./resource.ts";
import { resources } from "./resources/index.ts";
import { exampleBodies, exampleObjects } from "./testing/examples.ts";
import { openRegistryFixture, type RegistryFixture } from "./testing/registry-fixture.ts";

/** What no field expects, and some fields take. */
const values: readonly unknown[] = [
  ...[null, true, 0, -0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, -1e-300],
  ...["", " ", "\u0001", "\u2028", "NaN", "-Infinity", "9".repeat(40), "0".repeat(64), "x".repeat(10_000)],
  ...[
    "👨‍👩‍👧".repeat(50),
    "e\u0301".repeat(50),
    "'; drop table users; --",
    "%{jndi:x}",
    "../../etc/passwd",
    "2026-13-45",
    "::ffff:1.2.3.4",
  ],
  ...["00000000-0000-4000-8000-000000000000", "http://[::1", "https://x/\u202e"],
  ...[[], [null], [[]], [{}], ["x"], {}, { a: 1 }, { toString: 1 }, { a: { b: { c: [] } } }],
];

describe("hostile input", () => {
  let fixture: RegistryFixture;
  let made: Record<string, Row>;
  before(async () => {
    fixture = await openRegistryFixture();
    made = await exampleObjects(fixture);
  });

  for (const resource of resources) {
    it(`to ${resource.name} is taken or refused, and never breaks anything`, async () => {
      const body = exampleBodies(" 2")[resource.name]!(made);
      const changing = resource.operations.includes("partial_update");
      const url = changing ? `${resource.path.replace(/\/$/, "")}/${made[resource.name]!.id}` : resource.path;
      // A password is hashed slowly on purpose, and its checks are those of any text.
      const fields = [...Object.keys(resource.fields), "organization", "id", "created_at"].filter(
        (name) => name !== "password",
      );
      for (const field of fields) {
        for (const value of values) {
          const sent = changing ? { [field]: value } : { ...body, [field]: value };
          const answer = await fixture.send(changing ? "PATCH" : "POST", url, sent);
          const what = `${field} = ${JSON.stringify(value)?.slice(0, 50)}: ${JSON.stringify(answer.body)}`;
          assert.ok(answer.status < 500, what);
          if (answer.status === 400) assert.ok(Object.keys(answer.body).length > 0, what);
        }
      }
    });
  }
});
