import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { openRegistryFixture, type RegistryFixture } from "../../../registry/testing/registry-fixture.ts";
import { mdmClients } from "./mdm-clients.ts";

const path = "/v1/udil/mdm-clients";
const body = { name: "National MDM", username: "mdm_user", password: "WSnt!@SS^I2*", code: "223" };

describe("MDM clients", () => {
  let fixture: RegistryFixture;
  let organization: string;
  before(async () => {
    fixture = await openRegistryFixture({ plugins: (registry) => [registry.routesOf(mdmClients)] });
    organization = (await fixture.create("/v1/organizations/", { name: "Grid" })).id;
  });

  it("are made with a password that is kept as an argon2id hash and never shown", async () => {
    const made = await fixture.create(path, { organization, ...body });
    const { version, format, timezone, is_active, transport, switches } = made;
    assert.deepEqual(
      { version, format, timezone, is_active, transport, switches },
      {
        ...{ version: "v1", format: "json", timezone: "Asia/Karachi", is_active: true },
        transport: "api",
        switches: {},
      },
    );
    const { results } = (await fixture.send("GET", path)).body;
    for (const shown of [made, ...results]) assert.ok(!Object.keys(shown).some((name) => name.startsWith("password")));
    const kept = await fixture.store.db.selectFrom("udil_mdm_clients").select("password_hash").execute();
    assert.match(kept[0]!.password_hash, /^\$argon2id\$/);
    assert.ok(!fixture.answers.some((answer) => answer.includes(body.password)));
  });

  it("are staff's to see and to change", async () => {
    const reader = await fixture.signInAs("alice", organization);
    assert.equal((await fixture.send("GET", path, undefined, reader)).status, 403);
    assert.equal((await fixture.send("POST", path, { organization, ...body }, reader)).status, 403);
    assert.equal((await fixture.send("GET", path, undefined, null)).status, 401);
  });

  it("have a name of their own in the organization, and credentials of their own in the platform", async () => {
    const other = (await fixture.create("/v1/organizations/", { name: "Other" })).id;
    const named = await fixture.send("POST", path, { organization, ...body, code: "224" });
    assert.deepEqual([named.status, Object.keys(named.body)], [400, ["name"]]);
    const same = await fixture.send("POST", path, { organization: other, ...body });
    assert.deepEqual([same.status, Object.keys(same.body)], [400, ["username"]]);
    await fixture.create(path, { organization: other, ...body, code: "224" });
  });

  const refused: Readonly<Record<string, Record<string, unknown>>> = {
    username: { username: "Jürgen" },
    password: { password: "päßword-päßword" },
    code: { code: '"223"' },
    version: { version: "v2" },
    format: { format: "csv" },
    timezone: { timezone: "Mars/Olympus" },
    switches: { switches: { quoted: 1 } },
  };
  for (const [field, wrong] of Object.entries(refused)) {
    it(`are refused for a ${field} that cannot be`, async () => {
      const answer = await fixture.send("POST", path, { organization, ...body, name: "N", username: "u", ...wrong });
      assert.equal(answer.status, 400, JSON.stringify(answer.body));
      assert.ok(Object.keys(answer.body).every((name) => name.startsWith(field)));
    });
  }

  it("keep their organization from being deleted", async () => {
    const answer = await fixture.send("DELETE", `/v1/organizations/${organization}`);
    assert.equal(answer.status, 409);
    assert.match(answer.body.detail, /MDM client \(National MDM\)/);
  });
});
