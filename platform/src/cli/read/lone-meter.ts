/** Contact with one meter that nobody registered: the head-end's own drivers, over stores that end with the process. */
import type { MeterSystemEvent } from "../../events/event-writer.ts";
import { systemClock } from "../../head-end/clock.ts";
import type { AllowedSeries, ContactedDevice } from "../../head-end/drivers/driver.ts";
import { driversOver } from "../../head-end/drivers/index.ts";
import type { ProfileStore, RememberedProfile } from "../../head-end/drivers/profile-memory.ts";
import { type ContactOutcome, contactMeter } from "../../head-end/session/contact-session.ts";
import { connectTcp } from "../../head-end/session/tcp-line.ts";
import { defaultSettings } from "../../head-end/settings.ts";
import type { Reading } from "../../readings/reading-writer.ts";
import type { SettingsName } from "../../registry/protocols/index.ts";
import type { DeviceKeys } from "../../registry/security-keys.ts";
import type { ExecutionType } from "../../registry/task-calls.ts";
import type { Call, ReadProtocol } from "./protocols.ts";

export interface LoneMeter {
  readonly protocol: ReadProtocol;
  readonly host: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly keys: DeviceKeys;
  /** IANA zone of times that carry none. */
  readonly timezone: string;
  /** IEC 62056-21 device address, of protocols that sign on. */
  readonly deviceAddress?: string;
  /** Hexadecimal digits. */
  readonly systemTitle?: string;
  readonly timeoutMilliseconds: number;
}

export interface LoneReading {
  readonly series: string;
  /** Milliseconds UTC. */
  readonly timestamp: number;
  /** Exact decimal text. */
  readonly value: string;
  /** null = a plain number, or the meter does not tell. */
  readonly unit: string | null;
}

/** What came of it: the outcome in the head-end's words, and what a registered meter would have had stored. */
export interface LoneContact extends ContactOutcome {
  readonly readings: readonly LoneReading[];
  readonly events: readonly Pick<MeterSystemEvent, "timestamp" | "title" | "content">[];
}

/** Makes the calls in one session. Never rejects for what the meter does: that is in the outcome. */
export async function contactLoneMeter(
  meter: LoneMeter,
  calls: readonly Call[],
  { signal, traceBytes }: { readonly signal: AbortSignal; readonly traceBytes: number },
): Promise<LoneContact> {
  const executionType = meter.protocol.declaration.executionType as ExecutionType;
  const series = new EverySeries();
  const readings: Reading[] = [];
  const events: MeterSystemEvent[] = [];
  const session = {
    ...defaultSettings.session,
    connectTimeoutMilliseconds: meter.timeoutMilliseconds,
    idleTimeoutMilliseconds: meter.timeoutMilliseconds,
  };
  const drivers = driversOver({
    readings: { write: async (more) => void readings.push(...more) },
    events: { write: async (more) => void events.push(...more) },
    profileRows: { write: async () => {} },
    profiles: profilesOfProcess(),
    objectLists: noObjectLists,
    openKeys: async () => meter.keys,
    reserveCounter: countersOfProcess(),
    clock: systemClock,
    limits: { ...defaultSettings, session },
  });
  const outcome = await contactMeter({
    device: deviceOf(meter, series),
    runs: calls.map(({ name, kwargs }, id) => ({
      ...{ id, device: loneDevice, executionType, call: name, kwargs, runOffsetSeconds: 0 },
      ...{ origin: "on-demand", priority: 0, attempts: 1 },
    })),
    driver: drivers.find(({ executionTypes }) => executionTypes.includes(executionType))!,
    openLine: connectTcp,
    ...{ settings: session, traceBytes, clock: systemClock, signal },
  });
  const named = readings.map(({ seriesNumber, timestamp, value }) => ({
    ...{ series: series.nameOf(seriesNumber), timestamp, value, unit: series.unitOf(seriesNumber) },
  }));
  return { ...outcome, readings: named, events };
}

function deviceOf(meter: LoneMeter, series: EverySeries): ContactedDevice {
  const { protocol, host, port, settings, timezone, deviceAddress, systemTitle } = meter;
  return {
    id: loneDevice,
    ...{ number: 0, organization: loneDevice, organizationNumber: 0, name: `${host}:${port}`, type: null },
    settings: { [protocol.declaration.settings.name as SettingsName]: settings },
    iec62056Address: deviceAddress ?? null,
    dlmsSystemTitle: systemTitle ?? null,
    ...{ timezone, series, host, port },
  };
}

/** Whatever a meter tells is a series, in the unit the meter tells it. */
class EverySeries extends Map<string, AllowedSeries> {
  readonly #names: string[] = [];
  readonly #units: (string | null)[] = [];

  override get(name: string): AllowedSeries {
    const known = super.get(name);
    if (known !== undefined) return known;
    const number = this.#names.push(name) - 1;
    const series = {
      number,
      name,
      unit: (unit: string | null) => {
        this.#units[number] = unit;
      },
    };
    this.set(name, series);
    return series;
  }

  override has(): boolean {
    return true;
  }

  nameOf(number: number): string {
    return this.#names[number]!;
  }

  unitOf(number: number): string | null {
    return this.#units[number] ?? null;
  }
}

function profilesOfProcess(): ProfileStore {
  const profiles = new Map<string, RememberedProfile>();
  const change = (device: string, profile: string, changes: Partial<RememberedProfile>) => {
    const name = `${device} ${profile}`;
    const known = profiles.get(name);
    if (known) profiles.set(name, { ...known, ...changes });
  };
  return {
    recall: async <Layout>(device: string, profile: string) =>
      profiles.get(`${device} ${profile}`) as RememberedProfile<Layout> | undefined,
    learnLayout: async (device, profile, layout, layoutReadAt) => {
      const fresh = { layout, layoutReadAt, rangeForm: undefined, readUntil: undefined, series: [] };
      profiles.set(`${device} ${profile}`, fresh);
    },
    learnRangeForm: async (device, profile, rangeForm) => change(device, profile, { rangeForm }),
    advance: async (device, profile, readUntil, series) => change(device, profile, { readUntil, series }),
  };
}

/** From 1 on: a meter that has seen more tells, or has an object that does. */
function countersOfProcess() {
  let next = 1;
  return async (_device: string, _keyKind: string, atLeast: number, count: number): Promise<number> => {
    const first = Math.max(next, atLeast);
    next = first + count;
    return first;
  };
}

/** A meter without a type shares its list with no other. */
const noObjectLists = { recall: async () => undefined, keep: async () => undefined };
const loneDevice = "00000000-0000-0000-0000-000000000000";
