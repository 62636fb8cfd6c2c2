import type { ClickHouseClient } from "@clickhouse/client";
import type { MigrationReport } from "../migration.ts";
import { type ColumnarMigration, type ColumnarTable, columnarMigrations } from "./migrations/index.ts";

/** Applies every migration the store does not have yet. */
export async function migrateColumnar(
  client: ClickHouseClient,
  cluster: string | undefined,
  migrations: readonly ColumnarMigration[] = columnarMigrations,
): Promise<MigrationReport> {
  for (const statement of tableStatements(ledger, cluster)) await client.command({ query: statement });
  const known = await appliedNames(client);
  const applied: string[] = [];
  for (const migration of migrations) {
    if (known.has(migration.name)) continue;
    for (const table of migration.tables) {
      for (const statement of tableStatements(table, cluster)) await client.command({ query: statement });
    }
    // Written last: a starter that dies before applies the migration again, which does no harm.
    await client.insert({
      table: ledger.name,
      values: [{ name: migration.name, applied_at: Date.now() }],
      format: "JSONEachRow",
    });
    applied.push(migration.name);
  }
  return { applied };
}

/** Which migrations were applied. */
const ledger: ColumnarTable = {
  name: "schema_migrations",
  columns: ["name String", "applied_at DateTime64(3, 'UTC')"],
  version: "applied_at",
  orderBy: ["name"],
  shardBy: "sipHash64(name)",
};

async function appliedNames(client: ClickHouseClient): Promise<Set<string>> {
  const answer = await client.query({ query: `SELECT name FROM ${ledger.name} FINAL`, format: "JSONEachRow" });
  return new Set((await answer.json<{ name: string }>()).map((row) => row.name));
}

/**
 * The statements that create a table. On one server or embedded: a ReplacingMergeTree. On a cluster: on every node a
 * replicated `<name>_local`, and under the name itself a Distributed table over them, so that queries are the same.
 */
export function tableStatements(table: ColumnarTable, cluster: string | undefined): string[] {
  const columns = table.columns.join(", ");
  const rest = [
    table.partitionBy ? `PARTITION BY ${table.partitionBy}` : "",
    `ORDER BY (${table.orderBy.join(", ")})`,
    table.settings
      ? `SETTINGS ${Object.entries(table.settings)
          .map(([name, value]) => `${name} = ${typeof value === "number" ? value : `'${value}'`}`)
          .join(", ")}`
      : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
  if (cluster === undefined) {
    return [
      `CREATE TABLE IF NOT EXISTS ${table.name} (${columns}) ENGINE = ReplacingMergeTree(${table.version}) ${rest}`,
    ];
  }
  const onCluster = clause(cluster);
  const local = `${table.name}_local`;
  return [
    `CREATE TABLE IF NOT EXISTS ${local} ${onCluster} (${columns}) ENGINE = ReplicatedReplacingMergeTree(` +
      `'/clickhouse/tables/{shard}/{database}/${local}', '{replica}', ${table.version}) ${rest}`,
    `CREATE TABLE IF NOT EXISTS ${table.name} ${onCluster} AS ${local} ENGINE = Distributed('${cluster.replaceAll("'", "\\'")}', ` +
      `currentDatabase(), ${local}, ${table.shardBy})`,
  ];
}

function clause(cluster: string): string {
  return `ON CLUSTER '${cluster.replaceAll("'", "\\'")}'`;
}
