/** Every example the document prints, in both directions and both notations. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { buildRequest } from "./requests/build-request.ts";
import { parseRequest, type UdilRequest } from "./requests/parse-request.ts";
import type { UdilAnswer } from "./responses/answer.ts";
import { readResponse, type UdilResponse } from "./responses/read-response.ts";
import { writeResponse } from "./responses/write-response.ts";
import type { UdilRow } from "./tables/tables.ts";
import { printedCommands } from "./testing/printed-commands.ts";
import { printedExample, printedExamples } from "./testing/printed-examples.ts";
import { encodedForm, printedInstant, textOf, utf8 } from "./testing/requests.ts";
import { pakistanTime as zone } from "./zone.ts";

const twoMeters = ["m98562412", "m97524158"];

const requestOf = (path: string): UdilRequest => {
  const { service, headers, form } = printedExample(path);
  return parseRequest({ service, headers, body: utf8(encodedForm(form)), zone });
};

test("there are fourteen examples, and each is of a service", () => {
  assert.equal(printedExamples.length, 14);
  for (const { service, path } of printedExamples) assert.ok(service !== undefined, path);
});

for (const [path, command] of Object.entries(printedCommands)) {
  test(`${path}: the printed request means its command`, () => {
    const request = requestOf(path);
    assert.deepEqual(request.command, command);
    assert.deepEqual(
      request.ids,
      path === "aux_relay_operations" ? ["m96541254", "m97524158", "m98562412"] : twoMeters,
    );
    assert.equal(request.requestDatetime, path === "on_demand_request" ? undefined : printedInstant);
    assert.deepEqual(request.transactionIds, [printedExample(path).headers.transactionid]);
    assert.equal(request.privatekey, "7h6g5d4chyhdxg875576v5f5gv8b7bv");
  });

  test(`${path}: the command is written as a request that means it again`, () => {
    const request = requestOf(path);
    const built = buildRequest({
      version: "v1",
      zone,
      command,
      transactionIds: request.transactionIds,
      privatekey: request.privatekey!,
      ids: request.ids,
      requestDatetime: printedInstant,
    });
    assert.equal(built.path, `/${path}`);
    const { service, headers, body } = built;
    const again = parseRequest({ service, headers, body, zone });
    assert.deepEqual(again.command, command);
    assert.deepEqual([again.ids, again.transactionIds], [request.ids, request.transactionIds]);
    assert.deepEqual(
      again.notes.filter((note) => !note.includes("optical port")),
      [],
      "what is written needs no tolerance",
    );
  });
}

test("transaction_status asks for the transaction of its header", () => {
  assert.deepEqual(requestOf("transaction_status").transactionIds, ["ARbvfg675d5hg85fhjfv47f5d3aRi"]);
});

const answers = (path: string): [string, UdilResponse][] => {
  const { service, json, xml } = printedExample(path);
  const read = (text: string) => readResponse({ body: utf8(text), service, version: "v1", zone });
  return [
    ["json", read(json)],
    ["xml", read(xml)],
  ];
};

for (const path of Object.keys(printedCommands)) {
  for (const [notation, answer] of answers(path)) {
    test(`${path}: the printed answer in ${notation} is read, and written as it is meant`, () => {
      const three = path === "aux_relay_operations";
      assert.equal(answer.status, 1);
      assert.equal(answer.setAside.length, 0);
      assert.deepEqual(answer.devices, [
        ...(three ? [{ global_device_id: "m96541254", msn: "4096541254", indv_status: 1 }] : []),
        ...(three ? [{ global_device_id: "m97524158", msn: "4097524158", indv_status: 0 }] : []),
        { global_device_id: "m98562412", msn: "4098562412", indv_status: 1 },
        ...(three ? [] : [{ global_device_id: "m97524158", msn: "4097524158", indv_status: 1 }]),
      ]);
      const written: UdilAnswer = {
        kind: "command",
        status: 1,
        transactionId: answer.transactionId!,
        devices: answer.devices!,
        message: answer.message,
      };
      for (const format of ["json", "xml"] as const) {
        const body = writeResponse(written, { version: "v1", format, zone });
        const again = readResponse({ body, service: printedExample(path).service, version: "v1", zone });
        const { notes: _, ...meant } = answer;
        assert.deepEqual(again, { ...meant, notes: [] });
      }
    });
  }
}

test("the key of the printed authorization", () => {
  for (const [notation, answer] of answers("authorization_service")) {
    assert.equal(answer.status, 1, notation);
    assert.equal(answer.privatekey, "7h6g5d4chyhdxg875576v5f5gv8b7bv");
    assert.match(answer.message, /^You are authenticated successfully\. Private key will be valid for 30\sMinutes?$/);
  }
});

test("the printed transactions with the events inside", () => {
  const event = (id: string, code: number, description: string) => ({
    global_device_id: id,
    msn: `40${id.slice(1)}`,
    event_datetime: Date.UTC(2018, 9, 11, 10, 14),
    event_code: code,
    event_counter: "5",
    event_description: description,
    mdc_read_datetime: Date.UTC(2018, 9, 11, 10, 13),
  });
  const at = (minute: number, second: number) => Date.UTC(2018, 9, 15, 11, minute, second);
  const transaction = (id: string, transactionid: string) => ({
    transactionid,
    global_device_id: id,
    msn: `40${id.slice(1)}`,
    type: "On-Demand Request",
    command_receiving_datetime: at(45, 30),
    status_level: 4,
    status_1_datetime: at(45, 40),
    status_2_datetime: at(45, 50),
    status_3_datetime: at(46, 0),
    status_4_datetime: at(46, 10),
    indv_status: 1,
    request_cancelled: 0,
    response_data: { table: "EVNT", rows: [event(id, 1234, "event1"), event(id, 2345, "event2")] },
  });
  for (const [notation, answer] of answers("transaction_status")) {
    const read = answer.transactions!;
    assert.deepEqual(
      read,
      twoMeters.map((id, index) => transaction(id, read[index]!.transactionid)),
      notation,
    );
    assert.match(read[0]!.transactionid, /^ARbvf/);
    assert.deepEqual([answer.status, answer.message], [1, "events data successfully sent"]);
    const executed = read.map((row) => ({ ...row, status_level: 5 }));
    for (const format of ["json", "xml"] as const) {
      for (const version of ["v1", "v3.2", "v3.3"] as const) {
        const body = writeResponse(
          { kind: "transactions", status: 1, transactionId: "t", transactions: executed, message: "sent" },
          { version, format, zone, eventCounter: true },
        );
        const again = readResponse({ body, service: "transaction_status", version, zone });
        // Of v3, rows say beside that nobody has marked them.
        const marked = (row: UdilRow) => (version === "v1" ? row : { ...row, is_synced: 0 });
        const expected = executed.map((row, index) => {
          const { table, rows } = transaction(twoMeters[index]!, "").response_data;
          return { ...row, response_data: { table, rows: rows.map(marked) } };
        });
        assert.deepEqual(again.transactions, expected, `${version} ${format}`);
        assert.deepEqual(again.setAside, []);
      }
    }
  }
});

test("what a meter gave is written at level 5 only", () => {
  const [, [, { transactions }]] = answers("transaction_status") as [unknown, [string, UdilResponse]];
  const answer = {
    kind: "transactions",
    status: 1,
    transactionId: "t",
    transactions: transactions!,
    message: "",
  } as const;
  const text = textOf(writeResponse(answer, { version: "v1", format: "json", zone }));
  assert.equal(text.includes("response_data"), false, text);
});
