/** Rows of the store as services of UDIL answer with them. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { udilTables } from "@anymeter/udil";
import type { ProfileRow, RowTable } from "../../readings/profile-rows/profile-row.ts";
import { mdcLimits } from "./limits.ts";
import { type MdcScene, openMdcScene } from "./testing/mdc-scene.ts";
import type { UdilClient } from "./testing/udil-client.ts";

const midnight = Date.parse("2026-02-28T19:00:00Z");
const quarter = 900_000;

describe("reads", () => {
  let scene: MdcScene;
  let client: UdilClient;
  let places: Record<string, { organizationNumber: number; deviceNumber: number }>;

  /** Milliseconds the platform's clock is ahead. */
  let ahead = 0;

  before(async () => {
    scene = await openMdcScene({ clock: () => Date.now() + ahead });
    client = await newClient();
    const foreign = (await scene.fixture.create("/v1/organizations/", { name: "Another" })).id;
    await scene.meter({ globalDeviceId: "m1", msn: "4001" });
    await scene.meter({ globalDeviceId: "m2", msn: "4002" });
    await scene.meter({ globalDeviceId: "off", msn: "4003", meter_activation_status: 0 });
    const owned = { name: "foreign", protocol: "dlms-cosem", global_device_id: "foreign", msn: "4009" };
    await scene.fixture.create("/v1/metering/meter-devices", { organization: foreign, ...owned });
    places = {};
    for (const id of ["m1", "m2", "off", "foreign"]) places[id] = await scene.numbersOf(id);
    const row = (id: string, table: RowTable, at: number, fields: ProfileRow["fields"]): ProfileRow => ({
      ...places[id]!,
      ...{ table, at, readAt: at + 60_000, source: 0, fields },
      ...(table === "LPRO" && { channel: 0, interval: 15 }),
    });
    await scene.rows.store.write([
      ...["m1", "m2", "off", "foreign"].flatMap((id) => [
        ...[0, 1, 2, 3].map((step) =>
          row(id, "LPRO", midnight + step * quarter, {
            active_energy_abs_tl: `${100 + step}.1239`,
            active_energy_pos_tl: `${50 + step}.5`,
            voltage_phase_a: "230.0005",
            average_pf: "0.98",
            aggregate_active_pwr_pos: "0",
          }),
        ),
        row(id, "INST", midnight, { signal_strength: "-89", current_tariff_register: 2 }),
        row(id, "BILL", midnight, { active_energy_pos_t1: "1.5", active_energy_pos_tl: "4.25" }),
        row(id, "MBIL", midnight, { reset_count: 7, mdi_reset_datetime: midnight }),
        row(id, "EVNT", midnight, { event_code: 203, event_description: "Contactor <off>", event_counter: "5" }),
      ]),
    ]);
  });

  /** A client that reads by the meters' times, so that rows are there as soon as they are stored. */
  const newClient = ({ switches = {}, ...settings }: { switches?: object; [field: string]: unknown } = {}) =>
    scene.client({ ...settings, switches: { reads_by: "meter_datetime", ...switches } });

  const read = async (path: string, form: Record<string, unknown>, asker = client, headers = {}) => {
    const answer = await asker.post(path, { form, headers });
    assert.equal(answer.status, 200, answer.text);
    return answer;
  };

  const services: readonly [string, RowTable][] = [
    ["instantaneous_data", "INST"],
    ["billing_data", "BILL"],
    ["monthly_billing_data", "MBIL"],
    ["load_profile_data", "LPRO"],
    ["events", "EVNT"],
  ];
  for (const [path, table] of services) {
    it(`${path}: has every column of the table in printed order, all of them strings`, async () => {
      const { json } = await read(path, { global_device_id: ["m1"] });
      assert.equal(json.status, "1");
      assert.deepEqual(
        Object.keys(json.data[0]),
        udilTables.v1[table].fields.map(({ name }) => name),
      );
      for (const value of Object.values(json.data[0])) assert.equal(typeof value, "string");
      assert.deepEqual([json.data[0].global_device_id, json.data[0].msn], ["m1", "4001"]);
    });

    it(`${path}: has those of v3.3 for a client of that version`, async () => {
      const later = await newClient({ version: "v3.3" });
      const { json } = await read(path, { global_device_id: ["m1"] }, later);
      assert.deepEqual(
        Object.keys(json.data[0]),
        udilTables["v3.3"][table].fields.map(({ name }) => name),
      );
      assert.equal(json.data[0].is_synced, "0");
      assert.match(json.data[0].id, /^\d{16}$/);
    });
  }

  it("writes values as UDIL has them: the client's zone, energies cut and others rounded, nothing for what is not known", async () => {
    const { json } = await read("load_profile_data", { global_device_id: ["m1"] });
    const [row] = json.data;
    assert.equal(row.meter_datetime, "2026-03-01 00:00:00");
    assert.equal(row.mdc_read_datetime, "2026-03-01 00:01:00");
    assert.equal(row.active_energy_tl, "100.123");
    assert.equal(row.voltage_phase_a, "230.001");
    assert.deepEqual([row.channel_id, row.interval, row.active_energy_t1], ["0", "15", ""]);
    assert.match(row.aggregate_active_pwr_pos, /^0(\.0+)?$/);
    const elsewhere = await newClient({ timezone: "Europe/Stockholm" });
    const { json: theirs } = await read("load_profile_data", { global_device_id: ["m1"] }, elsewhere);
    assert.equal(theirs.data[0].meter_datetime, "2026-02-28 20:00:00");
  });

  it("keeps to a client's switches", async () => {
    const switches = { zero_dates: true, event_counter: true, load_profile_energy: "pos" };
    const other = await newClient({ switches });
    const { json: events } = await read("events", { global_device_id: ["m1"] }, other);
    assert.equal(events.data[0].event_counter, "5");
    const { json: profile } = await read("load_profile_data", { global_device_id: ["m1"] }, other);
    assert.equal(profile.data[0].active_energy_tl, "50.5");
    await read("instantaneous_data", { global_device_id: ["m1"] }, other);
    const call = { headers: { transactionid: "zero" }, form: { global_device_id: ["m1"] } };
    await other.post("time_synchronization", call);
    const { json: status } = await other.post("transaction_status", { headers: { transactionid: "zero" } });
    assert.equal(status.data[0].request_cancel_datetime, "0000-00-00 00:00:00");
  });

  it("gives events of one second keys of their own, and codes of v1's list to who wants those", async () => {
    await scene.meter({ globalDeviceId: "phases", msn: "4012" });
    const place = await scene.numbersOf("phases");
    const codes = [131, 133, 145];
    await scene.rows.store.write(
      codes.map((code): ProfileRow => {
        const fields = { event_code: code, event_description: `event ${code}` };
        return { ...place, table: "EVNT", at: midnight, readAt: midnight, source: 0, fields };
      }),
    );
    const shown = async (asker: UdilClient) => {
      const { json } = await read("events", { global_device_id: ["phases"] }, asker);
      return json.data.map((row: Record<string, string>) => [row.event_code, row.event_description]);
    };
    const own = codes.map((code) => [String(code), `event ${code}`]);
    assert.deepEqual(await shown(client), own);
    const coarse = await newClient({ switches: { coarse_event_codes: true } });
    assert.deepEqual(await shown(coarse), [
      ["113", "event 131"],
      ["113", "event 133"],
      ["115", "event 145"],
    ]);
  });

  it("gives the rows of a time, both ends included, in the order of meters and times, to who reads by the meters' times", async () => {
    const form = {
      global_device_id: ["m2", "m1"],
      start_datetime: "2026-03-01 00:15:00",
      end_datetime: '"2026-03-01 00:30:00"',
    };
    const { json } = await read("load_profile_data", form);
    assert.deepEqual(
      json.data.map((row: Record<string, string>) => `${row.global_device_id} ${row.meter_datetime!.slice(11)}`),
      ["m1 00:15:00", "m1 00:30:00", "m2 00:15:00", "m2 00:30:00"],
    );
    assert.match(json.message, /^4 rows of 2 meters/);
    const blank = await read("load_profile_data", { ...form, start_datetime: "", end_datetime: "0000-00-00 00:00:00" });
    assert.equal(blank.json.data.length, 8);
  });

  it("goes by the time of storing, so that who keeps a place in db_datetime misses no row that came late", async () => {
    const keeper = await scene.client();
    const inPakistan = (at: number) => new Date(at + 5 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
    const shown = async (from: number, to?: number) => {
      const form = {
        ...{ global_device_id: ["late", "m1"], start_datetime: inPakistan(from) },
        ...(to !== undefined && { end_datetime: inPakistan(to) }),
      };
      const { data } = (await read("load_profile_data", form, keeper)).json;
      return data.map((row: Record<string, string>) => [row.global_device_id, row.meter_datetime, row.db_datetime]);
    };
    const now = Date.now();
    assert.deepEqual(await shown(midnight, midnight + 4 * quarter), [], "their own times are not asked for");
    // Nothing with an earlier time of storing can follow any more.
    ahead = 60_000;
    const first = await shown(now - 3_600_000, now + 3_600_000);
    assert.equal(first.length, 4);
    // A row older than all of them comes, and is behind the place all the same.
    const place = Date.parse(`${first.at(-1)![2].replace(" ", "T")}+05:00`) + 1_000;
    await scene.meter({ globalDeviceId: "late", msn: "4099" });
    const late = { ...(await scene.numbersOf("late")), at: midnight - quarter, readAt: now, source: 0 };
    await scene.rows.store.write([{ ...late, table: "LPRO", fields: { voltage_phase_a: "229" } }]);
    ahead = 120_000;
    assert.deepEqual(
      (await shown(place)).map(([id, at]: string[]) => [id, at]),
      [["late", "2026-02-28 23:45:00"]],
    );
    ahead = 0;
  });

  it("serves no meter that is unknown, another's or out of use, and says so", async () => {
    const ids = ["m1", "off", "foreign", "nobody"];
    const { json } = await read("load_profile_data", { global_device_id: ids });
    assert.deepEqual([...new Set(json.data.map((row: { global_device_id: string }) => row.global_device_id))], ["m1"]);
    assert.match(json.message, /foreign, nobody: No meter of this name is registered/);
    assert.match(json.message, /off: The meter is out of use/);
    const none = await read("events", { global_device_id: ["foreign"] });
    assert.deepEqual([none.json.status, none.json.data], ["1", []]);
    assert.ok(!none.text.includes("4009"));
  });

  it("answers in XML, with the same fields", async () => {
    const { text, headers } = await read("events", { global_device_id: ["m1", "m2"] }, client, { accept: "text/xml" });
    assert.match(String(headers["content-type"]), /^application\/xml/);
    assert.match(
      text,
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<root><status>1<\/status><data><element><msn>4001<\/msn><global_device_id>m1<\/global_device_id><event_datetime>2026-03-01 00:00:00<\/event_datetime><event_code>203<\/event_code><event_description>Contactor &lt;off&gt;<\/event_description>/,
    );
    assert.match(text, /<\/element><\/data><message>2 rows of 2 meters\.<\/message><\/root>\s*$/);
    assert.equal(text.match(/<element>/g)!.length, 2);
  });

  it("echoes a transaction id when there is one", async () => {
    const { json } = await read("events", { global_device_id: ["m1"] }, client, { transactionid: "r1" });
    assert.equal(json.transactionid, "r1");
    assert.ok(!("transactionid" in (await read("events", { global_device_id: ["m1"] })).json));
  });

  it("compresses for who takes it", async () => {
    const form = { global_device_id: ["m1"] };
    const plain = await read("load_profile_data", form, client, { "accept-encoding": "gzip;q=0" });
    const zipped = await read("load_profile_data", form, client, { "accept-encoding": "br, gzip" });
    assert.equal(plain.headers["content-encoding"], undefined);
    assert.equal(zipped.headers["content-encoding"], "gzip");
    assert.deepEqual(zipped.json, plain.json);
  });

  it("gives the newest of everything a meter told", async () => {
    const { json } = await read("meter_visuals", { global_device_id: ["m1", "m2", "off", "foreign"] });
    assert.deepEqual(
      json.data.map((row: { global_device_id: string }) => row.global_device_id),
      ["m1", "m2"],
    );
    const [row] = json.data;
    assert.deepEqual(
      Object.keys(row),
      udilTables.v1.VISL.fields.map(({ name }) => name),
    );
    assert.equal(row.last_active_energy_pos_tl, "53.5");
    assert.equal(row.last_active_energy_pos_tl_datetime, "2026-03-01 00:45:00");
    assert.equal(row.last_contactor_off_datetime, "2026-03-01 00:00:00");
    assert.equal(row.meter_activation_status, "1");
  });

  it("gives more rows than one page has, each once and in order", async () => {
    await scene.meter({ globalDeviceId: "long", msn: "4010" });
    const place = await scene.numbersOf("long");
    const count = 2 * mdcLimits.rowsPerPage + 17;
    const rows = Array.from({ length: count }, (_, index): ProfileRow => {
      const at = midnight - index * quarter;
      return {
        ...place,
        ...{ table: "LPRO", at, channel: index % 2, interval: 15, readAt: at, source: 0 },
        fields: { average_pf: "0.9" },
      };
    });
    await scene.rows.store.write(rows);
    for (const accept of ["application/json", "application/xml"]) {
      const { text, json } = await read("load_profile_data", { global_device_id: ["long"] }, client, { accept });
      const times = json
        ? json.data.map((row: { meter_datetime: string }) => row.meter_datetime)
        : [...text.matchAll(/<meter_datetime>(.+?)<\/meter_datetime>/g)].map(([, time]) => time);
      assert.equal(times.length, count);
      assert.deepEqual(times, times.toSorted());
      assert.equal(new Set(times).size, count);
      assert.match(text, new RegExp(`${count} rows of 1 meters`));
    }
  });

  it("holds no more texts at once than its limit, whatever meters keep in them, and gives every row", async () => {
    await scene.meter({ globalDeviceId: "pictures", msn: "4011" });
    const place = await scene.numbersOf("pictures");
    // Each a third of a page; the last one more than a page by itself.
    const lengths = [...Array<number>(7).fill(mdcLimits.textBytesPerPage / 3), mdcLimits.textBytesPerPage * 1.5];
    await scene.rows.store.write(
      lengths.map((length, index): ProfileRow => {
        const at = midnight - (lengths.length - index) * quarter;
        const fields = { reset_count: index, picture_1: String(index).repeat(length) };
        return { ...place, table: "MBIL", at, readAt: at, source: 0, fields };
      }),
    );
    const { page } = scene.rows.queries;
    const pages: number[] = [];
    scene.rows.queries.page = async (selection) => {
      const found = await page.call(scene.rows.queries, selection);
      pages.push(found.rows.length);
      return found;
    };
    try {
      const later = await newClient({ version: "v3.3" });
      const { json } = await read("monthly_billing_data", { global_device_id: ["pictures"] }, later);
      assert.deepEqual(
        json.data.map((row: Record<string, string>) => [row.reset_count, row.picture_1!.length]),
        lengths.map((length, index) => [String(index), Math.floor(length)]),
      );
    } finally {
      scene.rows.queries.page = page;
    }
    assert.deepEqual(
      pages.filter((rows) => rows > 0),
      [3, 3, 1, 1],
    );
  });

  it("breaks an answer off when the store fails in its midst, so that nobody takes it for whole", async () => {
    const { page } = scene.rows.queries;
    let pages = 0;
    scene.rows.queries.page = async (selection) => {
      if (++pages > 1) throw new Error("the store is gone");
      return page.call(scene.rows.queries, selection);
    };
    try {
      await assert.rejects(client.post("load_profile_data", { form: { global_device_id: ["long"] } }));
    } finally {
      scene.rows.queries.page = page;
    }
    assert.equal((await read("events", { global_device_id: ["m1"] })).json.data.length, 1);
  });

  it("bounds the reads of one client that are under way", async () => {
    const { page } = scene.rows.queries;
    const release = Promise.withResolvers<void>();
    scene.rows.queries.page = async (selection) => {
      await release.promise;
      return await page.call(scene.rows.queries, selection);
    };
    const ask = () => client.post("events", { form: { global_device_id: ["m1"] } });
    try {
      const asked = Array.from({ length: mdcLimits.readsUnderWay + 1 }, ask);
      const refused = await Promise.race(asked);
      assert.equal(refused.status, 503);
      assert.deepEqual([refused.json.status, Number(refused.headers["retry-after"]) > 0], ["0", true]);
      const other = await newClient();
      const allowed = other.post("events", { form: { global_device_id: ["m1"] } });
      release.resolve();
      const statuses = (await Promise.all([...asked, allowed])).map(({ status }) => status);
      assert.equal(statuses.filter((status) => status === 200).length, mdcLimits.readsUnderWay + 1);
    } finally {
      scene.rows.queries.page = page;
    }
    assert.equal((await ask()).status, 200);
  });
});
