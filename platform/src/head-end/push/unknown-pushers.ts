/** Who pushed and was turned away, for staff to see: a bounded list in the store, one row for each sender and reason. */
import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Page, PageOfRows } from "../../http/paging.ts";
import type { Database } from "../../stores/relational/database.ts";
import { SharedStatement } from "../../stores/relational/shared-statement.ts";

/** Why a push was turned away: a sentence and what to do about it. */
export const pushRefusals = {
  unknown_meter: {
    sentence: "No meter is registered under what the sender says of itself, nor at its address.",
    advice: "Register the meter with its system title or logical device name, or its interface with this address.",
  },
  ambiguous_meter: {
    sentence: "Several meters are registered under what the sender says of itself.",
    advice: "Register the system title or the logical device name with one of them.",
  },
  identity_mismatch: {
    sentence: "The push names another meter than the one its system title or address belongs to.",
    advice: "Correct the registered system title, logical device name or address.",
  },
  key_missing: {
    sentence: "The push is ciphered and no key is registered for the meter.",
    advice: "Register dlms_global_unicast_encryption_key, and the authentication key where the push carries a tag.",
  },
  wrong_key: {
    sentence: "The registered keys do not open the push.",
    advice: "Check the keys and the system title of the meter; another key may have been transferred to it.",
  },
  counter_replayed: {
    sentence: "The push carries an invocation counter that was accepted before.",
    advice:
      "Somebody repeats a recorded push, or the meter does not count: then set push_counter to ignored in its settings.",
  },
  security_not_met: {
    sentence: "The push is less protected than the meter's settings demand.",
    advice: "Protect pushes in the meter, or lower push_protection in its settings.",
  },
  settings_invalid: {
    sentence: "The meter's settings cannot be used to open its pushes.",
    advice: "Correct dlms_settings and the system title as the detail says.",
  },
  objects_unknown: {
    sentence: "The push does not say what its values are, and the meter's push setup is not known.",
    advice:
      "Run read_push_setup for the meter once, or list the objects as push_objects in its settings; for values without unit with scaler and unit.",
  },
  dials_in_unset: {
    sentence: "The meter dialled in, but its settings do not expect that.",
    advice: "Set dials_in in its settings when sessions may run over connections the meter opens.",
  },
  damaged: {
    sentence: "What was sent is no push.",
    advice: "The detail says at which byte; anymeter decode explains the bytes. Scanners of ports do this too.",
  },
} as const;
export type PushRefusal = keyof typeof pushRefusals;

export interface TurnedAway {
  readonly transport: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
  readonly reason: PushRefusal;
  /** Holds no secret. */
  readonly detail?: string | undefined;
  readonly systemTitle?: string | undefined;
  /** As text, or hexadecimal when it is none. */
  readonly logicalDeviceName?: string | undefined;
  readonly device?: { readonly id: string; readonly organization: string } | undefined;
}

export class UnknownPushers {
  readonly #db: Kysely<Database>;
  readonly #most: number;
  readonly #now: () => number;
  readonly #shared: SharedStatement<TurnedAway>;
  /** Who was recorded by this process: only for them is looked whether there is something to mend. */
  readonly #recorded = new Set<string>();

  constructor(db: Kysely<Database>, most: number, now: () => number) {
    this.#db = db;
    this.#most = most;
    this.#now = now;
    this.#shared = new SharedStatement((items) => this.#write(items));
  }

  async record(pusher: TurnedAway): Promise<void> {
    if (this.#recorded.size >= this.#most * 4) this.#recorded.clear();
    for (const identity of identitiesOf(pusher)) this.#recorded.add(identity);
    await this.#shared.ask(pusher);
  }

  /**
   * What a sender was turned away for is mended: its rows go, but for those that tell of a wrong key, a replay or a
   * contradiction, which somebody else may have caused.
   */
  async resolve(pusher: Pick<TurnedAway, "systemTitle" | "logicalDeviceName" | "device">): Promise<void> {
    const identities = identitiesOf(pusher).filter((identity) => this.#recorded.delete(identity));
    if (identities.length === 0) return;
    await this.#db
      .deleteFrom("unknown_pushers")
      .where("reason", "in", mendable)
      .where(({ eb, or }) =>
        or([
          eb(sql`meter_device::text`, "in", identities),
          eb("system_title", "in", identities),
          eb("logical_device_name", "in", identities),
        ]),
      )
      .execute();
  }

  async #write(items: readonly TurnedAway[]): Promise<undefined[]> {
    const at = new Date(this.#now()).toISOString();
    const rows = [...Map.groupBy(items, digestOf)].map(([digest, same]) => {
      const { transport, address, port, reason, detail, systemTitle, logicalDeviceName, device } = same.at(-1)!;
      const names = { systemTitle: systemTitle ?? null, logicalDeviceName: logicalDeviceName?.slice(0, 64) ?? null };
      const meter = { organization: device?.organization ?? null, device: device?.id ?? null };
      return {
        digest,
        transport,
        address,
        port,
        reason,
        detail: detail?.slice(0, 500) ?? null,
        ...names,
        ...meter,
        pushes: same.length,
      };
    });
    await sql`
      insert into unknown_pushers (digest, transport, source_address, source_port, reason, detail, system_title,
        logical_device_name, organization, meter_device, pushes, first_seen, last_seen)
      select v.digest, v.transport, v.address, v.port, v.reason, v.detail, v."systemTitle", v."logicalDeviceName",
        o.id, d.id, v.pushes, ${at}::timestamptz, ${at}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(digest text, transport text, address text, port integer,
        reason text, detail text, "systemTitle" text, "logicalDeviceName" text, organization uuid, device uuid, pushes bigint)
      left join organizations o on o.id = v.organization
      left join meter_devices d on d.id = v.device
      order by v.digest
      on conflict (digest) do update set pushes = unknown_pushers.pushes + excluded.pushes, last_seen = excluded.last_seen,
        source_port = excluded.source_port, detail = excluded.detail`.execute(this.#db);
    await sql`
      delete from unknown_pushers where id in (
        select id from unknown_pushers order by last_seen desc, id desc offset ${this.#most})`.execute(this.#db);
    return [];
  }
}

export interface ShownPusher {
  readonly id: number;
  readonly transport: string;
  readonly source_address: string;
  readonly source_port: number;
  readonly reason: string;
  readonly sentence: string;
  readonly advice: string;
  readonly detail: string | null;
  readonly system_title: string | null;
  readonly logical_device_name: string | null;
  readonly organization: string | null;
  readonly meter_device: string | null;
  readonly pushes: number;
  readonly first_seen: Date;
  readonly last_seen: Date;
}

/** One page, the latest first. */
export async function listUnknownPushers(db: Kysely<Database>, page: Page): Promise<PageOfRows<ShownPusher>> {
  const rows = await db
    .selectFrom("unknown_pushers")
    .selectAll()
    .orderBy("last_seen", "desc")
    .orderBy("id", "desc")
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  const { count } = await db
    .selectFrom("unknown_pushers")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return {
    count: Number(count),
    rows: rows.map(({ digest: _, ...row }) => {
      const { sentence = "", advice = "" } = pushRefusals[row.reason as PushRefusal] ?? {};
      return { ...row, pushes: Number(row.pushes), sentence, advice };
    }),
  };
}

function identitiesOf({
  systemTitle,
  logicalDeviceName,
  device,
}: Pick<TurnedAway, "systemTitle" | "logicalDeviceName" | "device">): string[] {
  return [systemTitle, logicalDeviceName, device?.id].filter((identity) => identity !== undefined);
}

const mendable: readonly PushRefusal[] = [
  "unknown_meter",
  "ambiguous_meter",
  "key_missing",
  "settings_invalid",
  "objects_unknown",
  "dials_in_unset",
];

/** A sender is known by what it says of itself, else by its address; ports change with every connection. */
function digestOf({ transport, address, reason, systemTitle, logicalDeviceName, device }: TurnedAway): string {
  const identity = [transport, address, reason, systemTitle, logicalDeviceName, device?.id].map((part) => part ?? "");
  return createHash("sha256").update(identity.join("\n")).digest("hex");
}
