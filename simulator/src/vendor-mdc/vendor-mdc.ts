/** A vendor's MDC in this process: its meters and tables, its services over HTTPS, its memory, and what makes time pass. */
import { fixedZone } from "@anymeter/udil";
import { seedFor, unit } from "../random.ts";
import { makeCertificate } from "./certificate.ts";
import { JumpingClock, systemClock } from "./clock.ts";
import type { Collector } from "./collection/collector.ts";
import { HabitSwitches } from "./habits/habit-switches.ts";
import { openVendorMemory } from "./memory/vendor-memory.ts";
import { mostMeters } from "./meters/plan.ts";
import type { VendorMeter } from "./meters/vendor-meter.ts";
import type { VendorCredentials, VendorMdcDescription, VendorMdcOptions, VendorMeterDescription } from "./options.ts";
import { type HttpsListener, type HttpsSettings, listen } from "./server/https-server.ts";
import { Services } from "./server/services.ts";
import type { Transactions } from "./transactions/transactions.ts";
import { Vendor } from "./vendor.ts";

export type { VendorCredentials, VendorMdcDescription, VendorMdcOptions, VendorMeterDescription } from "./options.ts";

export interface VendorMdc {
  readonly description: VendorMdcDescription;
  readonly habits: HabitSwitches;
  /** In service, by global_device_id, and what is true about them. */
  readonly meters: ReadonlyMap<string, VendorMeter>;
  readonly transactions: Transactions;
  readonly collector: Collector;
  /** The MDC's clock: milliseconds UTC. */
  now(): number;
  /** Lets everything happen that is due by the clock; requests do so themselves. */
  advance(): void;
  /** Moves the MDC's clock, and its meters', forward. Milliseconds. */
  jump(milliseconds: number): void;
  /** Resolves when databases and folders have everything. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Resolves when it listens and its history is there. */
export async function startVendorMdc(options: VendorMdcOptions = {}): Promise<VendorMdc> {
  const { seed = 1, meters = 10, stock = 2, version = "v1", format = "json", host = "127.0.0.1" } = options;
  const {
    loadProfileEnergy = "abs",
    offsetMinutes = 300,
    basePath = "",
    transports = [],
    credentials = drawCredentials(seed),
  } = options;
  if (meters + stock > mostMeters) throw new RangeError(`a vendor has at most ${mostMeters} meters`);
  if (offsetMinutes % 60 !== 0)
    throw new RangeError(`a vendor lives whole hours from UTC, not ${offsetMinutes} minutes`);
  const name = vendorName(seed);
  const habits = new HabitSwitches(options.habits);
  const memory = await openVendorMemory(
    options.memoryFile,
    { seed, version, loadProfileEnergy, offsetMinutes },
    () => options.certificate ?? makeCertificate(name, host),
  );
  const { certificate, mdc } = memory;
  const clock = new JumpingClock(options.clock ?? systemClock, mdc.jumped);
  const vendor = new Vendor({
    ...{ seed, meters, stock, version, clock, habits, offsetMinutes, memory },
    ...{ historyDays: options.historyDays ?? 3, intervals: options.intervals ?? {}, pace: options.pace ?? 1 },
    ...{ loadProfileEnergy, readDelay: options.readDelay ?? [2_000, 45_000] },
    onStored: (rows) => {
      for (const transport of transports) transport.rows(rows);
    },
    onTransaction: (transaction, device) => {
      for (const transport of transports) transport.transaction(transaction, device);
    },
  });
  const { collector, transactions, localTime } = vendor;
  const visuals = (meter: VendorMeter) => vendor.visuals(meter);
  const advance = () => vendor.advance();
  const services = new Services({
    ...{ version, credentials, clock, zone: fixedZone(offsetMinutes), localTime, habits, collector, transactions },
    ...{ visuals, advance, made: vendor.made },
    devices: () => vendor.devices,
    created: (meter) => vendor.create(meter),
    commit: () => memory.commit(),
  });
  for (const transport of transports) {
    await transport.open({
      version,
      localTime,
      form: (table) => collector.form(table),
      visuals,
      habits,
      fresh: memory.isFresh,
      stored: () => collector.tables.rows(),
      transactions: () => transactions.all(),
    });
  }
  advance();
  const server = { certificate, host, basePath, version, format, services, habits, clock };
  const listener = await listenAgain({ ...server, port: options.port ?? 0 }, options.port ?? mdc.port);
  mdc.port = listener.port;
  memory.commitMdc();

  let stopBeating = () => {};
  const beat = () => {
    advance();
    stopBeating = clock.after(transactions.isBusy ? busyHeartbeat : heartbeat, beat);
  };
  beat();

  return {
    description: {
      ...{ name, url: `https://${host}:${listener.port}${basePath}`, version, format, ...credentials },
      ...{ loadProfileEnergy, timezone: zoneName(offsetMinutes) },
      certificate: certificate.cert,
      meters: [...vendor.devices.values()].map(describe),
      stock: [...vendor.made.values()].filter(({ state }) => !state.inService).map(describe),
    },
    ...{ habits, meters: vendor.devices, transactions, collector, advance },
    now: () => clock.now(),
    jump: (milliseconds) => {
      clock.jump(milliseconds);
      mdc.jumped = clock.jumped;
      memory.commitMdc();
      advance();
    },
    settled: async () => {
      for (const transport of transports) await transport.settled();
    },
    close: async () => {
      stopBeating();
      await listener.close();
      memory.close();
      for (const transport of transports) await transport.close();
    },
  };
}

/** A remembered port that somebody else has taken is replaced; one that was asked for is not. */
async function listenAgain(settings: HttpsSettings, port: number | undefined): Promise<HttpsListener> {
  try {
    return await listen({ ...settings, port: port ?? 0 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || settings.port !== 0) throw error;
    return await listen(settings);
  }
}

function describe({ globalDeviceId, msn, plan }: VendorMeter): VendorMeterDescription {
  const { model, customer } = plan;
  return {
    ...{ global_device_id: globalDeviceId, msn, phase: model.phases, meter_type: model.meterType },
    ...{ has_relay: model.hasRelay, customer },
  };
}

/** The sign of Etc names is inverted. */
function zoneName(offsetMinutes: number): string {
  if (offsetMinutes === 300) return "Asia/Karachi";
  return `Etc/GMT${offsetMinutes > 0 ? "-" : "+"}${Math.abs(offsetMinutes / 60)}`;
}

/** The same at every start: whoever registered the vendor once goes on. */
function drawCredentials(seed: number): VendorCredentials {
  const parts = [0, 1, 2, 3].map((part) => Math.floor(unit(seedFor(seed, "password"), part) * 0x1_0000_0000));
  const password = parts.map((part) => part.toString(36)).join("-");
  return { username: "mdm_user", password, code: String(100 + Math.floor(unit(seedFor(seed, "code"), 0) * 900)) };
}

/** Milliseconds between looks at the clock. */
const heartbeat = 1_000;
const busyHeartbeat = 100;

/** Invented, like the makes of the neighbourhood; a number where the names are used up. */
function vendorName(seed: number): string {
  const name = names[seed % names.length]!;
  return seed < names.length ? name : `${name} ${Math.floor(seed / names.length)}`;
}

const names = [
  "Indigo",
  "Jhelum",
  "Kestrel",
  "Lahar",
  "Makran",
  "Nara",
  "Ormara",
  "Pothohar",
  "Quaid",
  "Ravi",
] as const;
