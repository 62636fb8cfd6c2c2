import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import type { RelationalStore } from "../../stores/relational/relational-store.ts";
import { createMeterVisuals, type MeterVisuals } from "./meter-visuals.ts";
import { hasValues } from "./row-columns.ts";
import { RowIds } from "./row-ids.ts";
import { ProfileRowQueries } from "./row-queries.ts";
import { type RowVisibility, rowVisibility } from "./row-visibility.ts";
import { NewestRows } from "./row-visuals.ts";
import { type BatchedRowStore, createProfileRowWriter, type RowBatch } from "./row-writer.ts";

export interface ProfileRowsOptions {
  readonly relational: Pick<RelationalStore, "db">;
  readonly columnar: Pick<ColumnarStore, "client" | "cluster">;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** Instead of the usual waits of readers that keep their place. */
  readonly visibility?: RowVisibility;
}

/** Rows and visuals, as the other rooms and the composition root see them. */
export interface ProfileRows {
  /** Stores rows, and what they tell of the newest state of their meters; rows without a value of their table only that. */
  readonly store: BatchedRowStore;
  readonly queries: ProfileRowQueries;
  readonly visuals: MeterVisuals;
  /** Resolves when everything taken is durable. Call it before the stores are closed. */
  close(): Promise<void>;
}

export function createProfileRows({
  relational,
  columnar,
  clock = Date.now,
  visibility,
}: ProfileRowsOptions): ProfileRows {
  const waits = visibility ?? rowVisibility(columnar.cluster);
  const ids = new RowIds(relational.db, clock);
  const writer = createProfileRowWriter({ columnar, ids, visibility: waits });
  const visuals = createMeterVisuals(columnar, clock);
  const begin = (): RowBatch => {
    const batch = writer.begin();
    const newest = new NewestRows(clock());
    return {
      add: (rows) => {
        batch.add(rows.filter(hasValues));
        newest.add(rows);
      },
      store: async () => {
        await batch.store();
        await visuals.update(newest.visuals());
      },
    };
  };
  return {
    store: {
      begin,
      write: async (rows) => {
        const batch = begin();
        batch.add(rows);
        await batch.store();
      },
    },
    queries: new ProfileRowQueries(columnar, waits, clock),
    visuals,
    close: async () => {
      await writer.close();
      await visuals.close();
    },
  };
}
