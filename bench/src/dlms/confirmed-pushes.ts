/**
 * Ciphered, confirmed pushes from the socket to the disk and back: found by system title, opened, checked against replays,
 * decoded, stored in embedded stores, the counter kept, answered under a counter of ours. Meters are in another process and
 * each waits for its answer. The limit is the same bytes over bare sockets.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { Registry } from "prom-client";
import { createEventWriter } from "../../../platform/src/events/event-writer.ts";
import { createPushListener } from "../../../platform/src/head-end/push/push-listener.ts";
import { createProfileRows } from "../../../platform/src/readings/profile-rows/profile-rows.ts";
import { createReadingWriter } from "../../../platform/src/readings/reading-writer.ts";
import { counterReserver } from "../../../platform/src/registry/invocation-counters.ts";
import { Sealer } from "../../../platform/src/registry/sealing.ts";
import { sealSecrets } from "../../../platform/src/registry/secrets.ts";
import { keyOpener } from "../../../platform/src/registry/security-keys.ts";
import { openColumnarStore } from "../../../platform/src/stores/columnar/columnar-store.ts";
import type { Database } from "../../../platform/src/stores/relational/database.ts";
import { openRelationalStore } from "../../../platform/src/stores/relational/relational-store.ts";
import { median } from "../readings/median.ts";
import type { BenchResult } from "../result.ts";
import { Child } from "./child.ts";
import type { PushRequest } from "./push-process.ts";
import { keys, pushedRegisters, titleOf } from "./pushing-meters.ts";

const meters = 128;
const pushesPerMeter = 40;
const rounds = 5;

export async function run(): Promise<BenchResult[]> {
  const directory = mkdtempSync(join(tmpdir(), "anymeter-bench-"));
  const relational = await openRelationalStore({ directory: join(directory, "relational") });
  const columnar = await openColumnarStore({ directory: join(directory, "columnar") });
  await Promise.all([relational.migrate(), columnar.migrate()]);
  const { db } = relational;
  const sealer = new Sealer(randomBytes(32));
  await register(db, sealer);
  const readings = createReadingWriter(db, columnar);
  const events = createEventWriter(db, columnar);
  const profileRows = createProfileRows({ relational, columnar });
  const listener = createPushListener({
    ...{ db, readings, events, profileRows: profileRows.store, defaultTimezone: "UTC", host: "127.0.0.1", port: 0 },
    openKeys: keyOpener(db, sealer),
    reserveCounter: counterReserver(db),
    metrics: new Registry(),
    logger: { debug: () => {}, info: () => {}, warn: console.error, error: console.error },
    runsMayBegin: () => {},
    settings: { messagesPerSecond: 1e6, messageBurst: 1e6 },
  });
  await listener.start();
  const bare = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.on("data", () => socket.write(answer));
  }).listen(0, "127.0.0.1");
  await once(bare, "listening");
  const child = new Child("./push-process.ts");
  await child.next();

  const pushed: number[] = [];
  const exchanged: number[] = [];
  const perSecond = async (port: number, round: number) => {
    const first = round * pushesPerMeter;
    const request: PushRequest = { port, meters, pushesPerMeter, firstMinute: first, firstCounter: first + 1 };
    return (meters * pushesPerMeter) / (await child.ask<number>(request));
  };
  for (let round = 0; round < rounds; round++) {
    pushed.push(await perSecond(listener.port, round));
    exchanged.push(await perSecond((bare.address() as AddressInfo).port, round));
  }
  child.end();
  bare.close();
  await listener.stop();
  await Promise.all([readings.close(), events.close(), profileRows.close()]);
  await Promise.all([columnar.close(), relational.close()]);
  rmSync(directory, { recursive: true, force: true });

  const figure = median(pushed);
  const peerFigure = median(exchanged);
  return [
    {
      name: "confirmed ciphered pushes, durable",
      figure,
      unit: "pushes/s",
      peer: "the same bytes over bare sockets",
      peerFigure,
      ratio: figure / peerFigure,
      notes: `${pushedRegisters.length} readings each, ${meters} meters that wait for their answers, median of ${rounds} rounds of ${meters * pushesPerMeter}`,
    },
  ];
}

/** As long as the answer to a push. */
const answer = new Uint8Array(43);

async function register(db: Kysely<Database>, sealer: Sealer): Promise<void> {
  const inserted = async (table: "organizations" | "meter_device_configs" | "meter_device_types", values: object) =>
    (
      await db
        .insertInto(table)
        .values(values as never)
        .returning("id")
        .executeTakeFirstOrThrow()
    ).id;
  const organization = await inserted("organizations", { name: "Bench" });
  const config = await inserted("meter_device_configs", { organization, name: "Pushing", timezone: "UTC" });
  for (const name of pushedRegisters) {
    const { id } = await db
      .insertInto("meter_reading_series")
      .values({ organization, name, unit: "Wh" })
      .returning("id")
      .executeTakeFirstOrThrow();
    await db
      .insertInto("meter_device_config_series")
      .values({ meter_device_config: config, meter_reading_series: id })
      .execute();
  }
  const type = await inserted("meter_device_types", {
    ...{ organization, name: "Pushing", manufacturer: "Bench", manufacturer_model: "P1", config },
    dlms_settings: JSON.stringify({ ciphering: "authenticated-encrypted" }),
  });
  for (let meter = 0; meter < meters; meter++) {
    const { id } = await db
      .insertInto("meter_devices")
      .values({ organization, name: `P${meter}`, protocol: "dlms-cosem", type, dlms_system_title: hex(titleOf(meter)) })
      .returning("id")
      .executeTakeFirstOrThrow();
    const secrets = {
      dlms_global_unicast_encryption_key: hex(keys.unicastEncryption),
      dlms_global_authentication_key: hex(keys.authentication),
    };
    await db
      .insertInto("meter_security_keys")
      .values({ organization, meter: id, ...sealSecrets(secrets, id, sealer) })
      .execute();
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").toUpperCase();
}
