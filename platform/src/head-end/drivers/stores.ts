/** Where the driver puts what it reads. */
import type { MeterSystemEvent } from "../../events/event-writer.ts";
import type { Reading } from "../../readings/reading-writer.ts";

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
