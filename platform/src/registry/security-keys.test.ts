import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { createLogger } from "../logging.ts";
import type { Row } from "./resource.ts";
import { SealError } from "./sealing.ts";
import { secretColumns } from "./secrets.ts";
import { exampleBodies, exampleObjects, pathOf } from "./testing/examples.ts";
import {
  administratorPassword,
  administratorToken,
  openRegistryFixture,
  type RegistryFixture,
} from "./testing/registry-fixture.ts";

const keys = pathOf("meter-security-keys");

describe("security keys", () => {
  let fixture: RegistryFixture;
  let made: Record<string, Row>;
  let sent: Row;
  const log: string[] = [];
  before(async () => {
    fixture = await openRegistryFixture({ logger: createLogger("trace", { write: (line) => log.push(line) }) });
    made = await exampleObjects(fixture);
    sent = exampleBodies()["meter-security-keys"]!(made);
  });

  it("come back from their creation without the master key and the secret", () => {
    const { dlms_master_key, dlms_secret, ...expected } = sent;
    const { id, created_at, updated_at, dlms_global_broadcast_encryption_key, ...created } =
      made["meter-security-keys"]!;
    assert.deepEqual(created, expected);
    assert.equal(dlms_global_broadcast_encryption_key, null);
  });

  it("are read with the whole meter", async () => {
    const { body } = await fixture.send("GET", `${keys}/${made["meter-security-keys"]!.id}`);
    const meter = await fixture.send("GET", `${pathOf("meter-devices")}/${sent.meter}`);
    assert.deepEqual(body.meter, meter.body);
    assert.equal(body.dlms_global_unicast_encryption_key, sent.dlms_global_unicast_encryption_key);
    assert.ok(!("dlms_master_key" in body) && !("dlms_secret" in body));
  });

  it("cannot be changed, only replaced", async () => {
    const item = `${keys}/${made["meter-security-keys"]!.id}`;
    for (const method of ["PUT", "PATCH"]) {
      const answer = await fixture.send(method, item, sent);
      assert.deepEqual([answer.status, answer.headers.allow], [405, "DELETE, GET, HEAD, OPTIONS"]);
    }
  });

  it("are opened for a session, byte by byte", async () => {
    const opened = await fixture.registry.openKeys(String(sent.meter));
    const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString("hex").toUpperCase();
    assert.equal(hex(opened?.guek), sent.dlms_global_unicast_encryption_key);
    assert.equal(hex(opened?.gak), sent.dlms_global_authentication_key);
    assert.equal(hex(opened?.kek), sent.dlms_master_key);
    assert.equal(opened?.gbek, undefined);
    assert.deepEqual(Buffer.from(opened!.iec62056Password!).toString(), sent.iec62056_21_password);
    assert.deepEqual(Buffer.from(opened!.secret!).toString(), sent.dlms_secret);
    assert.equal(await fixture.registry.openKeys("00000000-0000-4000-8000-000000000000"), undefined);
  });

  it("are kept sealed, each for its device and its column", async () => {
    const { db } = fixture.store;
    const row = await db.selectFrom("meter_security_keys").selectAll().executeTakeFirstOrThrow();
    for (const column of secretColumns) {
      if (typeof sent[column] !== "string") continue;
      assert.ok(!Buffer.from(row[column]!).includes(sent[column]), column);
    }
    const swapped = { dlms_global_authentication_key: row.dlms_global_unicast_encryption_key };
    await db.updateTable("meter_security_keys").set(swapped).execute();
    await assert.rejects(fixture.registry.openKeys(String(sent.meter)), SealError);
    await db.updateTable("meter_security_keys").set(row).execute();
    const other = await fixture.create(pathOf("meter-devices"), { name: "other", protocol: "mbus" });
    await db.updateTable("meter_security_keys").set({ meter: other.id }).execute();
    await assert.rejects(fixture.registry.openKeys(other.id), SealError);
    await db.updateTable("meter_security_keys").set({ meter: row.meter }).execute();
  });

  it("take an empty key for none, and keys of 256 bits", async () => {
    const meter = (await fixture.create(pathOf("meter-devices"), { name: "M9", protocol: "dlms-cosem" })).id;
    const body = { meter, dlms_global_unicast_encryption_key: "", dlms_global_authentication_key: "ab".repeat(32) };
    const created = await fixture.create(keys, body);
    assert.equal(created.dlms_global_unicast_encryption_key, null);
    assert.equal((await fixture.registry.openKeys(meter))?.gak?.length, 32);
  });

  it("go with their meter", async () => {
    const meter = (await fixture.create(pathOf("meter-devices"), { name: "M10", protocol: "dlms-cosem" })).id;
    const { id } = await fixture.create(keys, { meter, iec62056_21_password: "1" });
    await fixture.registry.reserveCounter(meter, "guek", 1);
    assert.equal((await fixture.send("DELETE", `${pathOf("meter-devices")}/${meter}`)).status, 204);
    assert.equal((await fixture.send("GET", `${keys}/${id}`)).status, 404);
  });

  it("never show the master key, a secret, a password or a Token, in answers or in the log", async () => {
    await fixture.signInAs("alice", String(made.organizations!.id));
    await fixture.send("POST", keys, { ...sent, dlms_master_key: "0123" });
    await fixture.send("POST", "/v1/auth/jwt/token/", { username: "alice", password: "a wrong password" }, null);
    await fixture.send("GET", `${keys}?limit=100`);
    await fixture.send("GET", "/v1/users/");
    fixture.app.log.info(
      { keys: sent, password: administratorPassword, session: { keys: { guek: sent.dlms_master_key } } },
      "told",
    );
    assert.ok(log.length > 20 && fixture.answers.length > 20);
    const secrets = [
      sent.dlms_master_key,
      sent.dlms_secret,
      administratorPassword,
      administratorToken,
      "a wrong password",
      "$argon2",
    ];
    for (const secret of secrets as string[]) {
      assert.ok(!log.some((line) => line.includes(secret)), `the log shows ${secret}`);
      assert.ok(!fixture.answers.some((answer) => answer.includes(secret)), `an answer shows ${secret}`);
    }
    assert.ok(!log.some((line) => line.includes(String(sent.dlms_global_unicast_encryption_key))));
  });
});

describe("invocation counters", () => {
  it("are handed out once, whoever asks", async () => {
    const { registry, create } = await openRegistryFixture();
    const device = (await create(pathOf("meter-devices"), { name: "M1", protocol: "dlms-cosem" })).id;
    assert.equal(await registry.reserveCounter(device, "guek", 100), 100);
    assert.equal(await registry.reserveCounter(device, "guek", 1), 101, "never less than before");
    assert.equal(await registry.reserveCounter(device, "guek", 500, 10), 500);
    assert.equal(await registry.reserveCounter(device, "guek", 0), 510);
    assert.equal(await registry.reserveCounter(device, "gbek", 0), 0, "each key counts for itself");
    const [gone, kept] = await Promise.allSettled([
      registry.reserveCounter("00000000-0000-4000-8000-000000000000", "guek", 1),
      registry.reserveCounter(device, "gak", 7),
    ]);
    assert.equal(gone.status, "rejected", "a meter that is gone fails alone");
    assert.deepEqual(kept, { status: "fulfilled", value: 7 });
    const many = await Promise.all(Array.from({ length: 20 }, () => registry.reserveCounter(device, "guek", 0, 3)));
    assert.deepEqual(
      many.toSorted((a, b) => a - b),
      Array.from({ length: 20 }, (_, index) => 511 + 3 * index),
    );
  });
});
