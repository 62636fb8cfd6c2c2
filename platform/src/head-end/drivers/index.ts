/** The drivers of a head-end with a relational store. */
import type { Kysely } from "kysely";
import type { ProfileRowStore } from "../../readings/profile-rows/row-writer.ts";
import { protocolDeclarations } from "../../registry/protocols/index.ts";
import type { OpenKeys } from "../../registry/security-keys.ts";
import type { Database } from "../../stores/relational/database.ts";
import { type Clock, systemClock } from "../clock.ts";
import { defaultSettings, type HeadEndSettings } from "../settings.ts";
import { DerivedEvents, type StoredRows } from "./derived-events/derived-events.ts";
import { type DlmsDriverOptions, dlmsDriver } from "./dlms/dlms-driver.ts";
import type { ReserveCounters } from "./dlms/invocation-counters.ts";
import { objectListStore } from "./dlms/object-list-store.ts";
import type { Driver } from "./driver.ts";
import { iFlagDriver } from "./i-flag/i-flag-driver.ts";
import { iec62056Driver } from "./iec62056-21/iec62056-21-driver.ts";
import { lis200Driver } from "./lis-200/lis-200-driver.ts";
import { mbusDriver } from "./mbus/mbus-driver.ts";
import { modbusDriver } from "./modbus/modbus-driver.ts";
import { ProfileMemory } from "./profile-memory.ts";
import type { EventStore, ReadingStore } from "./stores.ts";

export interface DriversOptions {
  readonly db: Kysely<Database>;
  readonly readings: ReadingStore;
  readonly events: EventStore;
  readonly profileRows: ProfileRowStore;
  /** Rows that are stored already; absent = the head-end tells no events of its own. */
  readonly storedRows?: StoredRows | undefined;
  readonly openKeys: OpenKeys;
  readonly reserveCounter: ReserveCounters;
  /** What differs from `defaultSettings`. */
  readonly settings?: Partial<HeadEndSettings>;
  readonly clock?: Clock;
}

/** The drivers of a process with stores. */
export function createDrivers({ db, settings, storedRows, ...options }: DriversOptions): Driver[] {
  return driversOver({
    ...options,
    derivedEvents: storedRows && new DerivedEvents(options.profileRows, storedRows),
    profiles: new ProfileMemory(db),
    objectLists: objectListStore(db),
    clock: options.clock ?? systemClock,
    limits: { ...defaultSettings, ...settings },
  });
}

/** One driver per protocol; each serves every session of the process. A new one is a line here. */
export function driversOver(services: DlmsDriverOptions): Driver[] {
  return [
    dlmsDriver(services),
    iec62056Driver(services),
    iFlagDriver(services),
    lis200Driver(services),
    mbusDriver(services),
    modbusDriver(services),
  ];
}

/** Commands that meters of a protocol can be asked for; undefined when no driver knows any. */
export function commandsOfProtocol(drivers: readonly Driver[], protocol: string): Driver["commands"] {
  const declaration = protocolDeclarations.find((one) => one.protocol === protocol);
  return drivers.find(({ executionTypes }) => executionTypes.some((type) => type === declaration?.executionType))
    ?.commands;
}
