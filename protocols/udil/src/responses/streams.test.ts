import assert from "node:assert/strict";
import { test } from "node:test";
import { textOf } from "../testing/requests.ts";
import { udilVersions } from "../versions.ts";
import { pakistanTime as zone } from "../zone.ts";
import type { TransactionRow } from "./answer.ts";
import { RowStream, TransactionStream, writeResponse } from "./write-response.ts";

const at = Date.UTC(2026, 0, 1);
const event = (index: number) => ({
  ...{ global_device_id: "m1", event_datetime: at + index * 1000, event_code: 203 },
  event_description: `off <${index}>`,
});
const transaction = (id: string, more: Partial<TransactionRow> = {}): TransactionRow => ({
  ...{ transactionid: "T1", global_device_id: id, type: "EVNT", status_level: 5, indv_status: 1, ...more },
});
const given = (count: number) =>
  ({ table: "EVNT", rows: Array.from({ length: count }, (_, index) => event(index)) }) as const;

for (const version of udilVersions) {
  for (const format of ["json", "xml"] as const) {
    const options = { version, format, zone };

    test(`rows in pieces are the same answer as at once: ${version} ${format}`, () => {
      for (const pages of [[], [[]], [[event(0)]], [[event(0), event(1)], [], [event(2)]]]) {
        const stream = new RowStream({ status: 1, table: "EVNT", transactionId: "T1" }, options);
        const pieces = [...pages.map((rows) => stream.rows(rows)), stream.end("so many")];
        const rows = pages.flat();
        const whole = writeResponse(
          { kind: "rows", status: 1, table: "EVNT", transactionId: "T1", rows, message: "so many" },
          options,
        );
        assert.equal(pieces.map(textOf).join(""), textOf(whole));
      }
    });

    test(`transactions in pieces are the same answer as at once, also one in parts: ${version} ${format}`, async () => {
      const long = transaction("m1", { response_data: given(5) });
      for (const around of [[], [transaction("m0"), transaction("m2", { response_data: "failed" })]]) {
        const stream = new TransactionStream({ status: 1, transactionId: "T1" }, options);
        const pieces = [stream.transactions(around)];
        const pages = async function* () {
          yield given(5).rows.slice(0, 3);
          yield given(5).rows.slice(3);
        };
        for await (const piece of stream.transaction(long, "EVNT", pages())) pieces.push(piece);
        pieces.push(stream.transactions([transaction("m3", { response_data: given(1) })]), stream.end("so many"));
        const transactions = [...around, long, transaction("m3", { response_data: given(1) })];
        const whole = {
          kind: "transactions",
          status: 1,
          transactionId: "T1",
          transactions,
          message: "so many",
        } as const;
        assert.equal(pieces.map(textOf).join(""), textOf(writeResponse(whole, options)));
      }
      const empty = new TransactionStream({ status: 1, transactionId: "T1" }, options).end("none");
      const none = { kind: "transactions", status: 1, transactionId: "T1", transactions: [], message: "none" } as const;
      assert.equal(textOf(empty), textOf(writeResponse(none, options)));
    });
  }
}
