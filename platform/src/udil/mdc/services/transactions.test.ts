import assert from "node:assert/strict";
import { it } from "node:test";
import { commandLimits } from "../../../commands/new-command.ts";
import { mdcLimits } from "../limits.ts";
import type { Exchange } from "./exchange.ts";
import { transactionStatus } from "./transactions.ts";

it("asks the store for no more rows than an answer may have", async () => {
  const asked: (number | undefined)[] = [];
  const transactionIds = Array.from({ length: 3 * commandLimits.keysPerQuestion }, (_, index) => `t${index}`);
  const exchange = { client: { version: "v1" }, request: { transactionIds } } as unknown as Exchange;
  const commands = {
    statusRows: async ({ limit = Number.POSITIVE_INFINITY }) => {
      asked.push(limit);
      return new Array(Math.min(limit, mdcLimits.transactionRows / 2 + 1)).fill({});
    },
    cancel: () => Promise.reject(new Error("unused")),
  };
  await assert.rejects(transactionStatus(exchange, { commands }), {
    code: "malformed_request",
    message: /more than 200000 rows/,
  });
  assert.deepEqual(asked, [mdcLimits.transactionRows + 1, mdcLimits.transactionRows / 2]);
});
