import assert from "node:assert/strict";
import { test } from "node:test";
import { actionResults, dataAccessResults, nameOfActionResult, nameOfDataAccessResult } from "./access-results.ts";
import { conformanceFromBits, conformanceToBits, negotiateConformance } from "./conformance.ts";
import { describeException } from "./exceptions.ts";
import { describeServiceError } from "./service-errors.ts";
import { cipheredTag, meaningOfTag, nameOfTag, type ServiceTags, serviceTags } from "./tags.ts";

test("results have names, and numbers outside the standard keep theirs", () => {
  for (const [name, result] of Object.entries(dataAccessResults)) assert.equal(nameOfDataAccessResult(result), name);
  for (const [name, result] of Object.entries(actionResults)) assert.equal(nameOfActionResult(result), name);
  assert.equal(nameOfDataAccessResult(42), "data-access-result-42");
  assert.equal(nameOfActionResult(42), "action-result-42");
});

test("refusals read as words", () => {
  assert.equal(describeException({ state: 1, serviceError: 1 }), "service-not-allowed, operation-not-possible");
  assert.equal(describeException({ state: 9, serviceError: 8 }), "state 9, service error 8");
  assert.equal(
    describeServiceError({ service: 1, error: { choice: 6, value: 2 } }),
    "initiate: initiate, incompatible-conformance",
  );
  assert.equal(describeServiceError({ service: 44, error: { choice: 44, value: 4 } }), "service 44: kind 44, value 4");
});

test("a tag stands for one thing", () => {
  const tags = (Object.values(serviceTags) as ServiceTags[]).flatMap(({ plain, global, dedicated }) =>
    [plain, global, dedicated].filter((tag) => tag !== undefined),
  );
  assert.equal(new Set(tags).size, tags.length);
  // Green Book, clause 8.2: glo-get-request [200], ded-get-request [208], glo-initiateRequest [33].
  assert.equal(cipheredTag(0xc0, "global"), 200);
  assert.equal(cipheredTag(0xc0, "dedicated"), 208);
  assert.equal(cipheredTag(0x01, "global"), 33);
  assert.equal(cipheredTag(0x0f, "global"), undefined);
  assert.equal(cipheredTag(200, "global"), undefined);
  assert.equal(nameOfTag(0xd4), "ded-get-response");
  assert.deepEqual(meaningOfTag(0xcf), { service: "action-response", key: "global" });
  assert.equal(nameOfTag(0x77), undefined);
});

test("conformance counts its bits from the most significant", () => {
  // Bit 0 is reserved, bit 1 general-protection, bit 23 action.
  assert.equal(conformanceToBits(new Set(["general-protection"])), 0x40_0000);
  assert.equal(conformanceToBits(new Set(["action"])), 0x00_0001);
  assert.deepEqual(conformanceFromBits(0x80_0000), new Set());
  assert.deepEqual(
    negotiateConformance(conformanceFromBits(0x00_7e1f), conformanceFromBits(0x00_501f)),
    conformanceFromBits(0x00_501f),
  );
});
