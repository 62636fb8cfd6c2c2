import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import { GroupCommit } from "../../stores/columnar/group-commit.ts";
import type { NativeBlock } from "../../stores/columnar/native-block.ts";
import { insertNative } from "../../stores/columnar/native-insert.ts";
import { type ProfileRow, type RowTable, rowTableCodes } from "./profile-row.ts";
import { blockColumns, rowsAsBlock, writeIds } from "./row-block.ts";
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

/** Limits of one table's writer. Rows are wide: 20,000 take a quarter of a second on two cores, and 10 MB as text. */
const writerLimits = {
  rowsPerInsert: 20_000,
  rowsInMemory: 60_000,
  rowsWorthAnInsert: 1_000,
  millisecondsBetweenInserts: 20,
  millisecondsToGather: 5,
} as const;

/** Rows of one call that are made a block at once: as many as an insert takes. */
const rowsPerPart = writerLimits.rowsPerInsert;
/** Inserts that came too late before the rows are refused: a store so slow takes nothing. */
const mostInserts = 3;

export function createProfileRowWriter(options: ProfileRowWriterOptions): ProfileRowWriter {
  const groups = new Map(rowTableCodes.map((table) => [table, groupOf(table, options)]));
  return {
    begin: () => {
      const parts: { group: GroupCommit<NativeBlock>; block: NativeBlock }[] = [];
      return {
        add: (rows) => parts.push(...blocksOf(rows).map(({ table, block }) => ({ group: groups.get(table)!, block }))),
        store: async () => {
          await Promise.all(parts.map(({ group, block }) => group.add(block, block.capacity)));
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

function blocksOf(rows: readonly ProfileRow[]): { table: RowTable; block: NativeBlock }[] {
  return [...Map.groupBy(rows, (row) => row.table)].flatMap(([table, ofTable]) => {
    const parts: { table: RowTable; block: NativeBlock }[] = [];
    for (let first = 0; first < ofTable.length; first += rowsPerPart) {
      parts.push({ table, block: rowsAsBlock(table, ofTable.slice(first, first + rowsPerPart)) });
    }
    return parts;
  });
}

function groupOf(code: RowTable, { columnar, ids, visibility }: ProfileRowWriterOptions): GroupCommit<NativeBlock> {
  const { table } = rowColumns[code];
  return new GroupCommit({
    ...writerLimits,
    insert: async (blocks) => {
      const count = blocks.reduce((sum, { capacity }) => sum + capacity, 0);
      for (let inserts = 0; inserts < mostInserts; inserts++) {
        const begun = performance.now();
        let id = await ids.take(table, count);
        for (const block of blocks) id = writeIds(code, block, id);
        await insertNative(
          columnar,
          table,
          blockColumns[code],
          blocks.map((block) => block.bytes()),
        );
        if (performance.now() - begun <= visibility.insertMilliseconds) return;
        // Readers may have passed these ids while the rows were on their way: again, with ids that nobody has passed.
      }
      throw new Error(
        `the columnar store takes longer than ${visibility.insertMilliseconds} ms to insert ${count} rows into ${table}`,
      );
    },
  });
}
