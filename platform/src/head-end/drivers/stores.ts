/** Where the driver puts what it reads. */
import type { MeterSystemEvent } from "../../events/event-writer.ts";
import type { Reading } from "../../readings/reading-writer.ts";
import { RunFailure } from "../causes.ts";

/** Satisfied by readings/ReadingWriter. */
export interface ReadingStore {
  /** Resolves when the readings are durable; the same reading again is the same reading. */
  write(readings: readonly Reading[]): Promise<unknown>;
}

/** Satisfied by events/EventWriter. */
export interface EventStore {
  /** Resolves when the events are durable; the same event again is the same event. */
  write(events: readonly MeterSystemEvent[]): Promise<unknown>;
}

export interface ObjectListStore {
  /** undefined when none is kept. */
  recall(type: string, firmware: string): Promise<{ readonly objects: never; readonly readAt: number } | undefined>;
  keep(type: string, firmware: string, objects: unknown, readAt: number): Promise<void>;
}

/** Readings of one call of the writer. */
export const readingsPerWrite = 50_000;

/** Resolves when the events are durable. @throws RunFailure `not_stored` */
export async function storeEvents(store: EventStore, events: readonly MeterSystemEvent[]): Promise<void> {
  if (events.length === 0) return;
  await store.write(events).catch(notStored);
}

/** What a store could not take, as the cause of a run. */
export function notStored(error: unknown): never {
  throw new RunFailure("not_stored", error instanceof Error ? error.message : String(error), { cause: error });
}
