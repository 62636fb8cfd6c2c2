/**
 * Reads the rows of an archive in requests of bounded length, oldest first, so that a line that breaks leaves what was
 * read before. How many rows a span holds is asked of the meter (V.A) where it may be long.
 */
import type { ArchiveLayout } from "@anymeter/lis-200";
import type { ProtocolError } from "@anymeter/sans-io";
import { RunFailure } from "../../causes.ts";
import type { RememberedProfile } from "../profile-memory.ts";
import type { Lis200Context } from "./lis-200-driver.ts";
import { limitsOf, type Span, type TimedRow, timedRows } from "./row-times.ts";

export interface OpenArchive {
  /** undefined = never stored. */
  readonly remembered: RememberedProfile<ArchiveLayout> | undefined;
  layout: ArchiveLayout;
}

export interface RowBatch {
  readonly rows: readonly TimedRow[];
  /** Why rows could not be used. */
  readonly damaged: readonly ProtocolError[];
  /** How many in all. */
  readonly damagedCount: number;
}

export class ArchiveReader {
  /** The name under which layout and progress are remembered. */
  readonly name: string;
  readonly #context: Lis200Context;
  readonly #archive: number;
  readonly #position: number;
  #opened: OpenArchive | undefined;

  constructor(context: Lis200Context, archive: number, position: number) {
    this.#context = context;
    this.#archive = archive;
    this.#position = position;
    this.name = `archive ${archive}`;
  }

  /** Recalls the layout, or reads it from the meter. */
  async open(): Promise<OpenArchive> {
    const { profiles, device, clock, limits } = this.#context;
    const remembered = await profiles.recall<ArchiveLayout>(device.id, this.name);
    const oldest = clock.now() - limits.layoutMaxAgeDays * dayMilliseconds;
    const layout = remembered && remembered.layoutReadAt > oldest ? remembered.layout : await this.#learnLayout();
    this.#opened = { remembered, layout };
    return this.#opened;
  }

  /** Reads the layout anew: what is remembered does not fit. */
  async relearn(): Promise<void> {
    this.#opened!.layout = await this.#learnLayout();
  }

  /** The rows of a range in their order, both ends inclusive. @param to undefined = up to now, and what the clock recorded ahead of us */
  async *rows(from: number, to: number | undefined): AsyncGenerator<RowBatch> {
    const end = to ?? this.#context.clock.now() + dayMilliseconds;
    const waiting: Span[] = [{ from, to: end }];
    for (let span = waiting.pop(); span; span = waiting.pop()) {
      const size = await this.#sizeOf(span);
      if (size === "long") waiting.push(...halves(span).toReversed());
      else if (size === "short") yield await this.#read(span);
    }
  }

  async #sizeOf(span: Span): Promise<"empty" | "short" | "long"> {
    const { client, request, limits } = this.#context;
    if (span.from > span.to) return "empty";
    if (span.to - span.from <= shortSpan) return "short";
    const rows = await request(client.countArchiveRows(this.#archive, this.#rangeOf(span)));
    if (rows === 0) return "empty";
    return rows > limits.profileRowsPerRequest ? "long" : "short";
  }

  async #read(span: Span): Promise<RowBatch> {
    const remembered = this.#opened!.layout;
    const { rows, damaged, damagedCount } = await this.#request(span, remembered);
    const misfits = rows.length === 0 && damaged.length > 0;
    if (!misfits) return { rows: timedRows(rows, this.#context.zone, span), damaged, damagedCount };
    // Not one row has the remembered columns: the archive was given others since.
    await this.relearn();
    if (sameLayout(remembered, this.#opened!.layout)) return { rows: [], damaged, damagedCount };
    const again = await this.#request(span, this.#opened!.layout);
    return { ...again, rows: timedRows(again.rows, this.#context.zone, span) };
  }

  async #request(span: Span, layout: ArchiveLayout) {
    const { client, request, settings } = this.#context;
    const rowsPerBlock = settings.rows_per_block;
    return await request(client.readArchive({ archive: this.#archive, layout, rowsPerBlock, ...this.#rangeOf(span) }));
  }

  #rangeOf(span: Span) {
    return { position: this.#position, ...limitsOf(span, this.#context.zone) };
  }

  async #learnLayout(): Promise<ArchiveLayout> {
    const { client, request, profiles, device, clock } = this.#context;
    const layout = await request(client.readArchiveLayout(this.#archive));
    if (layout.columns.length === 0) {
      throw new RunFailure("invalid_answer", `Archive ${this.#archive} has no columns.`);
    }
    await profiles.learnLayout(device.id, this.name, layout, clock.now());
    return layout;
  }
}

function halves({ from, to }: Span): readonly Span[] {
  // Devices know whole seconds: the halves share none.
  const middle = Math.floor((from + to) / 2 / 1000) * 1000;
  return [
    { from, to: middle },
    { from: middle + 1000, to },
  ];
}

function sameLayout(one: ArchiveLayout, other: ArchiveLayout): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const dayMilliseconds = 86_400_000;
/** Two days of rows are fewer than any limit, even one every minute. */
const shortSpan = 2 * dayMilliseconds;
