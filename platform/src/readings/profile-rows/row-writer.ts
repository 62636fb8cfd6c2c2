import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import { GroupCommit } from "../../stores/columnar/group-commit.ts";
import { insertNative } from "../../stores/columnar/native-insert.ts";
import { type ProfileRow, type RowTable, rowTableCodes } from "./profile-row.ts";
import { blockColumns, RowBlock } from "./row-block.ts";
import { rowColumns } from "./row-columns.ts";
import type { RowIds } from "./row-ids.ts";
import type { RowVisibility } from "./row-visibility.ts";

/** The one way into the tables of rows, for every source. */
export interface ProfileRowStore {
  /**
   * Stores rows; resolves when they are durable. A row of the same key replaces the earlier one, whole. Decimals are kept
   * with three digits after the point: energies cut, other values rounded half up.
   *
   * @throws RangeError naming the row and field that cannot be stored: then nothing is
   */
  write(rows: readonly ProfileRow[]): Promise<void>;
}

/** Rows that are made ready as they come, and stored together. */
export interface RowBatch {
  /** @throws RangeError naming the row and field that cannot be stored: then none of these rows is taken */
  add(rows: readonly ProfileRow[]): void;
  /** Resolves when all are durable. Rows of one table may be so before those of another. */
  store(): Promise<void>;
}

export interface BatchedRowStore extends ProfileRowStore {
  begin(): RowBatch;
}

export interface ProfileRowWriter {
  begin(): RowBatch;
  /** Rows taken and not yet on disk. */
  readonly rowsInMemory: number;
  /** Takes nothing more and resolves when everything taken is stored. */
  close(): Promise<void>;
}

export interface ProfileRowWriterOptions {
  readonly columnar: Pick<ColumnarStore, "client">;
  readonly ids: Pick<RowIds, "take">;
  readonly visibility: RowVisibility;
}

/** Limits of one table's writer: 40,000 rows of the widest are 34 MB, and take a third of a second on two cores. */
const writerLimits = {
  rowsPerInsert: 40_000,
  rowsInMemory: 120_000,
  rowsWorthAnInsert: 1_000,
  millisecondsBetweenInserts: 20,
  millisecondsToGather: 5,
} as const;

/** Rows of a block. The engine looks at each column of each block anew: of blocks of 80 rows it took four times as long. */
const rowsPerBlock = 4_000;
/** A batch that goes on gets ever longer blocks. */
const growth = 4;
/** Inserts that came too late before the rows are refused: a store so slow takes nothing. */
const mostInserts = 3;

export function createProfileRowWriter(options: ProfileRowWriterOptions): ProfileRowWriter {
  const groups = new Map(rowTableCodes.map((table) => [table, groupOf(table, options)]));
  return {
    begin: () => {
      const blocks = new BatchedBlocks();
      return {
        add: (rows) => blocks.add(rows),
        store: async () => {
          await Promise.all(blocks.all().map((block) => groups.get(block.table)!.add(block, block.rows)));
        },
      };
    },
    get rowsInMemory() {
      return [...groups.values()].reduce((sum, group) => sum + group.rowsInMemory, 0);
    },
    close: async () => {
      await Promise.all([...groups.values()].map((group) => group.close()));
    },
  };
}

/** The rows of a batch: of each table blocks, of which the last may have room. */
class BatchedBlocks {
  readonly #byTable = new Map<RowTable, RowBlock[]>();

  all(): RowBlock[] {
    return [...this.#byTable.values()].flat();
  }

  /** @throws RangeError as `RowBatch.add` does */
  add(rows: readonly ProfileRow[]): void {
    const before = new Map(this.all().map((block) => [block, block.rows]));
    try {
      for (const [table, ofTable] of Map.groupBy(rows, (row) => row.table)) this.#addTo(table, ofTable);
    } catch (error) {
      for (const block of this.all()) block.truncate(before.get(block) ?? 0);
      throw error;
    }
  }

  #addTo(table: RowTable, rows: readonly ProfileRow[]): void {
    const blocks = this.#byTable.get(table) ?? [];
    this.#byTable.set(table, blocks);
    for (let first = 0; first < rows.length; ) {
      let block = blocks.at(-1);
      if (block === undefined || block.room === 0) {
        const wanted = Math.max(rows.length - first, (block?.rows ?? 0) * growth);
        block = new RowBlock(table, Math.min(wanted, rowsPerBlock));
        blocks.push(block);
      }
      const part = rows.slice(first, first + block.room);
      block.add(part);
      first += part.length;
    }
  }
}

function groupOf(code: RowTable, { columnar, ids, visibility }: ProfileRowWriterOptions): GroupCommit<RowBlock> {
  const { table } = rowColumns[code];
  return new GroupCommit({
    ...writerLimits,
    insert: async (blocks) => {
      const count = blocks.reduce((sum, { rows }) => sum + rows, 0);
      for (let inserts = 0; inserts < mostInserts; inserts++) {
        const begun = performance.now();
        let id = await ids.take(table, count);
        const bytes = blocks.map((block) => {
          id += block.rows;
          return block.bytes(id - block.rows);
        });
        await insertNative(columnar, table, blockColumns[code], bytes);
        if (performance.now() - begun <= visibility.insertMilliseconds) return;
        // Readers may have passed these ids while the rows were on their way: again, with ids that nobody has passed.
      }
      throw new Error(
        `the columnar store takes longer than ${visibility.insertMilliseconds} ms to insert ${count} rows into ${table}`,
      );
    },
  });
}
