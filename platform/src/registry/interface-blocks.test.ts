import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { acquireBlock, blockOf, releaseBlock } from "./interface-blocks.ts";
import { pathOf } from "./testing/examples.ts";
import { openRegistryFixture, type RegistryFixture } from "./testing/registry-fixture.ts";

const interfaces = pathOf("network-interfaces");

describe("blocks of network interfaces", () => {
  let fixture: RegistryFixture;
  let organization: string;
  let id: string;
  before(async () => {
    fixture = await openRegistryFixture();
    organization = (await fixture.create(pathOf("organizations"), { name: "Grid" })).id;
  });
  beforeEach(async () => {
    id = (await fixture.create(interfaces, { organization, fqdn: "m.example.com", port: 4059 })).id;
  });
  const post = (action: string, body?: object) => fixture.send("POST", `${interfaces}/${id}/${action}`, body);
  /** Lets the block of the interface run out now. */
  const expire = () =>
    fixture.store.db
      .updateTable("network_interfaces")
      .set({ block_expires_at: new Date(0) })
      .where("id", "=", id)
      .execute();

  it("are taken and given back through the API", async () => {
    const blocked = await post("block");
    assert.deepEqual([blocked.status, blocked.body.is_blocked, blocked.body.id], [200, true, id]);
    assert.ok(Math.abs(Date.parse(blocked.body.block_time) - Date.now()) < 60_000);
    assert.deepEqual((await fixture.send("GET", `${interfaces}/${id}`)).body, blocked.body);
    const again = await post("block", {});
    assert.equal(again.status, 409);
    assert.match(
      again.body.detail,
      /^The network interface is blocked by user:admin since .+, until it is unblocked\.$/,
    );
    const free = await post("unblock");
    assert.deepEqual([free.status, free.body.is_blocked, free.body.block_time], [200, false, null]);
    assert.equal((await post("unblock")).status, 200);
    assert.equal((await post("block/")).status, 200);
  });

  it("end by themselves when they expire", async () => {
    assert.equal((await post("block", { expires_in_seconds: 60 })).status, 200);
    assert.match((await post("block")).body.detail, /, until \d{4}-/);
    await expire();
    assert.equal((await fixture.send("GET", `${interfaces}/${id}`)).body.is_blocked, false);
    assert.equal((await post("block")).status, 200);
  });

  it("are the leases of the head-end, which the API cannot break", async () => {
    const { db } = fixture.store;
    assert.equal(await acquireBlock(db, id, "head-end:1", { seconds: 60 }), true);
    assert.equal((await fixture.send("GET", `${interfaces}/${id}`)).body.is_blocked, true);
    assert.equal((await post("block")).status, 409);
    assert.equal((await post("unblock")).status, 409);
    assert.equal(await acquireBlock(db, id, "head-end:2", { seconds: 60 }), false);
    assert.equal(await releaseBlock(db, id, "head-end:2"), false);
    assert.equal(await releaseBlock(db, id, "head-end:1"), true);
    assert.equal(await blockOf(db, id), undefined);
  });

  it("are prolonged by their holder and taken over when it is dead", async () => {
    const { db } = fixture.store;
    await acquireBlock(db, id, "head-end:1", { seconds: 60 });
    const first = await blockOf(db, id);
    assert.equal(await acquireBlock(db, id, "head-end:1", { seconds: 600 }), true);
    const prolonged = await blockOf(db, id);
    assert.deepEqual(prolonged?.since, first?.since);
    assert.ok(prolonged!.expiresAt! > first!.expiresAt!);
    await expire();
    assert.equal(await acquireBlock(db, id, "head-end:2", { seconds: 60 }), true);
    assert.equal((await blockOf(db, id))?.holder, "head-end:2");
    assert.equal(await releaseBlock(db, id, "head-end:1"), false, "who lost the lease gives nothing back");
  });

  it("go to exactly one of many who ask at once", async () => {
    const { db } = fixture.store;
    const asked = Array.from({ length: 10 }, (_, index) => acquireBlock(db, id, `head-end:${index}`, { seconds: 60 }));
    assert.equal((await Promise.all(asked)).filter(Boolean).length, 1);
    await fixture.store.db
      .updateTable("network_interfaces")
      .set({ blocked_by: null, block_time: null, block_expires_at: null })
      .where("id", "=", id)
      .execute();
    const answers = await Promise.all(Array.from({ length: 5 }, () => post("block")));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409, 409]);
  });

  it("need an interface that can block, and that is there", async () => {
    await fixture.send("PATCH", `${interfaces}/${id}`, { can_block: false });
    const refused = await post("block");
    assert.deepEqual([refused.status, refused.headers["x-error-code"]], [409, "not_blockable"]);
    const nowhere = `${interfaces}/00000000-0000-4000-8000-000000000000`;
    assert.equal((await fixture.send("POST", `${nowhere}/block`)).status, 404);
    assert.equal((await fixture.send("POST", `${nowhere}/unblock`)).status, 404);
    assert.equal(await acquireBlock(fixture.store.db, "00000000-0000-4000-8000-000000000000", "x"), false);
    assert.deepEqual((await post("block", { expires_in_seconds: 0 })).body, {
      expires_in_seconds: ["Ensure this value is greater than or equal to 1."],
    });
  });

  it("cannot be written as fields", async () => {
    const answer = await fixture.send("PATCH", `${interfaces}/${id}`, { is_blocked: true, block_time: "x", host: "y" });
    assert.deepEqual([answer.status, answer.body.is_blocked, answer.body.host], [200, false, "m.example.com"]);
  });

  it("host is the FQDN, then the static address, then that of the SIM card", async () => {
    const sim = (
      await fixture.create(pathOf("sim-cards"), { organization, iccid: "1", imsi: "2", ip_address: "10.0.0.9" })
    ).id;
    const hostWith = async (change: object) => (await fixture.send("PATCH", `${interfaces}/${id}`, change)).body.host;
    assert.equal(await hostWith({ sim, static_ip_address: "10.0.0.1" }), "m.example.com");
    assert.equal(await hostWith({ fqdn: "" }), "10.0.0.1");
    assert.equal(await hostWith({ static_ip_address: null }), "10.0.0.9");
    assert.equal(await hostWith({ sim: null, fqdn: null }), null);
  });
});
