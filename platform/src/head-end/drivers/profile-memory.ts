/**
 * What is remembered about the profiles of each meter: their layout, how the meter takes a range, and up to when their rows
 * are stored. Layouts are kept once for all meters that share them.
 */
import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../stores/relational/database.ts";
import { SharedStatement } from "../../stores/relational/shared-statement.ts";

export interface RememberedProfile<Layout = unknown> {
  /** What the columns hold, in the protocol's own words: JSON. */
  readonly layout: Layout;
  /** Milliseconds UTC. */
  readonly layoutReadAt: number;
  /** How the meter takes a range, in the driver's words. */
  readonly rangeForm: string | undefined;
  /** Time of the newest durable row, milliseconds UTC; undefined when nothing was stored. */
  readonly readUntil: number | undefined;
  /** Series numbers into which rows up to then went. */
  readonly series: readonly number[];
}

/** Satisfied by `ProfileMemory`, and by a memory that ends with the process. */
export interface ProfileStore {
  /** undefined when no layout was learned. */
  recall<Layout>(device: string, profile: string): Promise<RememberedProfile<Layout> | undefined>;
  learnLayout(device: string, profile: string, layout: object, readAt: number): Promise<void>;
  learnRangeForm(device: string, profile: string, form: string): Promise<void>;
  /**
   * Keeps up to when a profile's rows are stored, and in which series; a profile needs a layout first. Call when the rows
   * are durable, not before.
   */
  advance(device: string, profile: string, readUntil: number, series: readonly number[]): Promise<void>;
}

/** A profile of a meter. */
interface Place {
  readonly device: string;
  readonly profile: string;
}

interface Learned extends Place {
  readonly layout: number;
  readonly readAt: number;
}

interface Progress extends Place {
  readonly readUntil: number;
  readonly series: readonly number[];
}

export class ProfileMemory implements ProfileStore {
  readonly #db: Kysely<Database>;
  /** Layouts by their id; a make has a handful. */
  readonly #layouts = new Map<number, unknown>();
  readonly #ids = new Map<string, number>();
  readonly #recalled = new SharedStatement<Place, ProfileRow | undefined>((places) => this.#rowsOf(places));
  readonly #learned = new SharedStatement<Learned>((items) => this.#writeLayouts(items));
  readonly #progress = new SharedStatement<Progress>((items) => this.#writeProgress(items));

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async recall<Layout>(device: string, profile: string): Promise<RememberedProfile<Layout> | undefined> {
    const row = await this.#recalled.ask({ device, profile });
    if (!row || row.layout === null) return undefined;
    return {
      layout: (await this.#layout(row.layout)) as Layout,
      layoutReadAt: row.layout_read_at?.getTime() ?? 0,
      rangeForm: row.range_form ?? undefined,
      readUntil: row.read_until?.getTime(),
      series: row.series,
    };
  }

  async learnLayout(device: string, profile: string, layout: object, readAt: number): Promise<void> {
    await this.#learned.ask({ device, profile, layout: await this.#idOf(layout), readAt });
  }

  async learnRangeForm(device: string, profile: string, form: string): Promise<void> {
    await this.#db
      .updateTable("amr_device_profiles")
      .set({ range_form: form })
      .where("meter_device", "=", device)
      .where("profile", "=", profile)
      .execute();
  }

  async advance(device: string, profile: string, readUntil: number, series: readonly number[]): Promise<void> {
    await this.#progress.ask({ device, profile, readUntil, series });
  }

  async #rowsOf(places: readonly Place[]): Promise<(ProfileRow | undefined)[]> {
    const { rows } = await sql<ProfileRow>`
      select p.meter_device, p.profile, p.layout, p.layout_read_at, p.range_form, p.read_until, p.series
      from jsonb_to_recordset(${JSON.stringify(places)}::jsonb) as v(device uuid, profile text)
      join amr_device_profiles p on p.meter_device = v.device and p.profile = v.profile`.execute(this.#db);
    const byPlace = new Map(rows.map((row) => [nameOf({ device: row.meter_device, profile: row.profile }), row]));
    return places.map((place) => byPlace.get(nameOf(place)));
  }

  /** What was learned of a meter that is gone by now is not kept. */
  async #writeLayouts(items: readonly Learned[]): Promise<undefined[]> {
    const rows = latest(items).map(({ device, profile, layout, readAt }) => ({ device, profile, layout, readAt }));
    await sql`
      insert into amr_device_profiles (meter_device, profile, layout, layout_read_at, series)
      select d.id, v.profile, v.layout, to_timestamp(v."readAt" / 1000.0), '{}'
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as v(device uuid, profile text, layout integer, "readAt" double precision)
      join meter_devices d on d.id = v.device
      order by d.id, v.profile
      on conflict (meter_device, profile)
      do update set layout = excluded.layout, layout_read_at = excluded.layout_read_at`.execute(this.#db);
    return [];
  }

  async #writeProgress(items: readonly Progress[]): Promise<undefined[]> {
    const rows = latest(items).map(({ device, profile, readUntil, series }) => ({
      device,
      profile,
      read_until: readUntil,
      series: `{${series.join(",")}}`,
    }));
    await sql`
      update amr_device_profiles p
      set read_until = greatest(case when p.series @> v.series::integer[] then p.read_until end, to_timestamp(v.read_until / 1000.0)),
        series = v.series::integer[]
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(device uuid, profile text, read_until double precision, series text)
      where p.meter_device = v.device and p.profile = v.profile`.execute(this.#db);
    return [];
  }

  async #layout(id: number): Promise<unknown> {
    const known = this.#layouts.get(id);
    if (known) return known;
    const row = await this.#db
      .selectFrom("amr_profile_layouts")
      .select("layout")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    this.#keep(id, row.layout);
    return row.layout;
  }

  async #idOf(layout: object): Promise<number> {
    const text = JSON.stringify(layout);
    const digest = createHash("sha256").update(text).digest("hex");
    const known = this.#ids.get(digest);
    if (known !== undefined) return known;
    await this.#db
      .insertInto("amr_profile_layouts")
      .values({ digest, layout: text })
      .onConflict((conflict) => conflict.column("digest").doNothing())
      .execute();
    const { id } = await this.#db
      .selectFrom("amr_profile_layouts")
      .select("id")
      .where("digest", "=", digest)
      .executeTakeFirstOrThrow();
    this.#keep(id, layout);
    this.#ids.set(digest, id);
    return id;
  }

  #keep(id: number, layout: unknown): void {
    if (this.#layouts.size >= layoutsKept) {
      this.#layouts.clear();
      this.#ids.clear();
    }
    this.#layouts.set(id, layout);
  }
}

interface ProfileRow {
  readonly meter_device: string;
  readonly profile: string;
  readonly layout: number | null;
  readonly layout_read_at: Date | null;
  readonly range_form: string | null;
  readonly read_until: Date | null;
  readonly series: number[];
}

/** The last of each place: one statement may not touch a row twice. */
function latest<Item extends Place>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [nameOf(item), item])).values()];
}

function nameOf({ device, profile }: Place): string {
  return `${device} ${profile}`;
}

const layoutsKept = 1_000;
