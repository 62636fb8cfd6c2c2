/** How a vendor's MDC is asked for, and how it describes itself. */
import type { UdilVersion } from "@anymeter/udil";
import type { Certificate } from "./certificate.ts";
import type { Clock } from "./clock.ts";
import type { LoadProfileEnergy } from "./collection/row-texts.ts";
import type { HabitValues } from "./habits/habits.ts";
import type { SampledTable } from "./meters/sampling.ts";
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
  /** Minutes east of UTC, whole hours (default 300: Pakistan). */
  readonly offsetMinutes?: number;
  /** How long commands take: 1 = as in the field, 0 = at once. */
  readonly pace?: number;
  /** Milliseconds from a meter's row to the MDC's table, at least and at most (default 2,000 to 45,000). */
  readonly readDelay?: readonly [number, number];
  readonly habits?: HabitValues;
  readonly clock?: Clock;
  /** Remembers rows, orders, meters, certificate and port from one start to the next. Without it nothing outlives the process. */
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
  /** What active energy of the load profile is in version v1. */
  readonly loadProfileEnergy: LoadProfileEnergy;
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
