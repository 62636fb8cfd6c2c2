/**
 * What is remembered about the profiles of each meter: their layout, how the meter takes a range, and up to when their rows
 * are stored. Layouts are kept once for all meters that share them.
 */
import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../../stores/relational/database.ts";
import { GroupCommit } from "../../queue/group-commit.ts";
import type { ProfileLayout } from "./profile-layout.ts";

export interface RememberedProfile {
  readonly layout: ProfileLayout;
  /** Milliseconds UTC. */
  readonly layoutReadAt: number;
  /** A name of range-forms.ts. */
  readonly rangeForm: string | undefined;
  /** Time of the newest durable row, milliseconds UTC; undefined when nothing was stored. */
  readonly readUntil: number | undefined;
  /** Series numbers into which rows up to then went. */
  readonly series: readonly number[];
}

interface Progress {
  readonly device: string;
  readonly profile: string;
  readonly readUntil: number;
  readonly series: readonly number[];
}

export class ProfileMemory {
  readonly #db: Kysely<Database>;
  /** Layouts by their id; a make has a handful. */
  readonly #layouts = new Map<number, ProfileLayout>();
  readonly #ids = new Map<string, number>();
  readonly #progress = new GroupCommit<Progress>((items) => this.#write(items));

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async recall(device: string, profile: string): Promise<RememberedProfile | undefined> {
    const row = await this.#db
      .selectFrom("amr_device_profiles")
      .select(["layout", "layout_read_at", "range_form", "read_until", "series"])
      .where("meter_device", "=", device)
      .where("profile", "=", profile)
      .executeTakeFirst();
    if (!row || row.layout === null) return undefined;
    return {
      layout: await this.#layout(row.layout),
      layoutReadAt: row.layout_read_at?.getTime() ?? 0,
      rangeForm: row.range_form ?? undefined,
      readUntil: row.read_until?.getTime(),
      series: row.series,
    };
  }

  async learnLayout(device: string, profile: string, layout: ProfileLayout, readAt: number): Promise<void> {
    const values = { layout: await this.#idOf(layout), layout_read_at: new Date(readAt) };
    await this.#db
      .insertInto("amr_device_profiles")
      .values({ meter_device: device, profile, series: [], ...values })
      .onConflict((conflict) => conflict.columns(["meter_device", "profile"]).doUpdateSet(values))
      .execute();
  }

  async learnRangeForm(device: string, profile: string, form: string): Promise<void> {
    await this.#db
      .updateTable("amr_device_profiles")
      .set({ range_form: form })
      .where("meter_device", "=", device)
      .where("profile", "=", profile)
      .execute();
  }

  /** Call when the rows are durable, not before. */
  async advance(device: string, profile: string, readUntil: number, series: readonly number[]): Promise<void> {
    await this.#progress.add({ device, profile, readUntil, series });
  }

  async #write(items: readonly Progress[]): Promise<void> {
    const latest = new Map(items.map((item) => [`${item.device} ${item.profile}`, item]));
    const rows = [...latest.values()].map(({ device, profile, readUntil, series }) => ({
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
  }

  async #layout(id: number): Promise<ProfileLayout> {
    const known = this.#layouts.get(id);
    if (known) return known;
    const row = await this.#db
      .selectFrom("amr_profile_layouts")
      .select("layout")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    const layout = row.layout as ProfileLayout;
    this.#keep(id, layout);
    return layout;
  }

  async #idOf(layout: ProfileLayout): Promise<number> {
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

  #keep(id: number, layout: ProfileLayout): void {
    if (this.#layouts.size >= layoutsKept) {
      this.#layouts.clear();
      this.#ids.clear();
    }
    this.#layouts.set(id, layout);
  }
}

const layoutsKept = 1_000;
