/** A vendor's MDC with meters of its own, in this process: what it is made of, and how time passes in it. */
import { fixedZone, type UdilVersion } from "@anymeter/udil";
import { dayMilliseconds } from "../calendar.ts";
import { MemoryFile } from "../neighbourhood/memory-file.ts";
import { seedFor, unit } from "../random.ts";
import { SupplyArea } from "../supply/supply-area.ts";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { type Clock, JumpingClock, systemClock } from "./clock.ts";
import { Collector } from "./collection/collector.ts";
import type { LoadProfileEnergy } from "./collection/row-texts.ts";
import { HabitSwitches } from "./habits/habit-switches.ts";
import type { HabitValues } from "./habits/habits.ts";
import { LocalTime } from "./local-time.ts";
import { HouseholdLoad } from "./meters/household-load.ts";
import { mostMeters, planVendor } from "./meters/plan.ts";
import type { SampledTable, Sampling } from "./meters/sampling.ts";
import { VendorMeter } from "./meters/vendor-meter.ts";
import { visualsRow } from "./meters/visuals.ts";
import { readOnDemand } from "./on-demand.ts";
import { listen } from "./server/https-server.ts";
import { Services } from "./server/services.ts";
import { Transactions } from "./transactions/transactions.ts";
import type { Transport } from "./transports/transport.ts";

export interface VendorMdcOptions {
  /** Which vendor (default 1). Vendors of seeds below 90 have serial numbers of their own. */
  readonly seed?: number;
  /** Meters in service (default 10), and those in stock, which device_creation brings into service (default 2). */
  readonly meters?: number;
  readonly stock?: number;
  readonly version?: UdilVersion;
  /** Of answers to clients that name none. */
  readonly format?: "json" | "xml";
  readonly host?: string;
  /** 0 = any free one (default). */
  readonly port?: number;
  /** In front of the services' names, such as "/udil" (default ""). */
  readonly basePath?: string;
  readonly credentials?: VendorCredentials;
  readonly certificate?: Certificate;
  /** Days of rows behind now (default 3). */
  readonly historyDays?: number;
  /** Minutes between rows, where they are not UDIL's: 720, 1,440 and 30. */
  readonly intervals?: Partial<Record<SampledTable, number>>;
  /** What energies of v1's load profile are, whose names do not say it (default "abs"). */
  readonly loadProfileEnergy?: LoadProfileEnergy;
  /** Minutes east of UTC (default 300: Pakistan). */
  readonly offsetMinutes?: number;
  /** How long commands take: 1 = as in the field, 0 = at once. */
  readonly pace?: number;
  /** Milliseconds from a meter's row to the MDC's table, at least and at most (default 2,000 to 45,000). */
  readonly readDelay?: readonly [number, number];
  readonly habits?: HabitValues;
  readonly clock?: Clock;
  /** Remembers meters, certificate and port from one start to the next. Without it nothing outlives the process. */
  readonly memoryFile?: string;
  /** Where else the tables go: a database, a folder of files. */
  readonly transports?: readonly Transport[];
}

export interface VendorCredentials {
  readonly username: string;
  readonly password: string;
  readonly code: string;
}

/** What a client needs to know; all of it goes into the ready line. */
export interface VendorMdcDescription {
  readonly name: string;
  readonly url: string;
  readonly version: UdilVersion;
  readonly format: "json" | "xml";
  /** Of times on the wire, as an IANA zone where there is one for the offset. */
  readonly timezone: string;
  readonly username: string;
  readonly password: string;
  readonly code: string;
  /** PEM, to be trusted or pinned. */
  readonly certificate: string;
  readonly meters: readonly VendorMeterDescription[];
  /** In stock: to be created. */
  readonly stock: readonly VendorMeterDescription[];
}

export interface VendorMeterDescription {
  readonly global_device_id: string;
  readonly msn: string;
  readonly phase: 1 | 3;
  readonly meter_type: 1 | 2 | 3;
  readonly has_relay: boolean;
  readonly customer: string;
}

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
  const { historyDays = 3, offsetMinutes = 300, basePath = "", pace = 1, transports = [] } = options;
  if (meters + stock > mostMeters) throw new RangeError(`a vendor has at most ${mostMeters} meters`);
  const clock = new JumpingClock(options.clock ?? systemClock);
  const localTime = new LocalTime(offsetMinutes);
  const habits = new HabitSwitches(options.habits);
  const name = `Vendor ${seed}`;
  const credentials = options.credentials ?? drawCredentials(seed);
  const memory = new MemoryFile(options.memoryFile, seed);
  const cell = memory.meter("mdc");
  const remembered = cell.state<{ ids: { last: number }; certificate: Certificate }>({
    ids: { last: 0 },
    certificate: options.certificate ?? (await makeCertificate(name, host)),
  });
  const { certificate, ids } = remembered;
  const fresh = ids.last === 0;

  const collector = new Collector({
    ...{ version, localTime, habits, loadProfileEnergy: options.loadProfileEnergy ?? "abs" },
    ...{ readDelay: options.readDelay ?? [2_000, 45_000], keptDays: Math.max(40, historyDays + 1) },
    ids,
    onStored: (rows) => {
      for (const transport of transports) transport.rows(rows);
    },
  });
  const plan = planVendor(seed, meters + stock);
  const areas = plan.areas.map((area) => new SupplyArea(area));
  const startsAt = clock.now() - historyDays * dayMilliseconds;
  const wrongClock = habits.current.wrongClocks;
  const made = plan.meters.map((meterPlan, index) => {
    const spoiledClock = wrongClock !== undefined && (index + 1) % wrongClock === 0;
    return new VendorMeter({
      plan: spoiledClock ? { ...meterPlan, clockError: wrongClockError(meterPlan.seed) } : meterPlan,
      inService: index < meters,
      state: (fresh) => memory.meter(meterPlan.msn).state(fresh),
      load: new HouseholdLoad(areas[meterPlan.area]!, meterPlan.service, offsetMinutes),
      ...{ localTime, version, startsAt, sampling: samplingOf(options.intervals ?? {}) },
      keep: (meter, table, values, capturedAt) => collector.keep(meter, table, values, capturedAt),
    });
  });
  const inService = made.filter((meter) => meter.state.inService);
  const devices = new Map(inService.map((meter) => [meter.globalDeviceId, meter]));

  const visuals = (meter: VendorMeter): string[] => {
    meter.advance(Math.max(meter.at, clock.now()));
    const row = visualsRow(meter, collector.lastContact(meter), transactions.lastOrder(meter));
    return collector.form("VISL").texts(row);
  };
  const transactions: Transactions = new Transactions({
    ...{ habits, pace },
    read: (meter, order, at) => readOnDemand({ meter, order, at, collector, visuals }),
    onChanged: (transaction, device) => {
      for (const transport of transports) transport.transaction(transaction, device);
      cell.remember("soon");
    },
  });

  let at = Math.min(startsAt, ...made.map((meter) => meter.at));
  let forgottenAt = startsAt;
  const advance = () => {
    const now = clock.now();
    // In slices, so that orders reach meters in the order of time, and a long jump does not hold all of its rows at once.
    while (at < now) {
      at = Math.min(now, at + sliceMilliseconds);
      transactions.advance(at);
      for (const meter of made) if (meter.nextAt <= at) meter.advance(at);
      collector.collect(at);
    }
    transactions.advance(now);
    if (now - forgottenAt < dayMilliseconds) return;
    forgottenAt = now;
    collector.forget(now);
  };

  const created = (meter: VendorMeter) => {
    for (const [id, known] of devices) if (known === meter) devices.delete(id);
    devices.set(meter.globalDeviceId, meter);
  };
  const services = new Services({
    ...{
      version,
      credentials,
      clock,
      zone: fixedZone(offsetMinutes),
      localTime,
      habits,
      collector,
      transactions,
      visuals,
      advance,
      created,
    },
    devices: () => devices,
    made: new Map(made.map((meter) => [meter.msn, meter])),
  });
  for (const transport of transports) {
    await transport.open({ version, localTime, form: (table) => collector.form(table), visuals, habits, fresh });
  }
  advance();
  const listener = await listen({
    ...{
      certificate,
      host,
      port: options.port ?? memory.port("mdc") ?? 0,
      basePath,
      version,
      format,
      services,
      habits,
      clock,
    },
  });
  memory.setPort("mdc", listener.port);
  memory.flush();
  let rememberedAt = clock.now();
  let beat = () => {};
  const heart = () => {
    advance();
    if (clock.now() - rememberedAt >= rememberEvery) {
      rememberedAt = clock.now();
      cell.remember("soon");
    }
    beat = clock.after(heartbeat, heart);
  };
  heart();

  return {
    description: {
      ...{ name, url: `https://${host}:${listener.port}${basePath}`, version, format, ...credentials },
      timezone:
        offsetMinutes === 300
          ? "Asia/Karachi"
          : `Etc/GMT${offsetMinutes > 0 ? "-" : "+"}${Math.abs(offsetMinutes / 60)}`,
      certificate: certificate.cert,
      meters: inService.map(describe),
      stock: made.filter((meter) => !meter.state.inService).map(describe),
    },
    ...{ habits, meters: devices, transactions, collector, advance },
    now: () => clock.now(),
    jump: (milliseconds) => {
      clock.jump(milliseconds);
      advance();
    },
    settled: async () => {
      for (const transport of transports) await transport.settled();
    },
    close: async () => {
      beat();
      await listener.close();
      memory.flush();
      for (const transport of transports) await transport.close();
    },
  };
}

function describe({ globalDeviceId, msn, plan }: VendorMeter): VendorMeterDescription {
  const { model, customer } = plan;
  return {
    ...{ global_device_id: globalDeviceId, msn, phase: model.phases, meter_type: model.meterType },
    ...{ has_relay: model.hasRelay, customer },
  };
}

function samplingOf(intervals: Partial<Record<SampledTable, number>>): Partial<Record<SampledTable, Sampling>> {
  const entries = Object.entries(intervals) as [SampledTable, number][];
  return Object.fromEntries(entries.map(([table, interval]) => [table, { interval, initialMinute: 0 }]));
}

/** The same at every start: whoever registered the vendor once goes on. */
function drawCredentials(seed: number): VendorCredentials {
  const password = Array.from({ length: 4 }, (_, part) =>
    Math.floor(unit(seedFor(seed, "password"), part) * 0x1_0000_0000).toString(36),
  ).join("-");
  return { username: "mdm_user", password, code: String(100 + Math.floor(unit(seedFor(seed, "code"), 0) * 900)) };
}

/** An hour fast, or years behind since the battery was empty. */
function wrongClockError(seed: number): number {
  return unit(seed, 9) < 0.7 ? 3_600_000 : -3_700 * dayMilliseconds;
}

const sliceMilliseconds = 3_600_000;
const heartbeat = 250;
/** What the meters counted since is counted again after a kill. */
const rememberEvery = 60_000;
