/** A push listener with real stores and sockets, and meters written straight into the registry, for tests. */
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import {
  type Apdu,
  bytesFromHex,
  countFrom,
  type Data,
  encodeApdu,
  fullProtection,
  protect,
  SecurityContext,
  type SecurityPolicy,
} from "@anymeter/dlms-cosem";
import { Registry } from "prom-client";
import { createEventWriter } from "../../../events/event-writer.ts";
import { createProfileRows } from "../../../readings/profile-rows/profile-rows.ts";
import { createReadingWriter } from "../../../readings/reading-writer.ts";
import { counterReserver } from "../../../registry/invocation-counters.ts";
import { Sealer } from "../../../registry/sealing.ts";
import { sealSecrets } from "../../../registry/secrets.ts";
import { keyOpener } from "../../../registry/security-keys.ts";
import { cleanUpAfterTests } from "../../../stores/testing/clean-up.ts";
import { openTestColumnarStore } from "../../../stores/testing/columnar-stores.ts";
import { openTestRelationalStore } from "../../../stores/testing/relational-stores.ts";
import { ProfileMemory } from "../../drivers/profile-memory.ts";
import { RegistryRows } from "../../testing/registry-rows.ts";
import { silentLog } from "../../testing/silence.ts";
import { createPushListener, type PushListener } from "../push-listener.ts";
import type { PushSettings } from "../push-settings.ts";
import { listUnknownPushers } from "../unknown-pushers.ts";

export const encryptionKey = bytesFromHex("000102030405060708090A0B0C0D0E0F");
export const authenticationKey = bytesFromHex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF");

/** Whether the stores fail on purpose. */
interface Failing {
  readings: boolean;
}

export async function openPushScene() {
  const relational = await openTestRelationalStore();
  const columnar = await openTestColumnarStore();
  await relational.migrate();
  await columnar.migrate();
  const { db } = relational;
  const rows = new RegistryRows(db);
  const organization = await rows.organization();
  const sealer = new Sealer(randomBytes(32));
  const writer = createReadingWriter(db, columnar);
  const events = createEventWriter(db, columnar);
  const failing: Failing = { readings: false };
  const readings = {
    write: (given: Parameters<typeof writer.write>[0]) =>
      failing.readings ? Promise.reject(new Error("the store is away")) : writer.write(given),
  };
  const profileRows = createProfileRows({ relational, columnar });
  cleanUpAfterTests(() => Promise.all([writer.close(), events.close(), profileRows.close()]));

  const listen = async (settings: Partial<PushSettings> = {}, runsMayBegin = () => {}): Promise<PushListener> => {
    const listener = createPushListener({
      ...{
        db,
        readings,
        events,
        profileRows: profileRows.store,
        storedRows: profileRows.queries,
        runsMayBegin,
        settings,
      },
      openKeys: keyOpener(db, sealer),
      reserveCounter: counterReserver(db),
      defaultTimezone: "UTC",
      metrics: new Registry(),
      logger: silentLog,
      host: "127.0.0.1",
      port: 0,
    });
    await listener.start();
    cleanUpAfterTests(() => listener.stop());
    return listener;
  };

  /** @returns the device's id */
  const register = async (meter: PushedMeter = {}): Promise<string> => {
    const owner = meter.organization ?? organization;
    const type = await rows.meterType(owner, "Pushing meter", {
      protocol: "dlms-cosem",
      timezone: "Europe/Stockholm",
      settings: {},
      series: [
        { name: "1-0:1.8.0", unit: "Wh" },
        { name: "1-0:2.8.0", unit: "kWh" },
      ],
    });
    const device = await rows.device(owner, {
      type,
      network_interface: meter.networkInterface ?? null,
      ...(meter.systemTitle && { dlms_system_title: meter.systemTitle }),
      ...(meter.logicalDeviceName && { dlms_logical_device_name: hexOfText(meter.logicalDeviceName) }),
      ...(meter.serial && { manufacturer_serial: meter.serial }),
      ...(meter.settings && { dlms_settings: meter.settings }),
    });
    if (meter.keys) {
      const secrets = {
        dlms_global_unicast_encryption_key: hexOf(meter.encryptionKey ?? encryptionKey),
        ...(meter.keys === "both" && { dlms_global_authentication_key: hexOf(authenticationKey) }),
      };
      await db
        .insertInto("meter_security_keys")
        .values({ organization: owner, meter: device, ...sealSecrets(secrets, device, sealer) } as never)
        .execute();
    }
    return device;
  };

  const query = async <Row>(sql: string): Promise<Row[]> => {
    const result = await columnar.client.query({ query: sql, format: "JSONEachRow" });
    return (await result.json()) as Row[];
  };
  const numberOf = async (device: string) =>
    (await db.selectFrom("meter_devices").select("number").where("id", "=", device).executeTakeFirstOrThrow()).number;

  return {
    ...{ db, rows, organization, listen, register, failing },
    profiles: new ProfileMemory(db),
    /** "name value unit time" of each stored reading. */
    readingsOf: async (device: string): Promise<string[]> => {
      const found = await query<{ series_number: number; value: string; at: string }>(
        `select series_number, toString(value) as value, formatDateTime(timestamp, '%FT%TZ', 'UTC') as at
        from meter_readings final where device_number = ${await numberOf(device)} order by timestamp, series_number`,
      );
      const series = await db.selectFrom("meter_reading_series").select(["number", "name"]).execute();
      return found.map(
        ({ series_number, value, at }) =>
          `${series.find(({ number }) => number === series_number)?.name} ${Number(value)} ${at}`,
      );
    },
    eventsOf: async (device: string) =>
      query<{ title: string; content: string }>(
        `select title, content from meter_system_events final where device_number = ${await numberOf(device)} order by timestamp, title`,
      ),
    unknown: async () => (await listUnknownPushers(db, { limit: 100, offset: 0 })).rows,
  };
}

export interface PushedMeter {
  readonly organization?: string;
  readonly systemTitle?: string;
  readonly logicalDeviceName?: string;
  readonly serial?: string;
  readonly settings?: object;
  readonly keys?: "both" | "encryption";
  /** Another than the one of all. */
  readonly encryptionKey?: Uint8Array;
  readonly networkInterface?: string;
}

/** Waits until it holds; the test's own time limit ends what never does. */
export async function until<T>(find: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await find();
    if (found) return found;
    await pause(10);
  }
}

export async function dial(listener: PushListener): Promise<Socket> {
  const socket = connect(listener.port, "127.0.0.1");
  socket.on("error", () => {});
  cleanUpAfterTests(() => {
    socket.destroy();
  });
  await once(socket, "connect");
  return socket;
}

export async function sendDatagram(listener: PushListener, bytes: Uint8Array): Promise<void> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => {
    socket.send(bytes, listener.port, "127.0.0.1", (error) => (error ? reject(error) : resolve()));
  });
  socket.close();
}

/** A data-notification at 2026-01-15 12:00:00 UTC. */
export function notification(body: Data, more: { confirmed?: boolean; timeless?: boolean } = {}): Uint8Array {
  const apdu: Apdu = {
    type: "data-notification",
    invocation: {
      invokeId: 7,
      confirmed: more.confirmed ?? false,
      ...{ highPriority: false, selfDescriptive: false, processingBreakOnError: false },
    },
    ...(!more.timeless && {
      dateTime: { year: 2026, month: 1, day: 15, weekday: 4, hour: 13, minute: 0, second: 0, deviation: -60 },
    }),
    body,
  };
  return encodeApdu(apdu);
}

/** Ciphers as a meter does. */
export class MeterCipher {
  readonly #context: SecurityContext;

  constructor(systemTitle: string, firstCounter = 1, key: Uint8Array = encryptionKey) {
    this.#context = new SecurityContext({
      suite: 0,
      systemTitle: bytesFromHex(systemTitle),
      keys: { unicastEncryption: key, authentication: authenticationKey },
      counter: countFrom(firstCounter),
    });
  }

  general(apdu: Uint8Array, more: { policy?: SecurityPolicy; omitSystemTitle?: boolean } = {}): Uint8Array {
    const { policy = fullProtection, omitSystemTitle = false } = more;
    return protect(apdu, { context: this.#context, policy, form: "general-global", omitSystemTitle });
  }

  service(apdu: Uint8Array): Uint8Array {
    return protect(apdu, { context: this.#context, policy: fullProtection, form: "global" });
  }
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").toUpperCase();
}

export function hexOfText(text: string): string {
  return hexOf(Buffer.from(text, "latin1"));
}
