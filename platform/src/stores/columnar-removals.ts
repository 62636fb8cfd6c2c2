import type { ColumnarStore } from "./columnar/columnar-store.ts";
import { integer } from "./columnar/literals.ts";
import { columnarMigrations } from "./columnar/migrations/index.ts";
import { deleteRows, selectRows } from "./columnar/row-queries.ts";
import type { RelationalStore } from "./relational/relational-store.ts";
import type { ColumnarRemovalTable } from "./relational/tables/readings.ts";

type Owner = ColumnarRemovalTable["owner"];

/** What a deleted row left in the columnar store. */
interface Removal {
  readonly id: number;
  readonly owner: Owner;
  readonly number: number;
  readonly organization_number: number;
}

/** Column by which the rows of the columnar store name each owner. */
const columnOf: Readonly<Record<Owner, string>> = {
  meter_devices: "device_number",
  meter_reading_series: "series_number",
};

/**
 * How long rows for a deleted owner may still arrive: readings that waited in a writer's memory, a session with
 * the meter that had begun, another process that still remembers the name.
 */
const stragglersMilliseconds = 600_000;

/** Owners cleared by one statement. */
const ownersAtOnce = 1000;

export interface ColumnarRemovalsOptions {
  readonly relational: Pick<RelationalStore, "db">;
  readonly columnar: Pick<ColumnarStore, "client" | "cluster">;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/**
 * Clears the columnar store of what belonged to rows deleted from the relational one. What is to go is noted by the
 * transaction of the deletion (migration 0004) and forgotten only afterwards, so a process may die at any point.
 */
export class ColumnarRemovals {
  readonly #options: ColumnarRemovalsOptions;
  readonly #clock: () => number;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(options: ColumnarRemovalsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
  }

  /**
   * Clears what was deleted before the call, and once more what was deleted a while ago. Calls during one round share the next.
   */
  clear(): Promise<void> {
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      const round = this.#clearDeleted().then(() => this.#clearStragglers());
      this.#running = round.catch(() => {});
      return round;
    });
    return this.#next;
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#next) await this.#next.catch(() => {});
    await this.#running;
  }

  async #clearDeleted(): Promise<void> {
    const { db } = this.#options.relational;
    for (;;) {
      const removals = await this.#noted().where("removed_at", "is", null).execute();
      if (removals.length === 0) return;
      await this.#clearRows(removals);
      const removed_at = new Date(this.#clock());
      await db.updateTable("columnar_removals").set({ removed_at }).where("id", "in", idsOf(removals)).execute();
    }
  }

  async #clearStragglers(): Promise<void> {
    const { db } = this.#options.relational;
    const settled = new Date(this.#clock() - stragglersMilliseconds);
    for (;;) {
      const removals = await this.#noted().where("removed_at", "<=", settled).execute();
      if (removals.length === 0) return;
      await this.#clearRows(removals);
      await db.deleteFrom("columnar_removals").where("id", "in", idsOf(removals)).execute();
    }
  }

  #noted() {
    return this.#options.relational.db
      .selectFrom("columnar_removals")
      .select(["id", "owner", "number", "organization_number"])
      .orderBy("id")
      .limit(ownersAtOnce);
  }

  async #clearRows(removals: readonly Removal[]): Promise<void> {
    const { columnar } = this.#options;
    for (const [owner, group] of Map.groupBy(removals, (removal) => removal.owner)) {
      const column = columnOf[owner];
      const pairs = group.map((removal) => `(${integer(removal.organization_number)}, ${integer(removal.number)})`);
      const condition = `(organization_number, ${column}) IN (${pairs.join(", ")})`;
      for (const table of tablesWith(column)) {
        // A deletion looks at every part of the table, also when there is nothing to delete.
        const found = await selectRows(columnar, `SELECT 1 FROM ${table} WHERE ${condition} LIMIT 1`);
        if (found.length > 0) await deleteRows(columnar, table, condition);
      }
    }
  }
}

function tablesWith(column: string): string[] {
  const tables = columnarMigrations.flatMap((migration) => migration.tables);
  return tables.filter(({ columns }) => columns.some((one) => one.startsWith(`${column} `))).map(({ name }) => name);
}

function idsOf(removals: readonly Removal[]): number[] {
  return removals.map(({ id }) => id);
}
