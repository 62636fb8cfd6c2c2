import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "./logging.ts";
import { secretNames } from "./registry/secret-names.ts";

test("whatever bears the name of a secret is never written, however deep a logged object holds it", () => {
  const lines: string[] = [];
  const logger = createLogger("info", { write: (line) => lines.push(line) });
  for (const name of [...secretNames, "dlms_secret", "guek", "authorization", "password"]) {
    for (const place of [(secret: object) => secret, (keys: object) => ({ keys }), (keys: object) => ({ a: { keys } })])
      logger.info({ ...place({ [name]: "hidden-value", meter: "shown-value" }) }, name);
  }
  assert.ok(lines.length > 50);
  for (const line of lines) {
    assert.ok(!line.includes("hidden-value"), line);
    assert.ok(line.includes("shown-value") && line.includes("[secret]"), line);
  }
});

test("of a request and its answer only the line and the status are written", () => {
  const lines: string[] = [];
  const logger = createLogger("info", { write: (line) => lines.push(line) });
  const req = { method: "POST", url: "/v1/x", ip: "127.0.0.1", headers: { authorization: "hidden" }, body: "hidden" };
  logger.info({ req, res: { statusCode: 201, payload: "hidden" } }, "answered");
  const { req: request, res } = JSON.parse(lines[0]!);
  assert.deepEqual([request, res], [{ method: "POST", url: "/v1/x", remoteAddress: "127.0.0.1" }, { statusCode: 201 }]);
});
