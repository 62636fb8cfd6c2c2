/** Answers with what meters gave that are longer than what is held in memory. */
import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { before, describe, it } from "node:test";
import { sql } from "kysely";
import type { CommandPage } from "../../../commands/command-pages.ts";
import { mdcLimits } from "../limits.ts";
import type { MdcScene } from "./mdc-scene.ts";
import type { UdilClient } from "./udil-client.ts";

const meters = 16;
/** Of one meter: an event has 12 kB, so that a result is more than twice what is read at once. */
const events = 400;
const eventBytes = 12_000;
/** Meters of the shorter transaction. */
const short = 6;

/** @param opened gives the scene, which others use too */
export function longAnswerTests(opened: () => MdcScene): void {
  describe("long answers", () => {
    let scene: MdcScene;
    let client: UdilClient;
    let later: UdilClient;
    const ids = Array.from({ length: meters }, (_, index) => `m${index}`);

    before(async () => {
      scene = opened();
      ({ statusPages } = scene.commands.commands);
      client = await scene.client();
      later = await scene.client({ version: "v3.3", format: "xml" });
      for (const [index, id] of ids.entries()) await scene.meter({ globalDeviceId: id, msn: `${4000 + index}` });
      for (const [asker, transactionid] of [
        [client, "long"],
        [later, "later"],
      ] as const) {
        const headers = { transactionid, accept: "application/json" };
        const form = { global_device_id: asker === client ? ids : ids.slice(0, short), type: "EVNT" };
        assert.equal((await asker.post("on_demand_request", { headers, form })).json.status, "1");
      }
      const late = await later.post("on_demand_data_read", { ...readNow, headers: { transactionid: "now" } });
      assert.match(late.text, /<status>0<\/status>.*has not answered in time/s);
      // As meters would have left them: long results and short ones in turn, and one that failed.
      await sql`
      update command_devices set state = 'succeeded', status_level = 5, status_5_at = now(),
        result = (select jsonb_build_object('table', 'EVNT', 'rows', jsonb_agg(jsonb_build_object('event_datetime',
          1700000000000 + i * 1000, 'event_code', 203, 'event_description', 'Event ' || i || repeat(' & so on', ${eventBytes / 8}::integer))))
          from generate_series(1, case when position % 2 = 0 then ${events}::integer else 3 end) i)`.execute(scene.db);
      await sql`
      update command_devices set state = 'failed', status_level = 4, result = null, remark = 'The meter hung up.'
      where position = 5`.execute(scene.db);
    });

    const readNow = { form: { global_device_id: "m0", type: "EVNT" } };
    const eventsOf = (index: number) => (index === 5 ? undefined : index % 2 === 0 ? events : 3);
    const largest = 4 * mdcLimits.transactionBytes;

    let statusPages: MdcScene["commands"]["commands"]["statusPages"];

    /** Counts the pages the store is asked for from now on. */
    function watchPages(): { count: number } {
      const pages = { count: 0 };
      scene.commands.commands.statusPages = async function* (...asked): AsyncGenerator<CommandPage> {
        const counted = async function* <Page>(inner: AsyncGenerator<Page>) {
          for await (const page of inner) {
            pages.count++;
            yield page;
          }
        };
        for await (const page of counted(statusPages(...asked))) {
          yield "pages" in page ? { ...page, pages: counted(page.pages) } : page;
        }
      };
      return pages;
    }

    it("are whole in JSON: every device in its order, every row of each", async () => {
      const { json } = await client.post("transaction_status", { headers: { transactionid: "long" } });
      assert.deepEqual(
        json.data.map((row: { global_device_id: string; response_data?: unknown[] }) => [
          row.global_device_id,
          row.response_data?.length,
        ]),
        ids.map((id, index) => [id, eventsOf(index)]),
      );
      const [{ response_data }] = json.data;
      assert.deepEqual([response_data[0].global_device_id, response_data[0].msn], ["m0", "4000"]);
      const described = response_data.map((row: { event_description: string }) => row.event_description.split(" ")[1]);
      assert.deepEqual(
        described,
        Array.from({ length: events }, (_, index) => String(index + 1)),
      );
      assert.match(json.message, /^16 rows of 1 transactions\. m5: The meter hung up\.$/);
    });

    it("are whole in XML of a later version, in its repeated form", async () => {
      const { text } = await later.post("transaction_status", { headers: { transactionid: "later" } });
      const rows = text.match(/<data>.*?<\/data>/gs)!;
      assert.equal(rows.length, short);
      for (const [index, row] of rows.entries()) {
        assert.ok(row.includes(`<global_device_id>m${index}</global_device_id>`));
        const elements = row.match(/<response_data>.*<\/response_data>/s)![0].match(/<element>/g)?.length;
        assert.equal(elements, eventsOf(index));
      }
      assert.ok(text.endsWith("<message>6 rows of 1 transactions.</message></root>\n"), text.slice(-200));
    });

    it("are whole where a caller reads one meter, in pieces of bounded size", async () => {
      const pages = watchPages();
      const { text } = await later.post("on_demand_data_read", { ...readNow, headers: { transactionid: "now" } });
      const rows = text.match(/<data>.*?<\/data>/gs)!;
      assert.equal(rows.length, events);
      assert.match(rows.at(-1)!, /<global_device_id>m0<.*<event_description>Event 400 &amp; so on/s);
      assert.ok(text.endsWith("<message>400 rows were read.</message></root>\n"), text.slice(-200));
      assert.ok(pages.count >= (events * eventBytes) / mdcLimits.transactionBytes, `${pages.count} pages`);
    });

    it("are read from the store as their client takes them, in pieces of bounded size, and no further when it goes", async () => {
      const pages = watchPages();
      const answer: IncomingMessage = await client.open("transaction_status", { headers: { transactionid: "long" } });
      let [least, still] = [-1, 0];
      // Nobody reads: when the buffers on the way are full, nothing more is read from the store.
      while (still < 3) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        still = pages.count === least ? still + 1 : 0;
        least = pages.count;
      }
      const all = (meters / 2) * Math.ceil((events * eventBytes) / mdcLimits.transactionBytes);
      assert.ok(least > 0 && least < all / 2, `${least} of at least ${all} pages were read for nobody`);
      answer.destroy();
      const then = pages.count;
      await client.post("transaction_status", { headers: { transactionid: "none" } });
      assert.ok(pages.count <= then + 1, `${pages.count - then} more pages were read for who is gone`);
    });

    it("hold no page that is longer than a few times its limit", async () => {
      const seen: number[] = [];
      const { id } = await scene.db
        .selectFrom("udil_mdm_clients")
        .select("id")
        .orderBy("created_at")
        .executeTakeFirstOrThrow();
      const scope = { staff: false, organization: scene.organization } as const;
      const requester = { scope, origin: "udil", name: "any", client: id } as const;
      const limits = { rows: mdcLimits.transactionRows, bytes: mdcLimits.transactionBytes };
      for await (const page of statusPages({ idempotencyKeys: ["long"] }, requester, limits)) {
        seen.push(JSON.stringify("rows" in page ? page.rows : page.row).length);
        if ("pages" in page) for await (const part of page.pages) seen.push(JSON.stringify(part).length);
      }
      assert.ok(seen.length > meters, `${seen.length} pages`);
      assert.ok(Math.max(...seen) < largest, `${Math.max(...seen)} characters at once`);
    });
  });
}
