/** An MDC as its transports and its poller need to know it. Secrets are open: not to be logged or kept. */
import type { PeerSwitches, ServiceName, UdilVersion, Zone } from "@anymeter/udil";
import { type Kysely, type Selectable, sql } from "kysely";
import type { Sealer } from "../../../registry/sealing.ts";
import type { Database } from "../../../stores/relational/database.ts";
import type { UdilMdcTable } from "../../../stores/relational/tables/udil-mdm.ts";
import { peerZone } from "../../peer-zone.ts";
import { type MdcSecret, placeOfSecret } from "./mdcs.ts";
import { type MdcSwitches, mostDevicesPerRequest, type PollableTable, pollableTables } from "./switches.ts";

export interface Mdc {
  readonly id: string;
  /** Source of its rows in the columnar store. */
  readonly number: number;
  readonly name: string;
  readonly organization: string;
  /** Key of the organization in the columnar store. */
  readonly organizationNumber: number;
  readonly transport: "api" | "database" | "file";
  /** Without it no services are there: rows come by database or file, and no command can be sent. */
  readonly service: MdcService | undefined;
  readonly version: UdilVersion;
  readonly zone: Zone;
  readonly pollMilliseconds: number;
  readonly historyMilliseconds: number;
  readonly overlapMilliseconds: number;
  readonly dsn: string | undefined;
  readonly folder: string | undefined;
  readonly deviceType: string | undefined;
  readonly createsDevices: boolean;
  readonly fillsHoles: boolean;
  readonly switches: MdcSwitches;
  /** As the wire format needs to know them. */
  readonly peerSwitches: PeerSwitches;
  /** In the order in which they are polled. */
  readonly tables: readonly PollableTable[];
  readonly devicesPerRequest: number;
  /** Changes with every setting: whoever keeps a connection drops it then. */
  readonly revision: number;
}

export interface MdcService {
  readonly baseUrl: string;
  readonly credentials: { readonly username: string; readonly password: string; readonly code: string };
  readonly format: "json" | "xml";
  readonly verify: boolean;
  /** SHA-256 of the only certificate that is trusted, lower-case hexadecimal. */
  readonly pin: string | undefined;
}

/** The active MDCs of active organizations, or those of the given ids among them. @throws SealError */
export async function loadMdcs(db: Kysely<Database>, sealer: Sealer, ids?: readonly string[]): Promise<Mdc[]> {
  const chosen = ids ? sql`m.id = any(${ids}::uuid[])` : sql`true`;
  const { rows } = await sql<Selectable<UdilMdcTable> & { organization_number: number }>`
    select m.*, o.number as organization_number from udil_mdcs m
    join organizations o on o.id = m.organization and o.is_active
    where m.is_active and ${chosen} order by m.number`.execute(db);
  return rows.map((row) => mdcOf(row, sealer));
}

function mdcOf(row: Selectable<UdilMdcTable> & { organization_number: number }, sealer: Sealer): Mdc {
  const open = (column: MdcSecret) =>
    row[column] === null ? undefined : sealer.open(row[column], placeOfSecret(row.id, column)).toString("utf8");
  const switches = row.switches as MdcSwitches;
  return {
    id: row.id,
    number: row.number,
    name: row.name,
    organization: row.organization,
    organizationNumber: row.organization_number,
    transport: row.transport,
    service: serviceOf(row, open("password")),
    version: row.version,
    zone: peerZone(row.timezone),
    pollMilliseconds: row.poll_interval_seconds * 1000,
    historyMilliseconds: row.history_days * 86_400_000,
    overlapMilliseconds: row.overlap_seconds * 1000,
    dsn: open("dsn"),
    folder: row.folder ?? undefined,
    deviceType: row.device_type ?? undefined,
    createsDevices: row.creates_devices,
    fillsHoles: row.fills_holes,
    switches,
    peerSwitches: peerSwitchesOf(switches, row.base_url),
    tables: tablesOf(switches, row.version),
    devicesPerRequest: switches.devices_per_request ?? mostDevicesPerRequest,
    revision: row.updated_at.getTime(),
  };
}

function serviceOf(row: Selectable<UdilMdcTable>, password: string | undefined): MdcService | undefined {
  const { base_url, username, code, format, tls_verify, pinned_certificate } = row;
  if (base_url === null || username === null || password === undefined || code === null) return undefined;
  return {
    baseUrl: base_url,
    credentials: { username, password, code },
    format,
    verify: tls_verify,
    pin: pinned_certificate ?? undefined,
  };
}

function peerSwitchesOf(switches: MdcSwitches, baseUrl: string | null): PeerSwitches {
  const { quoted_scalars, multipart, paths, load_profile_energy, zero_dates, long_sampling } = switches;
  const basePath = baseUrl === null ? "" : new URL(baseUrl).pathname.replace(/\/+$/, "");
  return {
    ...(basePath !== "" && { basePath }),
    ...(quoted_scalars !== undefined && { quoted: quoted_scalars }),
    ...(multipart !== undefined && { multipart }),
    ...(paths !== undefined && { paths: paths as Partial<Record<ServiceName, string>> }),
    ...(load_profile_energy !== undefined && { loadProfileEnergy: load_profile_energy }),
    ...(zero_dates !== undefined && { zeroDates: zero_dates }),
    ...(long_sampling !== undefined && { longSampling: long_sampling }),
  };
}

/** v1 has no history of contacts. */
function tablesOf({ tables }: MdcSwitches, version: UdilVersion): PollableTable[] {
  return pollableTables.filter(
    (table) => (tables === undefined || tables.includes(table)) && (table !== "DCH" || version !== "v1"),
  );
}
