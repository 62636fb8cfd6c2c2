import { Readable } from "node:stream";
import type { Kysely } from "kysely";
import { instantLimits } from "../readings/timestamp.ts";
import type { ColumnarStore } from "../stores/columnar/columnar-store.ts";
import { GroupCommit } from "../stores/columnar/group-commit.ts";
import { tabSeparated } from "../stores/columnar/tab-separated.ts";
import type { Database } from "../stores/relational/database.ts";
import { IdBlocks } from "../stores/relational/id-blocks.ts";

/** Something that happened in a meter, or was found out about it. */
export interface MeterSystemEvent {
  readonly organizationNumber: number;
  readonly deviceNumber: number;
  /** Milliseconds since 1970, UTC. */
  readonly timestamp: number;
  /** 1 to 50 characters. */
  readonly title: string;
  /** 1 to 500 characters. */
  readonly content: string;
}

/** Tells what became of the events: they are on disk. */
export interface EventReceipt {
  /** Id of the first event; the others follow in the order they were given. */
  readonly firstId: number;
  /** Milliseconds since 1970, UTC. */
  readonly createdAt: number;
}

/** The one way into the table of events. */
export interface EventWriter {
  /**
   * Stores events; resolves when they are durable. The same title and content of the same device at the same time is
   * one event. Longer texts are cut.
   *
   * @throws RangeError naming the event whose timestamp is out of range: then nothing is stored
   */
  write(events: readonly MeterSystemEvent[]): Promise<EventReceipt>;
  /** Takes nothing more and resolves when everything taken is stored. */
  close(): Promise<void>;
}

export const eventLimits = { titleCharacters: 50, contentCharacters: 500 } as const;

const eventColumns = ["organization_number", "device_number", "timestamp", "title", "content", "id", "created_at"];

export function createEventWriter(db: Kysely<Database>, { client }: ColumnarStore): EventWriter {
  const ids = new IdBlocks(db, "meter_system_event_blocks");
  const group = new GroupCommit({
    rowsPerInsert: 20_000,
    rowsInMemory: 100_000,
    rowsWorthAnInsert: 1_000,
    millisecondsBetweenInserts: 10,
    millisecondsToGather: 5,
    insert: async (bytes) => {
      await client.insert({
        table: "meter_system_events",
        columns: eventColumns as [string, ...string[]],
        format: "TabSeparated",
        values: Readable.from(bytes, { objectMode: false }),
      });
    },
  });
  return {
    write: async (events) => {
      events.forEach(refuseOutOfRange);
      const createdAt = Date.now();
      const firstId = await ids.take(events.length);
      const rows = events.map(({ organizationNumber, deviceNumber, timestamp, title, content }, index) => [
        organizationNumber,
        deviceNumber,
        engineTime(timestamp),
        cut(title, eventLimits.titleCharacters),
        cut(content, eventLimits.contentCharacters),
        firstId + index,
        engineTime(createdAt),
      ]);
      await group.add(Buffer.from(tabSeparated(rows)), events.length);
      return { firstId, createdAt };
    },
    close: () => group.close(),
  };
}

function engineTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("T", " ").slice(0, 23);
}

/** Cuts at characters, never between the halves of one. */
function cut(text: string, characters: number): string {
  return text.length <= characters ? text : [...text].slice(0, characters).join("");
}

function refuseOutOfRange({ timestamp }: MeterSystemEvent, index: number): void {
  if (Number.isInteger(timestamp) && timestamp >= instantLimits.earliest && timestamp <= instantLimits.latest) return;
  throw new RangeError(`event ${index}: timestamp ${timestamp} is outside 1900-01-01 … 2299-12-31`);
}
