/**
 * Rows of commands for answers of any length: as many at a time as fit a number of bytes, and one whose result alone is
 * longer in parts.
 */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Database } from "../stores/relational/database.ts";
import { type CommandDeviceRow, selectCommandRows } from "./command-rows.ts";

export type CommandPage =
  | { readonly rows: readonly CommandDeviceRow[] }
  /** A row whose result has more rows than fit: they come in `pages`, and `result.rows` is empty. */
  | { readonly row: CommandDeviceRow; readonly pages: AsyncGenerator<readonly unknown[]> };

export interface CommandPageLimits {
  readonly rows: number;
  /** Of results and parameters as JSON. One row may have more, by its parameters. */
  readonly bytes: number;
}

/** Pages of the commands `k` that meet a condition, oldest first, the rows of each in the order of its request. */
export async function* commandPages(
  db: Kysely<Database>,
  condition: RawBuilder<unknown>,
  limits: CommandPageLimits,
): AsyncGenerator<CommandPage> {
  for (const range of rangesOf(await matchingCommands(db, condition), limits.rows)) {
    for (const group of groupsOf(await sizesOf(db, range), limits.bytes)) {
      const [first] = group;
      if (group.length === 1 && first!.resultRows > 0 && first!.resultBytes > limits.bytes) {
        const [row] = await selectCommandRows(db, sql`c.id = ${first!.id}`, { withResults: "without rows" });
        if (row) yield { row, pages: resultPages(db, first!, limits.bytes) };
        continue;
      }
      const ids = group.map(({ id }) => id);
      const rows = await selectCommandRows(db, sql`c.id = any(${ids}::bigint[])`);
      const byId = new Map(rows.map((row) => [row.id, row]));
      yield { rows: ids.flatMap((id) => byId.get(id) ?? []) };
    }
  }
}

/** Rows of some commands, or the positions from one up to another of a single one. */
interface Range {
  readonly commands: readonly string[];
  readonly from: number;
  readonly to: number;
}

interface Counted {
  readonly id: string;
  readonly count: number;
}

async function matchingCommands(db: Kysely<Database>, condition: RawBuilder<unknown>): Promise<readonly Counted[]> {
  const { rows } = await sql<Counted>`
    select k.id, (select count(*)::integer from command_devices c where c.command = k.id) as count
    from commands k where ${condition} order by k.created_at, k.id`.execute(db);
  return rows;
}

function* rangesOf(commands: readonly Counted[], most: number): Generator<Range> {
  let small: string[] = [];
  let sum = 0;
  const gathered = function* (): Generator<Range> {
    if (small.length > 0) yield { commands: small, from: 0, to: most };
    small = [];
    sum = 0;
  };
  for (const { id, count } of commands) {
    if (sum + count > most) yield* gathered();
    if (count <= most) {
      small.push(id);
      sum += count;
    } else {
      for (let from = 0; from < count; from += most) yield { commands: [id], from, to: from + most };
    }
  }
  yield* gathered();
}

interface Size {
  readonly id: number;
  readonly resultBytes: number;
  readonly resultRows: number;
  readonly parameterBytes: number;
}

async function sizesOf(db: Kysely<Database>, { commands, from, to }: Range): Promise<readonly Size[]> {
  const { rows } = await sql<Size>`
    with named as (
      select k.id, k.place, octet_length(p.parameters::text) / greatest(1,
        case when p.command = 'device_creation' then jsonb_array_length(p.parameters -> 'device_identity') else 1 end
      ) as bytes
      from unnest(${commands}::uuid[]) with ordinality as k(id, place) join commands p on p.id = k.id
    )
    select c.id, coalesce(octet_length(c.result::text), 0) as "resultBytes", named.bytes as "parameterBytes",
      case when jsonb_typeof(c.result -> 'rows') = 'array' then jsonb_array_length(c.result -> 'rows') else 0 end as "resultRows"
    from command_devices c join named on named.id = c.command
    where c.position >= ${from} and c.position < ${to} order by named.place, c.position`.execute(db);
  return rows;
}

/** Neighbours that fit the bytes together; one that does not fit stands alone. */
function* groupsOf(sizes: readonly Size[], bytes: number): Generator<readonly Size[]> {
  let group: Size[] = [];
  let sum = 0;
  for (const size of sizes) {
    const own = size.resultBytes + size.parameterBytes;
    if (group.length > 0 && sum + own > bytes) {
      yield group;
      group = [];
      sum = 0;
    }
    group.push(size);
    sum += own;
  }
  if (group.length > 0) yield group;
}

async function* resultPages(
  db: Kysely<Database>,
  { id, resultBytes, resultRows }: Size,
  bytes: number,
): AsyncGenerator<readonly unknown[]> {
  const atOnce = Math.max(1, Math.floor((resultRows * bytes) / resultBytes));
  for (let first = 0; first < resultRows; first += atOnce) {
    const place = JSON.stringify({ first, last: first + atOnce - 1 });
    const { rows } = await sql<{ part: unknown[] | null }>`
      select jsonb_path_query_array(result, '$.rows[$first to $last]', ${place}::jsonb) as part
      from command_devices where id = ${id}`.execute(db);
    // Forgotten meanwhile.
    if (!rows[0]?.part?.length) return;
    yield rows[0].part;
  }
}
