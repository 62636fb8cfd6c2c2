/** Beside the administration of MDCs: how reading them goes, what could not be stored, and which meters they have. */
import type { FastifyPluginAsync } from "fastify";
import { type Kysely, type RawBuilder, sql } from "kysely";
import Type from "typebox";
import { invalidFields, notFound } from "../../errors/platform-error.ts";
import { pageBody, pageOf, pageSchema, pagingParameters } from "../../http/paging.ts";
import { route } from "../../http/route.ts";
import type { Scope } from "../../registry/scope.ts";
import type { Sealer } from "../../registry/sealing.ts";
import type { Database } from "../../stores/relational/database.ts";
import { type FailureCode, failures } from "./connection/failures.ts";
import type { MeterDirectory } from "./intake/meter-directory.ts";
import { loadMdcs, type Mdc } from "./peers/mdc.ts";
import type { Poller } from "./polling/poller.ts";
import { replayRows } from "./set-aside/replay.ts";
import type { SetAside } from "./set-aside/set-aside.ts";

export interface MdcRouteDependencies {
  readonly db: Kysely<Database>;
  readonly sealer: Sealer;
  readonly poller: Poller;
  readonly setAside: SetAside;
  readonly meters: MeterDirectory;
  readonly pageSize: number;
  readonly now: () => number;
}

/** Set-aside rows of one request. */
const mostReplayed = 5_000;
/** Meters of one request. */
const mostMeters = 10_000;

export function mdcRoutes(dependencies: MdcRouteDependencies): FastifyPluginAsync {
  const { db, poller, setAside, meters, pageSize, now } = dependencies;
  const tag = "UDIL MDCs";
  return async (app) => {
    route(app, {
      method: "GET",
      path: "/v1/udil/mdcs/:id/state",
      operationId: "udil_mdcs_state_read",
      tag,
      summary: "Read how reading an MDC goes",
      description:
        "The last poll and what it failed of, how far each table was read, what is set aside, what commands wait.",
      params: mdcParameters,
      responses: { 200: { description: "The state of the MDC", schema: MdcState } },
      handler: async ({ params, scope }) => await stateOf(db, await visibleMdc(db, params.id, scope), now()),
    });
    route(app, {
      method: "POST",
      path: "/v1/udil/mdcs/:id/poll",
      operationId: "udil_mdcs_poll_create",
      tag,
      summary: "Poll an MDC now",
      description: "It is polled as soon as a process that polls looks: in seconds.",
      params: mdcParameters,
      responses: { 202: { description: "It will be polled" } },
      handler: async ({ params }) => {
        await inUse(dependencies, params.id);
        await poller.leases.soon(params.id);
        poller.wake();
      },
    });
    route(app, {
      method: "POST",
      path: "/v1/udil/mdcs/:id/meters",
      operationId: "udil_mdcs_meters_create",
      tag,
      summary: "Name meters of an MDC",
      description:
        "Makes devices of protocol udil for meters that the MDC has, so that it is asked for their rows. Those it has already are left as they are.",
      params: mdcParameters,
      body: NamedMeters,
      responses: { 200: { description: "What became of each", schema: NamedMetersAnswer } },
      handler: async ({ params, body }) => {
        const mdc = await inUse(dependencies, params.id);
        const names = body.meters.map(({ global_device_id, msn }) => ({ globalDeviceId: global_device_id, msn }));
        const found = await meters.find(mdc, names, true);
        await poller.leases.soon(mdc.id);
        poller.wake();
        return {
          meters: [...found].map(([global_device_id, meter]) =>
            "code" in meter
              ? { global_device_id, meter_device: null, reason: meter.reason }
              : { global_device_id, meter_device: meter.id, reason: null },
          ),
        };
      },
    });
    route(app, {
      method: "GET",
      path: "/v1/udil/mdcs/:id/set-aside",
      operationId: "udil_mdcs_set-aside_list",
      tag,
      summary: "List what an MDC delivered that could not be stored",
      params: mdcParameters,
      query: Type.Object({ ...pagingParameters, ...setAsideFilters }),
      responses: { 200: { description: "A page of rows, oldest first", schema: pageSchema(SetAsideEntry) } },
      handler: async ({ params, query, scope, address }) => {
        const mdc = await visibleMdc(db, params.id, scope);
        const page = pageOf(query, pageSize);
        const condition = sql.join([sql`s.mdc = ${mdc}::uuid`, ...conditionsOf(query)], sql` and `);
        const { rows } = await sql<object>`
          select s.id, s.table_code as "table", s.kind, s.reason_code, s.reason, s.global_device_id, s.raw, s.request,
            s.times_seen, s.replays, s.replay_at, s.first_seen_at, s.last_seen_at
          from udil_set_aside_rows s where ${condition} order by s.id limit ${page.limit} offset ${page.offset}`.execute(
          db,
        );
        const counted = await sql<{ count: number }>`
          select count(*)::integer as count from udil_set_aside_rows s where ${condition}`.execute(db);
        return pageBody(address, page, { count: counted.rows[0]!.count, rows });
      },
    });
    route(app, {
      method: "POST",
      path: "/v1/udil/mdcs/:id/set-aside/replay",
      operationId: "udil_mdcs_set-aside_replay",
      tag,
      summary: "Try again what was set aside",
      description: `Rows as they came; for answers the MDC is asked again with the next poll. At most ${mostReplayed} at once, those that were tried least first.`,
      params: mdcParameters,
      body: Chosen,
      responses: { 200: { description: "What became of them", schema: ReplayAnswer } },
      handler: async ({ params, body }) => {
        const mdc = await inUse(dependencies, params.id);
        const entries = await setAside.page(mdc.id, idsOf(body), mostReplayed);
        const { true: answers = [], false: rows = [] } = Object.groupBy(entries, ({ kind }) =>
          kind === "answer" ? "true" : "false",
        );
        const replayed = await replayRows(poller.servicesFor(mdc.id), mdc, rows);
        if (answers.length > 0) {
          await setAside.askSoon(answers);
          await poller.leases.soon(mdc.id);
          poller.wake();
        }
        return { ...replayed, asked_again: answers.length };
      },
    });
    route(app, {
      method: "POST",
      path: "/v1/udil/mdcs/:id/set-aside/discard",
      operationId: "udil_mdcs_set-aside_discard",
      tag,
      summary: "Discard what was set aside",
      params: mdcParameters,
      body: Chosen,
      responses: { 200: { description: "How many are gone", schema: DiscardAnswer } },
      handler: async ({ params, body, scope }) => {
        const mdc = await visibleMdc(db, params.id, scope);
        const entries = await setAside.page(mdc, idsOf(body), mostReplayed);
        await setAside.remove(entries.map(({ id }) => id));
        return { discarded: entries.length };
      },
    });
  };
}

const maybe = (schema: { type?: unknown }) => Type.Unsafe({ ...schema, type: [schema.type, "null"] });
const instant = (description: string) => Type.String({ format: "date-time", description });
const count = (description: string) => Type.Integer({ minimum: 0, description });

const mdcParameters = Type.Object({
  id: Type.String({ format: "uuid", description: "A UUID string identifying this MDC." }),
});

const setAsideFilters = {
  table: Type.Optional(Type.String({ maxLength: 4, description: "Code of a table of UDIL, such as LPRO." })),
  reason_code: Type.Optional(Type.String({ maxLength: 40 })),
  global_device_id: Type.Optional(Type.String({ maxLength: 200 })),
};

const TableState = Type.Object({
  table: Type.String({ description: "Code of the table." }),
  read_until: maybe(instant("By the MDC's db_datetime: everything up to it is stored or set aside.")),
  last_id: maybe(Type.Integer({ description: "Of a database that is read by id." })),
  lag_seconds: maybe(Type.Integer({ description: "From the newest row, by the meter's clock, to now." })),
  newest_row_at: maybe(instant("By the meters' clocks.")),
  stored_at: maybe(instant("When rows were stored last.")),
  rows_stored: count("Rows stored, over all time."),
  rows_set_aside: count("Rows set aside, over all time."),
});

const MdcState = Type.Object(
  {
    polling: Type.Boolean({ description: "A process has it in hand." }),
    started_at: maybe(instant("Begin of the last poll.")),
    succeeded_at: maybe(instant("End of the last poll that succeeded.")),
    next_poll_at: maybe(instant("When it is polled next; null while it is polled, and before the first time.")),
    failures: count("Polls that failed since."),
    error_code: maybe(Type.String({ description: "What the last poll failed of." })),
    error: maybe(Type.String({ description: "The same in a sentence." })),
    error_advice: maybe(Type.String({ description: "What to do about it." })),
    meters: count("Meters it has."),
    set_aside: count("Rows and answers that are set aside now."),
    commands_under_way: count("Commands for its meters that have not ended."),
    tables: Type.Array(TableState),
  },
  { $id: "UdilMdcState" },
);

const SetAsideEntry = Type.Object(
  {
    id: Type.Integer(),
    table: Type.String(),
    kind: Type.String({
      description: "row, or answer: an answer that could not be read, which is asked for again by itself",
    }),
    reason_code: Type.String(),
    reason: Type.String(),
    global_device_id: maybe(Type.String()),
    raw: Type.String({ description: "The row as it came, or the body of the answer." }),
    request: Type.Unsafe<object | null>({
      type: ["object", "null"],
      additionalProperties: true,
      description: "Of an answer: what was asked for.",
    }),
    times_seen: count("How often it was delivered."),
    replays: count("How often it was tried again."),
    replay_at: maybe(instant("When an answer is asked for again.")),
    first_seen_at: instant("First delivery"),
    last_seen_at: instant("Last delivery"),
  },
  { $id: "UdilSetAsideRow" },
);

const Chosen = Type.Object(
  {
    ids: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: mostReplayed })),
    all: Type.Optional(Type.Unsafe<true>({ type: "boolean", enum: [true] })),
  },
  { $id: "UdilSetAsideChoice", additionalProperties: false, description: "Either ids, or all." },
);

const ReplayAnswer = Type.Object({
  stored: count("Are stored now, and no longer set aside."),
  refused: count("Still cannot be stored, with the reason as it is now."),
  asked_again: count("Answers, for which the MDC is asked again with the next poll."),
});
const DiscardAnswer = Type.Object({ discarded: count("Are gone.") });

const NamedMeters = Type.Object(
  {
    meters: Type.Array(
      Type.Object(
        {
          global_device_id: Type.String({ minLength: 1, maxLength: 50 }),
          msn: Type.Optional(Type.String({ pattern: "^[0-9]{1,20}$" })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: mostMeters },
    ),
  },
  { $id: "UdilMdcMeters", additionalProperties: false },
);
const NamedMetersAnswer = Type.Object({
  meters: Type.Array(
    Type.Object({
      global_device_id: Type.String(),
      meter_device: maybe(Type.String({ format: "uuid" })),
      reason: maybe(Type.String({ description: "Why it could not be made." })),
    }),
  ),
});

function idsOf({ ids, all }: { ids?: readonly number[]; all?: true }): readonly number[] | undefined {
  if ((ids === undefined) === (all === undefined)) throw invalidFields({ ids: 'Give either ids, or "all": true.' });
  return ids;
}

/** @returns its id. @throws PlatformError `not_found` */
async function visibleMdc(db: Kysely<Database>, id: string, scope: Scope): Promise<string> {
  const visible = scope.staff ? sql`true` : sql`organization = ${scope.organization}::uuid`;
  const { rows } = await sql`select from udil_mdcs where id = ${id}::uuid and ${visible}`.execute(db);
  if (rows.length === 0) throw notFound();
  return id;
}

async function inUse({ db, sealer }: MdcRouteDependencies, id: string): Promise<Mdc> {
  const [mdc] = await loadMdcs(db, sealer, [id]);
  if (mdc) return mdc;
  await visibleMdc(db, id, { staff: true });
  throw invalidFields({ non_field_errors: "The MDC, or its organization, is not active." });
}

function conditionsOf(query: {
  table?: string;
  reason_code?: string;
  global_device_id?: string;
}): RawBuilder<unknown>[] {
  const { table, reason_code, global_device_id } = query;
  return [
    ...(table === undefined ? [] : [sql`s.table_code = ${table}`]),
    ...(reason_code === undefined ? [] : [sql`s.reason_code = ${reason_code}`]),
    ...(global_device_id === undefined ? [] : [sql`s.global_device_id = ${global_device_id}`]),
  ];
}

async function stateOf(db: Kysely<Database>, mdc: string, now: number) {
  const { rows } = await sql<{
    polling: boolean;
    error_code: FailureCode | null;
    tables: readonly { newest_row_at: string | null }[];
  }>`
    select coalesce(p.lease_expires_at > now(), false) as polling, p.started_at, p.succeeded_at, p.next_poll_at,
      coalesce(p.failures, 0) as failures, p.error_code, p.error,
      (select count(*)::integer from meter_devices d where d.udil_mdc = m.id) as meters,
      (select count(*)::integer from udil_set_aside_rows s where s.mdc = m.id) as set_aside,
      (select count(*)::integer from command_devices c where c.udil_mdc = m.id and c.state in ('waiting', 'running'))
        as commands_under_way
    from udil_mdcs m left join udil_mdc_polls p on p.mdc = m.id where m.id = ${mdc}::uuid`.execute(db);
  const tables = await sql<{ newest_row_at: Date | null }>`
    select table_code as "table", read_until, last_id, newest_row_at, stored_at, rows_stored, rows_set_aside
    from udil_mdc_cursors where mdc = ${mdc}::uuid order by table_code`.execute(db);
  const state = rows[0]!;
  return {
    ...state,
    error_advice: state.error_code === null ? null : (failures[state.error_code]?.advice ?? null),
    tables: tables.rows.map((table) => ({
      ...table,
      lag_seconds: table.newest_row_at && Math.round((now - table.newest_row_at.getTime()) / 1000),
    })),
  };
}
