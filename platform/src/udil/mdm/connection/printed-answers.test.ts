/** Answers as the document prints them, read over HTTPS by the MDM. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { printedExample } from "../../../../../protocols/udil/src/testing/printed-examples.ts";
import { startHandmadeMdc } from "../testing/handmade-mdc.ts";
import { plainMdc } from "../testing/plain-mdc.ts";
import { createMdcConnection } from "./mdc-connection.ts";

for (const format of ["json", "xml"] as const) {
  test(`the printed answers in ${format} mean what the document says`, async () => {
    const contentType = `application/${format}`;
    const printed = (path: string) => ({ contentType, body: printedExample(path)[format] });
    const peer = await startHandmadeMdc(
      (_, service) => printed(service),
      () => printed("authorization_service"),
    );
    const connection = createMdcConnection(plainMdc(peer, {}, { format }), () => 0);
    const ids = ["m96541254", "m97524158", "m98562412"];
    const { status, devices = [] } = await connection.ask({
      command: { name: "aux_relay_operations", parameters: { relay_operate: 0 } },
      ...{ transactionIds: ["t1"], ids, requestDatetime: 0 },
    });
    assert.equal(peer.requests.at(-1)!.request?.privatekey, "7h6g5d4chyhdxg875576v5f5gv8b7bv");
    assert.equal(status, 1);
    assert.deepEqual(
      devices.map(({ global_device_id, indv_status }) => [global_device_id, indv_status]),
      [
        ["m96541254", 1],
        ["m97524158", 0],
        ["m98562412", 1],
      ],
    );
    const { transactions = [] } = await connection.ask({ service: "transaction_status", transactionIds: ["t1"] });
    assert.ok(transactions.length > 0);
    for (const { transactionid, global_device_id, status_level, command_receiving_datetime } of transactions) {
      // The document prints the id in several ways.
      assert.match(transactionid, /^ARbvf/);
      assert.match(global_device_id, /^m\d{8}$/);
      assert.ok(status_level! >= 0 && status_level! <= 5);
      assert.equal(typeof command_receiving_datetime, "number");
    }
    connection.close();
  });
}
