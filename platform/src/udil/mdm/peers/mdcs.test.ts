import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { before, describe, test } from "node:test";
import { generate } from "selfsigned";
import { type MdmScene, openMdmScene } from "../testing/mdm-scene.ts";
import { certificatePin } from "./certificate-pin.ts";
import { loadMdcs } from "./mdc.ts";

let scene: MdmScene;
let organization: string;
before(async () => {
  scene = await openMdmScene();
  organization = await scene.organization("Utility");
});

const password = "a-very-secret-password";
const body = () => ({
  ...{ organization, name: "Acme", base_url: "https://127.0.0.1:9", username: "mdm", password, code: "36" },
});
const wrong = async (values: object, field: string, message: RegExp) => {
  const answer = await scene.send("POST", "/v1/udil/mdcs", { ...body(), name: "Wrong", ...values });
  assert.equal(answer.status, 400, JSON.stringify(answer.body));
  assert.match(answer.body[field]?.[0] ?? "", message, JSON.stringify(answer.body));
};

test("an MDC is kept with its secrets sealed, and told without them", async () => {
  const dsn = "postgresql://reader:another-secret@db.example/udil";
  const mdc = await scene.create("/v1/udil/mdcs", { ...body(), dsn });
  assert.deepEqual(
    [mdc.version, mdc.format, mdc.transport, mdc.timezone, mdc.poll_interval_seconds, mdc.has_password, mdc.has_dsn],
    ["v1", "json", "api", "Asia/Karachi", 60, true, true],
  );
  assert.ok(Number.isInteger(mdc.number) && mdc.number > 0);
  const row = await scene.store.db
    .selectFrom("udil_mdcs")
    .selectAll()
    .where("id", "=", mdc.id)
    .executeTakeFirstOrThrow();
  for (const secret of [password, "another-secret"]) {
    assert.ok(!JSON.stringify(mdc).includes(secret));
    for (const column of [row.password, row.dsn]) assert.ok(!Buffer.from(column!).toString("latin1").includes(secret));
    for (const answer of scene.answers) assert.ok(!answer.includes(secret));
  }
  const patched = await scene.send("PATCH", `/v1/udil/mdcs/${mdc.id}`, {
    password: "a new one",
    poll_interval_seconds: 5,
  });
  assert.equal(patched.body.poll_interval_seconds, 5);
  const { service, pollMilliseconds, dsn: opened } = (await scene.connection(mdc.id)).mdc;
  assert.deepEqual([service?.credentials.password, pollMilliseconds, opened], ["a new one", 5_000, dsn]);
  await scene.send("PATCH", `/v1/udil/mdcs/${mdc.id}`, { is_active: false });
  assert.deepEqual(await loadMdcs(scene.store.db, scene.registry.sealer, [mdc.id]), []);
  assert.equal((await scene.send("DELETE", `/v1/udil/mdcs/${mdc.id}`)).status, 204);
});

describe("what a transport needs is asked for", () => {
  test("of the services", async () => {
    await wrong({ base_url: null }, "base_url", /Transport api needs it/);
    await wrong({ base_url: "http://mdc.example" }, "base_url", /./);
    await wrong({ username: null }, "username", /The service needs it/);
    await wrong({ password: null }, "password", /The service needs it/);
    await wrong({ code: null }, "code", /The service needs it/);
  });
  test("of a database, and of a folder", async () => {
    await wrong({ transport: "database" }, "dsn", /Transport database needs it/);
    await wrong({ transport: "database", dsn: "mysql://a/b" }, "dsn", /./);
    await wrong({ transport: "file" }, "folder", /Transport file needs it/);
    const none = { base_url: null, username: null, password: null, code: null };
    const folder = await scene.create("/v1/udil/mdcs", {
      ...body(),
      ...none,
      name: "Files",
      transport: "file",
      folder: "drop",
    });
    assert.equal((await scene.connection(folder.id)).mdc.service, undefined);
    const later = await scene.send("PATCH", `/v1/udil/mdcs/${folder.id}`, { transport: "database" });
    assert.deepEqual(Object.keys(later.body), ["dsn"]);
  });
});

test("addresses that are none, or hold secrets, are refused", async () => {
  await wrong({ base_url: "https://user:secret@mdc.example" }, "base_url", /Credentials have fields of their own/);
  await wrong({ base_url: "https://mdc.example:0" }, "base_url", /A URL is required/);
  for (const host of ["169.254.169.254", "0xA9FEA9FE", "0.0.0.0", "[fe80::1]", "[::ffff:169.254.169.254]", "[::]"]) {
    await wrong({ base_url: `https://${host}` }, "base_url", /no MDC's/);
  }
  for (const dsn of ["postgresql:///x", "postgresql://host", "postgresql://a:b@host:99999/x"])
    await wrong({ transport: "database", dsn }, "dsn", /postgresql:\/\/user:password@host:port\/database is required/);
  const inside = await scene.create("/v1/udil/mdcs", {
    ...body(),
    name: "Inside",
    base_url: "https://10.1.2.3:8443/udil",
  });
  assert.equal(inside.base_url, "https://10.1.2.3:8443/udil");
});

describe("settings that move what is read", () => {
  const cursor = async (id: string) => {
    const { read_until, last_id } = await scene.store.db
      .selectFrom("udil_mdc_cursors")
      .select(["read_until", "last_id"])
      .where("mdc", "=", id)
      .executeTakeFirstOrThrow();
    return [read_until?.toISOString(), last_id];
  };
  const dsn = (database: string, password = "p") => `postgresql://reader:${password}@db.example/${database}`;

  test("begin where another database, schema or zone cannot have been read", async () => {
    const mdc = await scene.create("/v1/udil/mdcs", {
      ...body(),
      name: "Moving",
      transport: "database",
      dsn: dsn("a"),
    });
    const read_until = new Date("2026-11-21T06:00:00Z");
    const set = () =>
      scene.store.db
        .insertInto("udil_mdc_cursors")
        .values({ mdc: mdc.id, table_code: "LPRO", read_until, last_id: 7 })
        .onConflict((conflict) => conflict.columns(["mdc", "table_code"]).doUpdateSet({ read_until, last_id: 7 }))
        .execute();
    const at = read_until.toISOString();
    const cases: [object, unknown[]][] = [
      [{ poll_interval_seconds: 9 }, [at, 7]],
      [{ dsn: dsn("a", "another") }, [at, 7]],
      [{ dsn: dsn("b") }, [at, null]],
      [{ switches: { schema: "other" } }, [at, null]],
      [{ timezone: "UTC" }, ["2026-11-20T02:00:00.000Z", 7]],
    ];
    for (const [settings, expected] of cases) {
      await set();
      assert.equal((await scene.send("PATCH", `/v1/udil/mdcs/${mdc.id}`, settings)).status, 200);
      assert.deepEqual(await cursor(mdc.id), expected, JSON.stringify(settings));
    }
  });
});

test("a certificate is pinned by its SHA-256 or in PEM", async () => {
  const { cert } = await generate([{ name: "commonName", value: "x" }], { keyType: "ec", curve: "P-256" });
  const { fingerprint256 } = new X509Certificate(cert);
  const digits = fingerprint256.replaceAll(":", "").toLowerCase();
  for (const text of [cert, fingerprint256, digits.toUpperCase(), `sha256:${digits}`])
    assert.equal(certificatePin(text), digits);
  for (const text of ["", "12", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----", digits.slice(1)]) {
    assert.equal(certificatePin(text), undefined, text);
  }
  const mdc = await scene.create("/v1/udil/mdcs", { ...body(), name: "Pinned", pinned_certificate: cert });
  assert.equal(mdc.pinned_certificate, digits);
  await wrong({ pinned_certificate: "abc" }, "pinned_certificate", /SHA-256/);
});

test("switches are checked, and used", async () => {
  await wrong({ switches: { unknown: true } }, "switches", /./);
  await wrong({ switches: { devices_per_request: 501 } }, "switches", /./);
  const switches = {
    quoted_scalars: true,
    load_profile_energy: "pos",
    tables: ["EVNT", "LPRO"],
    devices_per_request: 50,
  };
  const mdc = await scene.create("/v1/udil/mdcs", {
    ...body(),
    name: "Odd",
    base_url: "https://a.example/udil/",
    switches,
  });
  const { peerSwitches, tables, devicesPerRequest } = (await scene.connection(mdc.id)).mdc;
  assert.deepEqual(peerSwitches, { basePath: "/udil", quoted: true, loadProfileEnergy: "pos" });
  assert.deepEqual([tables, devicesPerRequest], [["LPRO", "EVNT"], 50]);
});

describe("tenancy", () => {
  test("another organization's MDC is not there, for a type, a device or a reader", async () => {
    const other = await scene.organization("Other utility");
    const mdc = await scene.create("/v1/udil/mdcs", { ...body(), name: "Theirs" });
    const device = await scene.send("POST", "/v1/metering/meter-devices", {
      ...{ organization: other, name: "m1", protocol: "udil", udil_mdc: mdc.id },
    });
    assert.equal(device.status, 400);
    assert.deepEqual(Object.keys(device.body), ["udil_mdc"]);
    const stranger = await scene.signInAs("stranger", other);
    const owner = await scene.signInAs("owner", organization);
    for (const path of ["state", "set-aside"]) {
      assert.equal((await scene.send("GET", `/v1/udil/mdcs/${mdc.id}/${path}`, undefined, stranger)).status, 404);
      assert.equal((await scene.send("GET", `/v1/udil/mdcs/${mdc.id}/${path}`, undefined, owner)).status, 200);
    }
    assert.equal((await scene.send("GET", "/v1/udil/mdcs", undefined, owner)).status, 403);
    for (const action of ["poll", "set-aside/replay", "set-aside/discard", "meters"]) {
      assert.equal((await scene.send("POST", `/v1/udil/mdcs/${mdc.id}/${action}`, {}, owner)).status, 403);
    }
  });

  test("an MDC that has meters is not deleted, and its meters take no runs", async () => {
    const mdc = await scene.create("/v1/udil/mdcs", { ...body(), name: "Used" });
    const { body: answer } = await scene.send("POST", `/v1/udil/mdcs/${mdc.id}/meters`, {
      meters: [{ global_device_id: "m77", msn: "77" }],
    });
    const [{ meter_device }] = answer.meters;
    const device = await scene.send("GET", `/v1/metering/meter-devices/${meter_device}`);
    assert.deepEqual([device.body.protocol, device.body.udil_mdc, device.body.msn], ["udil", mdc.id, "77"]);
    assert.equal((await scene.send("DELETE", `/v1/udil/mdcs/${mdc.id}`)).status, 409);
    const list = await scene.send("GET", `/v1/metering/meter-devices?udil_mdc=${mdc.id}`);
    assert.equal(list.body.count, 1);
    const state = await scene.send("GET", `/v1/udil/mdcs/${mdc.id}/state`);
    assert.deepEqual([state.body.meters, state.body.failures, state.body.tables], [1, 0, []]);
  });

  test("meters of other MDCs, serial numbers that are taken and own meters are told, not taken", async () => {
    const [first, second] = [
      await scene.create("/v1/udil/mdcs", { ...body(), name: "First" }),
      await scene.create("/v1/udil/mdcs", { ...body(), name: "Second" }),
    ];
    await scene.send("POST", `/v1/udil/mdcs/${first.id}/meters`, { meters: [{ global_device_id: "a1", msn: "501" }] });
    await scene.create("/v1/metering/meter-devices", {
      organization,
      name: "own",
      protocol: "dlms-cosem",
      global_device_id: "own1",
    });
    const free = await scene.create("/v1/metering/meter-devices", {
      organization,
      name: "free",
      protocol: "udil",
      global_device_id: "free1",
    });
    const { body: answer } = await scene.send("POST", `/v1/udil/mdcs/${second.id}/meters`, {
      meters: [
        { global_device_id: "a1" },
        { global_device_id: "b1", msn: "501" },
        { global_device_id: "own1" },
        { global_device_id: "free1" },
      ],
    });
    const found = Object.fromEntries(
      answer.meters.map((one: { global_device_id: string }) => [one.global_device_id, one]),
    );
    assert.match(found.a1.reason, /is a meter of First/);
    assert.match(found.b1.reason, /serial number 501, which is a1's/);
    assert.match(found.own1.reason, /read by the platform itself/);
    assert.equal(found.free1.meter_device, free.id);
  });
});

test("what does not exist is answered with 404, and a choice that is none with 400", async () => {
  const id = "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d99";
  assert.equal((await scene.send("POST", `/v1/udil/mdcs/${id}/poll`)).status, 404);
  assert.equal((await scene.send("GET", `/v1/udil/mdcs/${id}/state`)).status, 404);
  assert.equal((await scene.send("POST", `/v1/udil/mdcs/${id}/set-aside/replay`, { all: true })).status, 404);
  const mdc = await scene.create("/v1/udil/mdcs", { ...body(), name: "Choice" });
  for (const choice of [{}, { ids: [1], all: true }]) {
    assert.equal((await scene.send("POST", `/v1/udil/mdcs/${mdc.id}/set-aside/discard`, choice)).status, 400);
  }
  assert.equal((await scene.send("POST", `/v1/udil/mdcs/${mdc.id}/poll`)).status, 202);
});
