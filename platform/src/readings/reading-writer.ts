import { Readable } from "node:stream";
import type { Kysely } from "kysely";
import type { ColumnarStore } from "../stores/columnar/columnar-store.ts";
import { GroupCommit, type GroupCommitOptions } from "../stores/columnar/group-commit.ts";
import { insertNative } from "../stores/columnar/native-insert.ts";
import type { Database } from "../stores/relational/database.ts";
import { IdBlocks } from "../stores/relational/id-blocks.ts";
import { parseDecimal } from "./decimal.ts";
import { ReadingRows, readingColumns, seriesPrefix } from "./reading-rows.ts";
import { instantLimits } from "./timestamp.ts";
import { type WideReadings, wideColumns } from "./wide-readings.ts";

/** A reading by the numbers of what it belongs to. */
export interface Reading {
  readonly organizationNumber: number;
  readonly deviceNumber: number;
  readonly seriesNumber: number;
  /** Milliseconds since 1970, UTC. */
  readonly timestamp: number;
  /** Exact decimal with at most 12 digits before and 6 after the point. */
  readonly value: string;
}

/** Tells what became of the rows: they are on disk. */
export interface WriteReceipt {
  /** Id of the first row; the others follow in the order they were given. */
  readonly firstId: number;
  /** Milliseconds since 1970, UTC. */
  readonly createdAt: number;
}

/** The one way into the table of readings, for every source. */
export interface ReadingWriter {
  /**
   * Stores readings; resolves when they are durable. The same device, series and timestamp again replaces the
   * earlier value. Waits while the writer has its fill.
   *
   * @throws RangeError naming the row when a number, timestamp or value is out of range: then nothing is stored
   */
  write(readings: readonly Reading[]): Promise<WriteReceipt>;
  /** Begins rows to be filled by a caller that encodes by itself, for `writeRows`. */
  beginRows(capacity: number): Promise<ReadingRows>;
  /** Stores such rows, as `write` does. */
  writeRows(rows: ReadingRows): Promise<WriteReceipt>;
  /** Stores rows of several values each; resolves when they are durable. */
  writeWide(rows: WideReadings): Promise<void>;
  /** Rows taken and not yet on disk. */
  readonly rowsInMemory: number;
  /** Takes nothing more and resolves when everything taken is stored. */
  close(): Promise<void>;
}

/** Limits of the writer. Measured on two cores: 20,000 rows an insert reach 1.0, 100,000 reach 1.4 million rows a second. */
const writerLimits = {
  rowsPerInsert: 100_000,
  /** About 25 MB as text. */
  rowsInMemory: 300_000,
  rowsWorthAnInsert: 1_000,
  /** Two hundred parts a second at most, which background merges keep up with; adds as much to a lonely reading. */
  millisecondsBetweenInserts: 5,
  /** About what an insert takes: waiting longer for company costs more than it saves. */
  millisecondsToGather: 5,
  /** Rows of one call of `write`. */
  rowsPerCall: 100_000,
} satisfies Omit<GroupCommitOptions, "insert"> & { rowsPerCall: number };

/** Of rows of several values, which come in great numbers: 44 bytes each, sorted and stored in the time of a quarter as many as text. */
const wideLimits = { ...writerLimits, rowsPerInsert: 400_000, rowsInMemory: 1_600_000 };

export function createReadingWriter(db: Kysely<Database>, columnar: ColumnarStore): ReadingWriter {
  const ids = new IdBlocks(db, "meter_reading_blocks");
  const versions = new Versions();
  const group = new GroupCommit({
    ...writerLimits,
    insert: async (bytes) => {
      await columnar.client.insert({
        table: "meter_readings",
        columns: readingColumns as unknown as [string, ...string[]],
        format: "TabSeparated",
        values: Readable.from(bytes, { objectMode: false }),
      });
    },
  });
  const wide = new GroupCommit({
    ...wideLimits,
    insert: (blocks) => insertNative(columnar, "meter_readings", wideColumns, blocks),
  });
  const beginRows = async (capacity: number) => new ReadingRows(capacity, await ids.take(capacity), versions.next());
  const writeRows = async (rows: ReadingRows): Promise<WriteReceipt> => {
    await group.add(rows.compactBytes(), rows.count);
    return { firstId: rows.firstId, createdAt: Math.floor(rows.version / 1000) };
  };
  return {
    write: async (readings) => {
      if (readings.length > writerLimits.rowsPerCall) {
        throw new RangeError(`${readings.length} readings in one call; at most ${writerLimits.rowsPerCall} are taken`);
      }
      const values = readings.map(checkedValue);
      const rows = await beginRows(readings.length);
      readings.forEach(({ organizationNumber, deviceNumber, seriesNumber, timestamp }, index) => {
        const value = values[index]!;
        rows.add(seriesPrefix(organizationNumber, deviceNumber, seriesNumber), timestamp, value, 0, value.length);
      });
      return writeRows(rows);
    },
    beginRows,
    writeRows,
    writeWide: async (rows) => {
      if (rows.count === 0) return;
      await wide.add(rows.bytes(await ids.take(rows.count), versions.next()), rows.count);
    },
    get rowsInMemory() {
      return group.rowsInMemory + wide.rowsInMemory;
    },
    close: async () => {
      await Promise.all([group.close(), wide.close()]);
    },
  };
}

/** Microseconds since 1970 that only ever grow, so that a later write wins over an earlier one of this process. */
class Versions {
  #last = 0;

  next(): number {
    this.#last = Math.max(this.#last + 1, Date.now() * 1000);
    return this.#last;
  }
}

const largestNumber = 2 ** 32 - 1;

function checkedValue(reading: Reading, index: number): Uint8Array {
  const { organizationNumber, deviceNumber, seriesNumber, timestamp, value } = reading;
  for (const [name, number] of Object.entries({ organizationNumber, deviceNumber, seriesNumber })) {
    if (!Number.isInteger(number) || number < 0 || number > largestNumber) {
      throw new RangeError(`reading ${index}: ${name} ${number} is no integer from 0 to ${largestNumber}`);
    }
  }
  if (!Number.isInteger(timestamp) || timestamp < instantLimits.earliest || timestamp > instantLimits.latest) {
    throw new RangeError(`reading ${index}: timestamp ${timestamp} is outside 1900-01-01 … 2299-12-31`);
  }
  try {
    return Buffer.from(parseDecimal(value));
  } catch (error) {
    throw new RangeError(`reading ${index}: value ${JSON.stringify(value)}: ${(error as Error).message}`);
  }
}
