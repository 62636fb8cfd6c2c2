/**
 * The register of inconsistencies of v1's document and of programs that follow it, row by row, as other files cite it:
 * every variant means the same, and what goes out is in one form.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyMinutes } from "./keys.ts";
import { buildRequest } from "./requests/build-request.ts";
import type { TransactionRow } from "./responses/answer.ts";
import { readResponse } from "./responses/read-response.ts";
import { commandOfTransactionType, transactionTypeOf } from "./responses/transaction-type.ts";
import { writeResponse } from "./responses/write-response.ts";
import type { UdilCommand } from "./services/commands.ts";
import { type ServiceName, serviceOfPath } from "./services/services.ts";
import type { PeerSwitches } from "./switches.ts";
import { type UdilRow, type UdilTable, udilTables } from "./tables/tables.ts";
import { type FormEntries, parsed, printedInstant, type TestRequest, textOf, utf8 } from "./testing/requests.ts";
import type { UdilVersion } from "./versions.ts";
import { pakistanTime as zone } from "./zone.ts";

/** A row of the register with what shows that it is kept. */
interface Entry {
  readonly rows: readonly number[];
  readonly says: string;
  readonly check: () => void;
}

const relay: FormEntries = [
  ["global_device_id", '["m1","m2"]'],
  ["request_datetime", "2018-10-15 13:00:00"],
  ["relay_operate", "1"],
];
/** The form with some fields changed, added, or left out. */
const withFields = (form: FormEntries, changed: Readonly<Record<string, string | undefined>>): FormEntries => {
  const names = new Set([...form.map(([name]) => name), ...Object.keys(changed)]);
  const values = { ...Object.fromEntries(form), ...changed };
  return [...names].flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]] as const]));
};

/** What a request means, its notes left out. */
const meaning = (service: ServiceName, request: TestRequest) => {
  const { ids, transactionIds, requestDatetime, command, start, end } = parsed(service, request);
  return { ids, transactionIds, requestDatetime, command, start, end };
};

const read = (service: ServiceName, body: string, version: UdilVersion = "v1") =>
  readResponse({ body: utf8(body), service, version, zone });
const answerOf = (data: string, more = '"status":"1","transactionid":"t1","message":""') => `{${more},"data":${data}}`;
const rowsOf = (service: ServiceName, row: Readonly<Record<string, unknown>>, version: UdilVersion = "v1") => {
  const { rows, setAside, notes } = read(service, answerOf(JSON.stringify([row])), version);
  return { row: rows?.[0], setAside: setAside[0], notes };
};
const written = (table: UdilTable, row: UdilRow, version: UdilVersion = "v1", switches: PeerSwitches = {}) => {
  const answer = { kind: "rows", status: 1, table, rows: [row], message: "" } as const;
  const { data } = JSON.parse(textOf(writeResponse(answer, { version, format: "json", zone, ...switches })));
  return data[0] as Record<string, string>;
};
const transactionOf = (row: TransactionRow, version: UdilVersion) => {
  const answer = { kind: "transactions", status: 1, transactionId: "t1", transactions: [row], message: "" } as const;
  return JSON.parse(textOf(writeResponse(answer, { version, format: "json", zone }))).data[0] as Record<
    string,
    unknown
  >;
};
const requestOf = (command: UdilCommand, version: UdilVersion, switches: PeerSwitches = {}) => {
  const options = { version, zone, command, transactionIds: ["t1"], ids: ["m1"], requestDatetime: printedInstant };
  const { path, body } = buildRequest({ ...options, switches });
  return { path, form: Object.fromEntries(new URLSearchParams(textOf(body))) };
};

const lpro = { global_device_id: "m1", meter_datetime: "2018-10-15 13:00:00" };
const event = { global_device_id: "m1", event_datetime: "2018-10-15 13:00:00", event_code: "111" };
const calendar: UdilCommand = {
  name: "update_time_of_use",
  parameters: {
    day_profile: [{ name: "d", tariff_slabs: [{ start: "00:00:00", tariff: 2 }] }],
    week_profile: [{ name: "w", weekly_day_profile: ["d", "d", "d", "d", "d", "d", "d"] }],
    season_profile: [{ name: "s", week_profile_name: "w", start_date: "01-01" }],
    activation_datetime: "2018-10-31T19:00:00Z",
  },
};
const sampling = (sampling_interval: number): UdilCommand => ({
  name: "meter_data_sampling",
  parameters: {
    activation_datetime: "2018-10-31T19:00:00Z",
    data_type: "LPRO",
    sampling_interval,
    sampling_initial_time: 0,
  },
});
const creation: FormEntries = [
  ["device_identity", '[{"dsn":"1","global_device_id":"m1"}]'],
  ["request_datetime", "2018-10-15 13:00:00"],
  ["device_type", "1"],
  ["communication_mode", "1"],
  ["communication_interval", "15"],
  ["mdi_reset_date", "1"],
  ["mdi_reset_time", "00:00:00"],
  ["phase", "3"],
  ["meter_type", "2"],
];
const created = (changed: Readonly<Record<string, string | undefined>>, version: UdilVersion = "v1") => {
  const { command } = parsed("device_creation", { form: withFields(creation, changed), version });
  assert.ok(command !== undefined && "name" in command && command.name === "device_creation", JSON.stringify(command));
  return command.parameters;
};
const slabs: FormEntries = [
  ["global_device_id", '["m1"]'],
  ["request_datetime", "2018-10-15 13:00:00"],
  ["season", "1"],
  ["days", "1"],
  ["time_slab", '["08:00","17:00"]'],
  ["tariff_identification", "1"],
  ["activation_datetime", "2018-11-01 00:00:00"],
];
const problemOf = (service: ServiceName, request: TestRequest) => {
  const { command } = parsed(service, request);
  assert.ok(command !== undefined && "problem" in command, JSON.stringify(command));
  return command.problem;
};

const register: readonly Entry[] = [
  {
    rows: [1, 2],
    says: "letters and strokes that stand for digits are digits in numeric fields",
    check: () => {
      for (const one of ["I", "l", "|", "1"]) {
        const data = `[{"global_device_id":"mI","msn":"40965${one}","indv_status":"${one}"}]`;
        const { status, devices } = read("time_synchronization", answerOf(data, `"status":"${one}"`));
        assert.equal(status, 1, one);
        assert.deepEqual(
          devices,
          [{ global_device_id: "mI", msn: "409651", indv_status: 1 }],
          "an id keeps its letters",
        );
        assert.deepEqual(
          meaning("aux_relay_operations", { form: withFields(relay, { relay_operate: one }) }),
          meaning("aux_relay_operations", { form: relay }),
        );
        const { row } = rowsOf("load_profile_data", { ...lpro, active_energy_tl: `${one}2.O5`, interval: `${one}5` });
        assert.deepEqual([row?.active_energy_abs_tl, row?.interval], ["12.05", 15]);
      }
      const text = textOf(
        writeResponse(
          {
            kind: "command",
            status: 1,
            transactionId: "t",
            devices: [{ global_device_id: "m", indv_status: 0 }],
            message: "",
          },
          { version: "v1", format: "json", zone },
        ),
      );
      assert.match(text, /^\{"status":"1".*"indv_status":"0"/);
    },
  },
  {
    rows: [3],
    says: "totals are tl; _total and _t are totals, and so is a second t1, but no row has two",
    check: () => {
      const bill = { global_device_id: "m1", meter_datetime: "2018-10-15 00:00:00" };
      for (const total of ["active_energy_pos_tl", "active_energy_pos_total", "active_energy_pos_t"]) {
        assert.equal(rowsOf("billing_data", { ...bill, [total]: "7" }).row?.active_energy_pos_tl, "7", total);
      }
      const printed = `{"global_device_id":"m1","meter_datetime":"2018-10-15 00:00:00","active_energy_pos_t1":"1","active_energy_pos_t2":"2","active_energy_pos_t1":"3",}`;
      const xml = printed.replace(/[{},]/g, "").replace(/"(\w+)":"([^"]*)"/g, "<$1>$2</$1>");
      const strict = printed.replace(",}", "}");
      for (const body of [
        `{"data":[${printed}]}`,
        `{"data":[${strict}]}`,
        `<root><data><element>${xml}</element></data></root>`,
      ]) {
        const [row] = read("billing_data", body).rows!;
        assert.deepEqual(
          [row?.active_energy_pos_t1, row?.active_energy_pos_t2, row?.active_energy_pos_tl],
          ["1", "2", "3"],
        );
      }
      assert.ok("active_energy_pos_tl" in written("BILL", { ...bill, meter_datetime: 0, active_energy_pos_tl: "3" }));
    },
  },
  {
    rows: [4, 5],
    says: "an equals sign for the colon, names without quotes, and typographic quotes",
    check: () => {
      const body = "{“status”: “1” ,“data”: [{“global_device_id” : “m1” , msn=“4098”, “indv_status”:”1”}\n,],}";
      assert.deepEqual(read("load_shedding_scheduling", body).devices, [
        { global_device_id: "m1", msn: "4098", indv_status: 1 },
      ]);
      assert.deepEqual(
        meaning("aux_relay_operations", { form: withFields(relay, { global_device_id: "[“m1”,”m2”]" }) }),
        meaning("aux_relay_operations", { form: relay }),
      );
    },
  },
  {
    rows: [6],
    says: "status as text, number or boolean; text goes out",
    check: () => {
      for (const status of ['"1"', "1", "true", '" 1 "']) {
        assert.equal(read("time_synchronization", `{"status":${status}}`).status, 1, status);
      }
      for (const status of ['"0"', "0", "false"])
        assert.equal(read("events", `{"status":${status}}`).status, 0, status);
    },
  },
  {
    rows: [7, 8],
    says: "transaction ids are opaque, blanks around them apart",
    check: () => {
      assert.equal(read("events", answerOf("[]", '"status":1,"transactionid":" ARbvfg "')).transactionId, "ARbvfg");
      for (const id of ["7Ucvfg675d5hg85fhjffved47f65d3s3g", "ABC", "abc", "1-2/3"]) {
        const { transactionIds } = parsed("time_synchronization", {
          form: relay,
          headers: { transactionid: ` ${id} `, privatekey: "k" },
        });
        assert.deepEqual(transactionIds, [id]);
      }
    },
  },
  {
    rows: [9, 44],
    says: "names lose what does not belong to them, and their case",
    check: () => {
      const load = { load_limit: "20", maximum_retries: "1", threshold_duration: "3", retry_clear_interval: "4" };
      const form = withFields(relay, load);
      assert.deepEqual(
        meaning("sanctioned_load_control", { form: [...form, ["Retry_Interval,", "60"]] }),
        meaning("sanctioned_load_control", { form: [...form, ["retry_interval", "60"]] }),
      );
      assert.equal(read("events", '{"Status":"0","Message":"no"}').status, 0);
      assert.equal(read("events", '{"Status":"0","Message":"no"}').message, "no");
      const limit = requestOf(
        {
          name: "sanctioned_load_control",
          parameters: {
            load_limit: 20,
            maximum_retries: 1,
            retry_interval: 60,
            threshold_duration: 3,
            retry_clear_interval: 4,
          },
        },
        "v1",
      );
      assert.equal(limit.form.retry_interval, "60");
    },
  },
  {
    rows: [10],
    says: "indv_status by its other names",
    check: () => {
      for (const name of ["indv_status", "indiv_status", "individual_status", "status"]) {
        const { devices } = read("time_synchronization", answerOf(`[{"global_device_id":"m1","${name}":"1"}]`));
        assert.deepEqual(devices, [{ global_device_id: "m1", indv_status: 1 }], name);
      }
    },
  },
  {
    rows: [11],
    says: "type for on-demand reads, data_type for sampling; each stands in for the other",
    check: () => {
      const ids: FormEntries = [["global_device_id", '["m1"]']];
      const both = withFields(ids, { data_type: "BILL", type: "EVNT" });
      const evnt = { name: "on_demand_read", parameters: { type: "EVNT" } };
      assert.deepEqual(parsed("on_demand_request", { form: both }).command, evnt);
      assert.deepEqual(parsed("on_demand_request", { form: withFields(ids, { data_type: " evnt " }) }).command, evnt);
      const sample = {
        activation_datetime: "2018-11-01 00:00:00",
        sampling_interval: "30",
        sampling_initial_time: "00",
      };
      const typed = parsed("meter_data_sampling", { form: withFields(ids, { ...sample, type: "LPRO" }) });
      assert.deepEqual(typed.command, sampling(30));
      const out = requestOf({ name: "on_demand_read", parameters: { type: "INST" } }, "v1");
      assert.deepEqual([out.form.type, "data_type" in out.form], ["INST", false]);
      assert.deepEqual(
        [requestOf(sampling(30), "v1").form.data_type, "type" in requestOf(sampling(30), "v1").form],
        ["LPRO", false],
      );
    },
  },
  {
    rows: [12],
    says: "request_datetime may be missing; it goes to v1 and not to v3's on-demand reads",
    check: () => {
      const { command, requestDatetime } = parsed("aux_relay_operations", {
        form: withFields(relay, { request_datetime: undefined }),
      });
      assert.deepEqual(
        [command, requestDatetime],
        [{ name: "aux_relay_operations", parameters: { relay_operate: 1 } }, undefined],
      );
      const onDemand: UdilCommand = { name: "on_demand_read", parameters: { type: "BILL" } };
      assert.equal(requestOf(onDemand, "v1").form.request_datetime, "2018-10-15 13:00:00");
      assert.equal("request_datetime" in requestOf(onDemand, "v3.3").form, false);
    },
  },
  {
    rows: [13, 14],
    says: "meter_datetime of an event, read_datetime and mdc_datetime are aliases; the right name wins",
    check: () => {
      const aliased = { ...event, event_datetime: undefined, meter_datetime: event.event_datetime };
      assert.equal(rowsOf("events", aliased).row?.event_datetime, printedInstant);
      const both = { ...event, meter_datetime: "2000-01-01 00:00:00" };
      assert.equal(rowsOf("events", both).row?.event_datetime, printedInstant);
      assert.equal(
        rowsOf("events", { meter_datetime: "2000-01-01 00:00:00", ...event }).row?.event_datetime,
        printedInstant,
      );
      for (const name of ["read_datetime", "mdc_datetime", "mdc_read_datetime"]) {
        const { row } = rowsOf("events", { ...event, [name]: "2018-10-15 13:00:00" });
        assert.equal(row?.mdc_read_datetime, printedInstant, name);
      }
      const out = written("EVNT", { global_device_id: "m1", event_datetime: printedInstant, event_code: 111 });
      assert.deepEqual(
        [out.event_datetime, "meter_datetime" in out, "mdc_read_datetime" in out],
        [event.event_datetime, false, true],
      );
    },
  },
  {
    rows: [15],
    says: "event_counter is optional in, and out to v3, or to a v1 peer that asks for it",
    check: () => {
      assert.equal(rowsOf("events", { ...event, event_counter: "5" }).row?.event_counter, "5");
      const row = { global_device_id: "m1", event_datetime: printedInstant, event_code: 111, event_counter: "5" };
      assert.equal("event_counter" in written("EVNT", row), false);
      assert.equal(written("EVNT", row, "v1", { eventCounter: true }).event_counter, "5");
      assert.equal(written("EVNT", row, "v3.3").event_counter, "5");
    },
  },
  {
    rows: [16, 17, 47],
    says: "what is missing, empty, null or a zero date is not known, never zero; out it is empty",
    check: () => {
      for (const none of ["", " ", "null", "NULL", null, "0000-00-00 00:00:00", '""']) {
        const { row, setAside } = rowsOf("events", { ...event, db_datetime: none });
        assert.deepEqual([row !== undefined && "db_datetime" in row, setAside], [false, undefined], String(none));
      }
      for (const none of ["", null, "N/A", "-"]) {
        const { row } = rowsOf("load_profile_data", { ...lpro, active_energy_tl: none, average_pf: none });
        assert.deepEqual([row?.active_energy_abs_tl, row?.average_pf], [undefined, undefined], String(none));
      }
      const out = written("EVNT", { global_device_id: "m1", event_datetime: printedInstant, event_code: 111 });
      assert.deepEqual(
        Object.keys(out),
        udilTables.v1.EVNT.fields.map(({ name }) => name),
      );
      assert.equal(out.db_datetime, "");
      const zero = { global_device_id: "m1", event_datetime: printedInstant, event_code: 111 };
      assert.equal(written("EVNT", zero, "v1", { zeroDates: true }).db_datetime, "0000-00-00 00:00:00");
      assert.equal(written("EVNT", zero, "v3.3", { zeroDates: true }).db_datetime, "", "v3 prints it empty");
      const pending = transactionOf({ transactionid: "t", global_device_id: "m", status_level: 2 }, "v1");
      assert.equal(pending.status_5_datetime, "");
    },
  },
  {
    rows: [18],
    says: "response_data does not prove level 5 when it comes, and goes out at level 5 only",
    check: () => {
      const rows = JSON.stringify([event]);
      const body = answerOf(
        `[{"transactionid":"t","global_device_id":"m1","status_level":"4","response_data":${rows}}]`,
      );
      const [transaction] = read("transaction_status", body).transactions!;
      assert.equal(transaction?.status_level, 4);
      assert.ok(typeof transaction?.response_data === "object" && transaction.response_data.rows.length === 1);
      assert.equal("response_data" in transactionOf(transaction, "v1"), false);
      assert.ok(Array.isArray(transactionOf({ ...transaction, status_level: 5 }, "v1").response_data));
    },
  },
  {
    rows: [19],
    says: "the type of a transaction is free text that is understood where it can be",
    check: () => {
      for (const type of [
        "On-Demand Request",
        "EVNT",
        "on_demand_request",
        "ON_DEMAND_DATA_READ",
        "on demand requests",
      ]) {
        assert.equal(commandOfTransactionType(type), "on_demand_read", type);
      }
      assert.equal(commandOfTransactionType("AUX_RELAY_OPERATIONS"), "aux_relay_operations");
      assert.equal(commandOfTransactionType("Meter Status Update"), "update_meter_status");
      assert.equal(commandOfTransactionType("something else"), undefined);
      assert.equal(transactionTypeOf("update_meter_status", "v1"), "meter_status_update");
      assert.equal(transactionTypeOf("update_meter_status", "v3.3"), "UPDATE_METER_STATUS");
      assert.equal(transactionTypeOf("on_demand_read", "v3.2"), "ON_DEMAND_DATA_READ");
    },
  },
  {
    rows: [20],
    says: "type_parameters is optional; it goes to v1 and not to v3",
    check: () => {
      const row = { transactionid: "t", global_device_id: "m", type_parameters: '{"relay_operate":0}' };
      assert.equal(transactionOf(row, "v1").type_parameters, '{"relay_operate":0}');
      assert.equal("type_parameters" in transactionOf(row, "v3.3"), false);
      const [bare] = read("transaction_status", answerOf('[{"transactionid":"t","global_device_id":"m"}]'))
        .transactions!;
      assert.deepEqual(bare, { transactionid: "t", global_device_id: "m" });
    },
  },
  {
    rows: [21],
    says: "a comma too many and a brace too many do no harm",
    check: () => {
      const { rows } = read("events", `{"data":[${JSON.stringify(event).replace("}", ",}")},],"status":"1",}\n}`);
      assert.equal(rows?.[0]?.event_code, 111);
    },
  },
  {
    rows: [22],
    says: "credentials are taken as they are, their quotes apart",
    check: () => {
      const { credentials } = parsed("authorization_service", {
        headers: { Username: "“mdm_user“", PASSWORD: '"WSnt!@ SS"', code: "223" },
      });
      assert.deepEqual(credentials, { username: "mdm_user", password: "WSnt!@ SS", code: "223" });
    },
  },
  {
    rows: [23],
    says: "messages are text for people and pass unchanged",
    check: () => {
      const message = "Command for global_device_id:40m97524158 Cannot be entertained, status I";
      assert.equal(read("time_synchronization", `{"status":"1","message":"${message}"}`).message, message);
    },
  },
  {
    rows: [24],
    says: "blanks around ids are no part of them",
    check: () => {
      assert.equal(rowsOf("events", { ...event, global_device_id: "m98562412 " }).row?.global_device_id, "m98562412");
      const { ids } = parsed("aux_relay_operations", {
        form: withFields(relay, { global_device_id: '[" m1","m2 ","m1"]' }),
      });
      assert.deepEqual(ids, ["m1", "m2"]);
    },
  },
  {
    rows: [25],
    says: "the initial time of sampling is a minute of the hour",
    check: () => {
      const form = withFields([["global_device_id", '["m1"]']], {
        activation_datetime: "2018-11-01 00:00:00",
        data_type: "LPRO",
        sampling_interval: "15",
        sampling_initial_time: "00",
      });
      assert.deepEqual(parsed("meter_data_sampling", { form }).command, sampling(15));
      assert.equal(requestOf(sampling(15), "v1").form.sampling_initial_time, "0");
      // As the example prints offsets: mm:ss.
      const printed = withFields(form, { sampling_initial_time: "15:00" });
      const { command } = parsed("meter_data_sampling", { form: printed });
      assert.equal((command as { parameters: { sampling_initial_time: number } }).parameters.sampling_initial_time, 15);
      const late = withFields(form, { sampling_initial_time: "60" });
      assert.match(problemOf("meter_data_sampling", { form: late }), /sampling_initial_time is "60"; .* 0 to 59/);
    },
  },
  {
    rows: [26],
    says: "longer intervals than 59 minutes come in, and go to v1 only where the peer takes them",
    check: () => {
      const form = withFields([["global_device_id", '["m1"]']], {
        activation_datetime: "2018-11-01 00:00:00",
        data_type: "LPRO",
        sampling_interval: "480",
        sampling_initial_time: "0",
      });
      assert.deepEqual(parsed("meter_data_sampling", { form }).command, sampling(480));
      for (const minutes of [60, 480]) {
        assert.throws(() => requestOf(sampling(minutes), "v1"), { code: "command_not_expressible" });
      }
      assert.equal(requestOf(sampling(59), "v1").form.sampling_interval, "59");
      assert.equal(requestOf(sampling(480), "v1", { longSampling: true }).form.sampling_interval, "480");
      assert.equal(requestOf(sampling(480), "v3.3").form.sampling_interval, "480");
    },
  },
  {
    rows: [27, 28],
    says: "quotes around scalars, of any number and shape, are none; none go out unless the peer wants them",
    check: () => {
      for (const [open, close] of [
        ['"', '"'],
        ['""', '""'],
        ["“", "”"],
        ["“", "“"],
        ["'", "'"],
        ["‘“", "”’"],
      ]) {
        const form = withFields(relay, {
          request_datetime: `${open}2018-10-15 13:00:00${close}`,
          relay_operate: `${open}1${close}`,
        });
        assert.deepEqual(
          meaning("aux_relay_operations", { form }),
          meaning("aux_relay_operations", { form: relay }),
          open,
        );
      }
      const off: UdilCommand = { name: "aux_relay_operations", parameters: { relay_operate: 0 } };
      assert.deepEqual(requestOf(off, "v1").form, {
        global_device_id: '["m1"]',
        request_datetime: "2018-10-15 13:00:00",
        relay_operate: "0",
      });
      assert.deepEqual(requestOf(off, "v1", { quoted: true }).form, {
        global_device_id: '["m1"]',
        request_datetime: '"2018-10-15 13:00:00"',
        relay_operate: '"0"',
      });
    },
  },
  {
    rows: [29],
    says: "a scalar may come as a list of one",
    check: () => {
      assert.deepEqual(created({ device_type: '["1"]' }), created({}));
      assert.deepEqual(created({ device_type: "[1]" }), created({}));
    },
  },
  {
    rows: [30, 31],
    says: "the interval is kept whatever the type, and stands for it where it is missing; the type always goes out",
    check: () => {
      const types = (changed: Record<string, string | undefined>, version: UdilVersion = "v1") => {
        const { communication_type: type, communication_interval: interval } = created(changed, version);
        return [type, interval];
      };
      assert.deepEqual(types({}), [1, 15], "missing, with an interval: periodic");
      assert.deepEqual(types({ communication_interval: undefined }), [2, undefined], "missing: always on");
      assert.deepEqual(types({ communication_type: "0" }), [2, 15], "0 is always on");
      assert.deepEqual(types({ communication_type: "1" }), [1, 15]);
      assert.deepEqual(types({ communication_type: "2" }), [1, 15], "on demand is at intervals, woken up");
      assert.deepEqual(
        types({ communication_type: "2", communication_interval: "0" }, "v3.3"),
        [2, 0],
        "v3: always on",
      );
      const device = created({});
      const out = (version: UdilVersion) => requestOf({ name: "device_creation", parameters: device }, version).form;
      assert.deepEqual([out("v1").communication_type, out("v1").communication_interval], ["1", "15"]);
      const always = { ...device, communication_type: 2, communication_interval: 0 };
      assert.equal(requestOf({ name: "device_creation", parameters: always }, "v1").form.communication_type, "0");
      assert.equal(requestOf({ name: "device_creation", parameters: always }, "v3.3").form.communication_type, "2");
      assert.equal(created({ device_type: "3" }).device_type, 5, "v1's other");
      assert.equal(created({ device_type: "3" }, "v3.3").device_type, 3, "v3's APMS");
      const other = { ...device, device_type: 5 };
      assert.equal(requestOf({ name: "device_creation", parameters: other }, "v1").form.device_type, "3");
    },
  },
  {
    rows: [32],
    says: "phases 1, 2 and 3, in words too",
    check: () => {
      for (const phase of [1, 2, 3]) assert.equal(created({ phase: String(phase) }).phase, phase);
      const words = {
        phase: "Three-phase",
        device_type: "meter",
        meter_type: "Whole Current",
        communication_type: "always on",
      };
      const { phase, device_type, meter_type, communication_type } = created(words);
      assert.deepEqual([phase, device_type, meter_type, communication_type], [3, 1, 2, 2]);
      assert.equal(created({ phase: "Single" }).phase, 1);
      assert.equal(created({ bidirectional_device: "Yes" }, "v3.3").bidirectional_device, 1);
      const form = withFields(creation, { phase: "4" });
      assert.match(problemOf("device_creation", { form }), /^phase is "4"; it must be 1 \(/);
    },
  },
  {
    rows: [33, 34, 35, 36, 37],
    says: "names of tables and services are those that were meant",
    check: () => {
      assert.equal(udilTables.v1.MBIL.name, "MONTHLY_BILLING_DATA");
      assert.equal(serviceOfPath("/wake_up_sim_number_update"), "update_wake_up_sim_number");
      assert.equal(serviceOfPath("/transaction_cancel"), "transaction_cancel");
    },
  },
  {
    rows: [38],
    says: "an optical port that opens and closes at once: taken of v1, refused of v3",
    check: () => {
      const form = withFields([["global_device_id", '["m1"]']], {
        optical_port_on_datetime: "2018-10-15 13:00:00",
        optical_port_off_datetime: "2018-10-15 13:00:00",
      });
      assert.equal("name" in parsed("activate_meter_optical_port", { form }).command!, true);
      assert.match(problemOf("activate_meter_optical_port", { form, version: "v3.3" }), /must be after/);
      const past = withFields(form, { optical_port_off_datetime: "2018-10-15 12:00:00" });
      assert.match(problemOf("activate_meter_optical_port", { form: past }), /must be after/);
    },
  },
  {
    rows: [39],
    says: "the MDC's time of the last contact and the meter's are two",
    check: () => {
      const { row } = rowsOf("meter_visuals", {
        global_device_id: "m1",
        last_communication_datetime: "2018-10-15 13:00:00",
        meter_last_comm_datetime: "2018-10-15 12:59:00",
      });
      assert.deepEqual(
        [row?.last_communication_datetime, row?.meter_datetime],
        [printedInstant, printedInstant - 60_000],
      );
      const out = written("VISL", row!);
      assert.deepEqual(
        [out.last_communication_datetime, out.meter_last_comm_datetime],
        ["2018-10-15 13:00:00", "2018-10-15 12:59:00"],
      );
    },
  },
  {
    rows: [40],
    says: "VISL on demand is of v1 only",
    check: () => {
      const form: FormEntries = [
        ["global_device_id", "m1"],
        ["type", "VISL"],
        ["start_datetime", ""],
        ["end_datetime", ""],
      ];
      assert.deepEqual(parsed("on_demand_request", { form }).command, {
        name: "on_demand_read",
        parameters: { type: "VISL" },
      });
      assert.match(problemOf("on_demand_data_read", { form, version: "v3.3" }), /^type is "VISL"; it must be INST/);
      const visuals: UdilCommand = { name: "on_demand_read", parameters: { type: "VISL" } };
      assert.equal(requestOf(visuals, "v1").form.type, "VISL");
      assert.throws(() => requestOf(visuals, "v3.3"), { code: "command_not_expressible" });
    },
  },
  {
    rows: [41],
    says: "v1's time of use is taken where it can mean one thing only",
    check: () => {
      assert.equal("name" in parsed("time_of_use_change", { form: slabs }).command!, true);
      for (const [name, value, problem] of [
        ["season", "4-9", /season "4-9" can be read in several ways/],
        ["days", "5", /days "5" can be read in several ways/],
        ["tariff_identification", "3", /must be 1 or 2/],
        ["time_slab", '["08:00"]', /two different times/],
        ["time_slab", '["08:00","08:00"]', /two different times/],
      ] as const) {
        assert.match(problemOf("time_of_use_change", { form: withFields(slabs, { [name]: value }) }), problem);
      }
      assert.throws(() => requestOf(calendar, "v1"), { code: "command_not_expressible" });
    },
  },
  {
    rows: [42],
    says: "transactions are those of the header and of the form together",
    check: () => {
      const ids = (header: string | undefined, form: FormEntries) =>
        parsed("transaction_status", {
          form,
          headers: { privatekey: "k", ...(header === undefined ? {} : { transactionid: header }) },
        }).transactionIds;
      assert.deepEqual(ids("a", []), ["a"]);
      assert.deepEqual(ids("a", [["transactionid", "b"]]), ["a", "b"]);
      assert.deepEqual(ids(undefined, [["transactionid", '["b","c","b"]']]), ["b", "c"]);
      assert.deepEqual(ids("a", [["transactionid", "b, c"]]), ["a", "b", "c"]);
      assert.deepEqual(ids("a,b", []), ["a", "b"]);
      const { headers, body } = buildRequest({
        version: "v1",
        zone,
        service: "transaction_status",
        transactionIds: ["a", "b"],
      });
      assert.deepEqual([headers.transactionid, textOf(body)], ["a", "transactionid=%5B%22a%22%2C%22b%22%5D"]);
      const single = buildRequest({ version: "v1", zone, service: "transaction_status", transactionIds: ["a"] });
      assert.deepEqual([single.headers.transactionid, textOf(single.body)], ["a", ""]);
    },
  },
  {
    rows: [43],
    says: "serial numbers are text of digits, however long, quoted or not",
    check: () => {
      for (const msn of ["9007199254740993", "99999999999999999999", "0040", "4098562412"]) {
        const [quoted] = read(
          "events",
          answerOf(`[{"global_device_id":"m","event_datetime":"2018-10-15 13:00:00","event_code":1,"msn":"${msn}"}]`),
        ).rows!;
        assert.equal(quoted?.msn, msn);
      }
      for (const msn of ["9007199254740993", "99999999999999999999", "4098562412"]) {
        const [bare] = read(
          "events",
          answerOf(`[{"global_device_id":"m","event_datetime":"2018-10-15 13:00:00","event_code":1,"msn":${msn}}]`),
        ).rows!;
        assert.equal(bare?.msn, msn);
      }
      assert.equal(
        written("INST", { global_device_id: "m", meter_datetime: 0, msn: "99999999999999999999" }).msn,
        "99999999999999999999",
      );
    },
  },
  {
    rows: [45],
    says: "services are found behind any address, and peers may have their own for what is not printed",
    check: () => {
      for (const address of [
        "load_profile_data",
        "/load_profile_data",
        "/udil/v1/LOAD_PROFILE_DATA/",
        "/load_profile_data?x=1",
      ]) {
        assert.equal(serviceOfPath(address), "load_profile_data", address);
      }
      assert.equal(serviceOfPath("/nothing"), undefined);
      const switches = { basePath: "/UIP/", paths: { transaction_cancel: "cancel" } } as const;
      const built = (service: ServiceName) => buildRequest({ version: "v1", zone, service, ids: ["m"], switches }).path;
      assert.deepEqual([built("transaction_cancel"), built("events")], ["/UIP/cancel", "/UIP/events"]);
    },
  },
  {
    rows: [46],
    says: "data are pulled: every table has a service to read it by",
    check: () => {
      for (const id of ["INST", "BILL", "MBIL", "LPRO", "EVNT", "VISL"] as const) {
        assert.equal(serviceOfPath(udilTables.v1[id].name), udilTables.v1[id].name.toLowerCase());
      }
    },
  },
  {
    rows: [48],
    says: "an MDM renews its key before an MDC lets it die",
    check: () => assert.ok(keyMinutes.used < keyMinutes.honored && keyMinutes.honored === 30),
  },
  {
    rows: [49],
    says: "the same request in other clothes has the same meaning, so that a repetition is known as one",
    check: () => {
      const body =
        '--x\r\nContent-Disposition: form-data; name="global_device_id"\r\n\r\n["m1","m2"]\r\n--x\r\nContent-Disposition: form-data; name="relay_operate"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name="request_datetime"\r\n\r\n2018-10-15 13:00:00\r\n--x--\r\n';
      const same: readonly TestRequest[] = [
        { body, contentType: "multipart/form-data; boundary=x" },
        {
          body: '{"global_device_id":["m1","m2"],"relay_operate":1,"request_datetime":"2018-10-15 13:00:00"}',
          contentType: "application/json",
        },
        {
          body: "<root><global_device_id><element>m1</element><element>m2</element></global_device_id><relay_operate>1</relay_operate><request_datetime>2018-10-15 13:00:00</request_datetime></root>",
          contentType: "text/xml",
        },
        { body: "global_device_id[]=m1&global_device_id[]=m2&relay_operate=1&request_datetime=2018-10-15+13:00:00" },
        { body: "global_device_id[0]=m1&global_device_id[1]=m2&relay_operate=1&request_datetime=2018-10-15T13:00:00" },
        { body: "global_device_id=m1&global_device_id=m2&relay_operate=1&request_datetime=2018-10-15 13:00:00" },
        { body: "gd_id=m1,m2&relay_operate=connect&request_datetime=2018-10-15 13:00:00" },
        {
          body: `gdid=${encodeURIComponent('[{"global_device_id":"m1"},{"global_device_id":"m2"}]')}&relay_operate=1&request_datetime=2018-10-15 13:00:00`,
        },
        {
          body: `GLOBAL_DEVICE_ID=${encodeURIComponent('{"0":"m1","1":"m2"}')}&relay_operate=1&request_datetime=2018-10-15 13:00:00`,
        },
        { form: relay, headers: { "Transaction-ID": "t1", PRIVATEKEY: "k1" } },
        { form: [...relay, ["transactionid", "t1"], ["privatekey", "k1"]], headers: {} },
      ];
      for (const request of same) {
        assert.deepEqual(
          meaning("aux_relay_operations", request),
          meaning("aux_relay_operations", { form: relay }),
          JSON.stringify(request),
        );
      }
    },
  },
  {
    rows: [50],
    says: "a transaction that nobody knows is an answer without rows",
    check: () => {
      for (const body of [
        '{"status":"0","data":[],"message":"unknown"}',
        '{"status":"1","data":""}',
        "<root><status>0</status><data/></root>",
      ]) {
        const { transactions, setAside } = read("transaction_status", body);
        assert.deepEqual([transactions, setAside], [[], []], body);
      }
    },
  },
];

for (const { rows, says, check } of register) test(`register ${rows.join(", ")}: ${says}`, check);

test("the register has no row that is not tried", () => {
  const tried = register.flatMap(({ rows }) => rows).sort((one, other) => one - other);
  assert.deepEqual(
    tried,
    Array.from({ length: 50 }, (_, index) => index + 1),
  );
});
