/**
 * Whose a push is. Evidence is taken in a fixed order, and the first that names any meter decides; where it names several,
 * the weaker evidence may tell them apart. What is still not one meter is nobody's.
 */
import { type Kysely, sql } from "kysely";
import type { Database } from "../../stores/relational/database.ts";
import { SharedStatement } from "../../stores/relational/shared-statement.ts";

/** What is known of a sender. */
export interface PusherEvidence {
  /** 16 hexadecimal digits, from the APDU. */
  readonly systemTitle?: string | undefined;
  /** Hexadecimal, from the body. */
  readonly logicalDeviceName?: string | undefined;
  /** A name in plain text, from a heartbeat. */
  readonly name?: string | undefined;
  /** The meter whose connection it came over. */
  readonly connectedDevice?: string | undefined;
  readonly address: string;
}

export interface PusherCandidate {
  readonly device: string;
  readonly organization: string;
  readonly systemTitle: string | null;
  readonly logicalDeviceName: string | null;
  readonly evidence: EvidenceKind;
}

/** The stronger first. */
export const evidenceOrder = ["system-title", "logical-device-name", "name", "connection", "address"] as const;
export type EvidenceKind = (typeof evidenceOrder)[number];

/** Meters of one organization that one piece of evidence may name before it counts as naming nobody there. */
export const mostCandidates = 4;
/** Organizations whose meters are looked at. */
const mostOrganizations = 16;

export class PusherFinder {
  readonly #shared: SharedStatement<PusherEvidence, readonly PusherCandidate[]>;
  readonly #byTitle: SharedStatement<string, readonly PusherCandidate[]>;

  constructor(db: Kysely<Database>) {
    this.#shared = new SharedStatement((items) => find(db, items));
    this.#byTitle = new SharedStatement((titles) => findByTitle(db, titles));
  }

  /** Meters of the strongest evidence that names any, one when weaker evidence agrees with one alone. Beyond `mostCandidates` of an organization there are more. */
  async find(evidence: PusherEvidence): Promise<readonly PusherCandidate[]> {
    // What nearly every push says, and one index answers.
    const titled = evidence.systemTitle ? await this.#byTitle.ask(evidence.systemTitle.toUpperCase()) : [];
    return titled.length === 1 ? titled : narrowed(await this.#shared.ask(evidence));
  }
}

/** @param found every meter any evidence names */
export function narrowed(found: readonly PusherCandidate[]): readonly PusherCandidate[] {
  const kinds = evidenceOrder
    .map((kind) => found.filter(({ evidence }) => evidence === kind))
    .filter((of) => of.length > 0);
  const [strongest = [], ...weaker] = kinds;
  let left = strongest;
  for (const others of weaker) {
    if (left.length < 2) break;
    const agreed = left.filter(({ device }) => others.some((other) => other.device === device));
    if (agreed.length > 0) left = agreed;
  }
  return left.length === 1 ? [...left, ...contesting(left[0]!, found)] : left;
}

/**
 * One name, which is the logical device name of one organization's meter and the serial number of another's: neither may
 * take the other's readings or connection by what it registers.
 */
function contesting(one: PusherCandidate, found: readonly PusherCandidate[]): readonly PusherCandidate[] {
  if (one.evidence !== "logical-device-name") return [];
  return found.filter(({ evidence, organization }) => evidence === "name" && organization !== one.organization);
}

async function findByTitle(db: Kysely<Database>, titles: readonly string[]): Promise<(readonly PusherCandidate[])[]> {
  const rows = await db
    .selectFrom("meter_devices")
    .select(["id", "organization", "dlms_system_title", "dlms_logical_device_name"])
    .where(sql<boolean>`dlms_system_title = any(${titles.flatMap((title) => [title, title.toLowerCase()])}::varchar[])`)
    .where("organization", "is not", null)
    .where("protocol", "=", "dlms-cosem")
    .limit(titles.length * (mostCandidates + 1))
    .execute();
  const byTitle = Map.groupBy(rows, (row) => row.dlms_system_title!.toUpperCase());
  return titles.map((title) =>
    (byTitle.get(title) ?? []).map((row) => ({
      device: row.id,
      organization: row.organization!,
      systemTitle: row.dlms_system_title,
      logicalDeviceName: row.dlms_logical_device_name,
      evidence: "system-title",
    })),
  );
}

async function find(db: Kysely<Database>, items: readonly PusherEvidence[]): Promise<(readonly PusherCandidate[])[]> {
  const asked = items.map(({ systemTitle, logicalDeviceName, name, connectedDevice, address }, item) => ({
    item,
    title: systemTitle?.toUpperCase() ?? null,
    ldn:
      logicalDeviceName?.toUpperCase() ??
      (name === undefined ? null : Buffer.from(name, "latin1").toString("hex").toUpperCase()),
    name: name ?? null,
    connected: connectedDevice ?? null,
    address,
  }));
  const { rows } = await sql<FoundRow>`
    with v as (
      select * from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
        as v(item integer, title text, ldn text, name text, connected uuid, address text)
    ), found as (
      select v.item, 'system-title' as evidence, f.id from v
        cross join lateral (
          select t.id from (
            select d.id, row_number() over (partition by d.organization order by d.id) as nth from meter_devices d
            where v.title is not null and d.dlms_system_title in (v.title, lower(v.title)) and d.organization is not null
              and d.protocol = 'dlms-cosem') t
          where t.nth <= ${mostCandidates + 1} limit ${(mostCandidates + 1) * mostOrganizations}) f
      union all
      select v.item, 'logical-device-name', f.id from v
        cross join lateral (select d.id from meter_devices d
          where v.ldn is not null and d.dlms_logical_device_name in (v.ldn, lower(v.ldn)) limit ${mostCandidates + 1}) f
      union all
      select v.item, 'name', f.id from v
        cross join lateral (select d.id from meter_devices d
          where v.name is not null and d.manufacturer_serial = v.name limit ${mostCandidates + 1}) f
      union all
      select v.item, 'name', f.id from v
        cross join lateral (select d.id from meter_devices d
          where v.name is not null and d.name = v.name limit ${mostCandidates + 1}) f
      union all
      select v.item, 'connection', d.id from v join meter_devices d on d.id = v.connected
      union all
      select v.item, 'address', f.id from v
        cross join lateral (select d.id from network_interfaces i join meter_devices d on d.network_interface = i.id
          where i.static_ip_address = v.address limit ${mostCandidates + 1}) f
      union all
      select v.item, 'address', f.id from v
        cross join lateral (select d.id from sim_cards s join network_interfaces i on i.sim = s.id
          join meter_devices d on d.network_interface = i.id
          where s.ip_address = v.address and coalesce(i.static_ip_address, '') = '' limit ${mostCandidates + 1}) f
    )
    select distinct f.item, f.evidence, d.id, d.organization, d.dlms_system_title, d.dlms_logical_device_name
    from found f join meter_devices d on d.id = f.id
    where d.organization is not null and d.protocol = 'dlms-cosem'`.execute(db);
  return items.map((_, item) =>
    rows
      .filter((row) => row.item === item)
      .map((row) => ({
        device: row.id,
        organization: row.organization,
        systemTitle: row.dlms_system_title,
        logicalDeviceName: row.dlms_logical_device_name,
        evidence: row.evidence,
      })),
  );
}

interface FoundRow {
  readonly item: number;
  readonly evidence: EvidenceKind;
  readonly id: string;
  readonly organization: string;
  readonly dlms_system_title: string | null;
  readonly dlms_logical_device_name: string | null;
}
