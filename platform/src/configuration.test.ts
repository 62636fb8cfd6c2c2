import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigurationError, readConfiguration } from "./configuration.ts";

test("an empty environment gives the documented defaults", () => {
  const configuration = readConfiguration({}, "/srv/anymeter");
  assert.equal(configuration.dataDirectory, "/srv/anymeter/data");
  assert.equal(configuration.host, "127.0.0.1");
  assert.equal(configuration.port, 8080);
  assert.deepEqual(configuration.tls, { port: 8443 });
  assert.equal(configuration.databaseUrl, undefined);
  assert.equal(configuration.clickhouseUrl, undefined);
  assert.deepEqual([...configuration.roles], ["api", "head-end", "analytics"]);
  assert.deepEqual(configuration.administrator, { username: "admin" });
  assert.equal(configuration.jwtLifetimeSeconds, 1200);
  assert.equal(configuration.pageSize, 100);
  assert.equal(configuration.stagedRetentionDays, 30);
  assert.equal(configuration.masterKeyFile, "/srv/anymeter/data/master.key");
  assert.equal(configuration.defaultMeterTimezone, "UTC");
});

test("the port for pushes follows the host, and only one asked for by name must be free", () => {
  assert.deepEqual(readConfiguration({ ANYMETER_HOST: "0.0.0.0" }).dlmsPush, {
    host: "0.0.0.0",
    port: 4059,
    mustListen: false,
  });
  const named = readConfiguration({ ANYMETER_DLMS_PUSH_HOST: "10.0.0.1", ANYMETER_DLMS_PUSH_PORT: "4060" });
  assert.deepEqual(named.dlmsPush, { host: "10.0.0.1", port: 4060, mustListen: true });
});

test("proxies are trusted by address or network, and nobody is without being named", () => {
  assert.deepEqual(readConfiguration({}).trustedProxies, []);
  const named = readConfiguration({ ANYMETER_TRUSTED_PROXIES: "10.0.0.0/8, ::1,192.0.2.7" });
  assert.deepEqual(named.trustedProxies, ["10.0.0.0/8", "::1", "192.0.2.7"]);
  for (const wrong of ["proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "all", "1,"]) {
    assert.throws(
      () => readConfiguration({ ANYMETER_TRUSTED_PROXIES: wrong }),
      /ANYMETER_TRUSTED_PROXIES names/,
      wrong,
    );
  }
});

test("an empty variable counts as unset", () => {
  assert.equal(readConfiguration({ ANYMETER_PORT: "", ANYMETER_HOST: " " }).port, 8080);
});

test("every mistake is named at once, and no secret is repeated", () => {
  const environment = {
    ANYMETER_PORT: "80a",
    ANYMETER_ROLES: "api,reader",
    ANYMETER_DATABASE_URL: "mysql://user:hunter2@db/x",
    ANYMETER_ADMIN_TOKEN: "hunter2",
    ANYMETER_TLS_CERT: "cert.pem",
    ANYMETER_METER_TIMEZONE: "Mars/Olympus",
  };
  assert.throws(
    () => readConfiguration(environment),
    (error: unknown) => {
      assert.ok(error instanceof ConfigurationError);
      for (const name of Object.keys(environment)) assert.match(error.message, new RegExp(name));
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    },
  );
});

test("several processes need stores that they can share", () => {
  assert.throws(
    () => readConfiguration({ ANYMETER_ROLES: "api" }),
    /ANYMETER_DATABASE_URL and ANYMETER_CLICKHOUSE_URL/,
  );
  const shared = readConfiguration({
    ANYMETER_ROLES: "api",
    ANYMETER_DATABASE_URL: "postgresql://db/anymeter",
    ANYMETER_CLICKHOUSE_URL: "http://columns:8123",
    ANYMETER_CLICKHOUSE_CLUSTER: "main",
  });
  assert.deepEqual([...shared.roles], ["api"]);
  assert.equal(shared.clickhouseCluster, "main");
});
