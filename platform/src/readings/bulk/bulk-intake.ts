import type { Scope } from "../../registry/scope.ts";
import { valueAsWritten } from "../exact-json.ts";
import type { NamedReading, ReadingIntake, RowErrors } from "../intake.ts";
import type { ReadingRows } from "../reading-rows.ts";
import type { ReadingWriter } from "../reading-writer.ts";
import type { Resolver } from "../resolver.ts";
import { type PlaceEntry, PlaceTable } from "./place-table.ts";
import { isBlank, ReadingLine } from "./reading-line.ts";

/** What became of the lines of one stream. Everything counted as stored or staged is durable. */
export interface BulkReport {
  readonly stored: number;
  readonly staged: number;
  readonly refused: number;
  /** The first refused lines. */
  readonly errors: readonly { readonly line: number; readonly errors: RowErrors }[];
}

const bulkLimits = {
  /** Bytes of one line; longer ones are refused. */
  lineBytes: 4096,
  /** Refused lines that a report names. */
  errorsReported: 100,
  /** Rows handed to the writer at once. */
  rowsPerWrite: 10_000,
  /**
   * Such writes under way, shared by the streams; a stream with its share under way waits for its oldest one. Two inserts'
   * worth, so that the next one is filled while one is stored.
   */
  writesUnderWay: 24,
  /** Lines that go through the whole parser together. */
  linesPerSlowBatch: 1_000,
} as const;

/** Takes readings by name from streams of JSON lines, in constant memory. */
export interface BulkIntake {
  take(stream: AsyncIterable<Uint8Array>, scope: Scope): Promise<BulkReport>;
}

export function createBulkIntake(resolver: Resolver, writer: ReadingWriter, intake: ReadingIntake): BulkIntake {
  const tables = new Map<string, PlaceTable>();
  let generation = resolver.generation;
  let streams = 0;
  /** Table of the names as one scope sees them; all are dropped when the registry changes. */
  const tableOf = (scope: Scope) => {
    if (generation !== resolver.generation) {
      generation = resolver.generation;
      tables.clear();
    }
    const key = scope.staff ? "" : scope.organization;
    const table = tables.get(key) ?? new PlaceTable();
    tables.set(key, table);
    return table;
  };
  return {
    take: async (stream, scope) => {
      const writesUnderWay = () => Math.max(1, Math.floor(bulkLimits.writesUnderWay / streams));
      streams++;
      try {
        const context = { resolver, writer, intake, scope, tableOf: () => tableOf(scope), writesUnderWay };
        return await new BulkStream(context).run(stream);
      } finally {
        streams--;
      }
    },
  };
}

interface BulkContext {
  readonly resolver: Resolver;
  readonly writer: ReadingWriter;
  readonly intake: ReadingIntake;
  readonly scope: Scope;
  readonly tableOf: () => PlaceTable;
  /** Writes that this stream may have under way. */
  readonly writesUnderWay: () => number;
}

interface SlowLine {
  readonly number: number;
  readonly row: NamedReading;
}

const newline = 0x0a;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * One stream. Lines in the ordinary form whose names are known go straight from their bytes into rows of the store; all
 * others go through the intake in batches. Rows keep the order of the lines, so that of two values for the same
 * reading the later one counts.
 */
class BulkStream {
  readonly #context: BulkContext;
  readonly #line = new ReadingLine();
  readonly #writes: Promise<unknown>[] = [];
  #rows: ReadingRows | undefined;
  /** Lines that wait for the intake and hold up those behind them, which may be for the same reading. */
  #slow: SlowLine[] = [];
  /** Lines whose names lead nowhere: to be staged or refused, in no order with any other. */
  #homeless: SlowLine[] = [];
  #carry: Uint8Array = new Uint8Array();
  #skippingLongLine = false;
  #lineNumber = 0;
  #round = 0;
  #stored = 0;
  #staged = 0;
  #refused = 0;
  readonly #errors: { line: number; errors: RowErrors }[] = [];

  constructor(context: BulkContext) {
    this.#context = context;
  }

  async run(stream: AsyncIterable<Uint8Array>): Promise<BulkReport> {
    for await (const chunk of stream) await this.#takeChunk(chunk);
    if (this.#carry.length > 0) await this.#takeLines(this.#carry);
    await this.#flushSlow();
    await this.#flushHomeless();
    this.#flushRows();
    await Promise.all(this.#writes);
    this.#errors.sort((a, b) => a.line - b.line);
    return { stored: this.#stored, staged: this.#staged, refused: this.#refused, errors: this.#errors };
  }

  async #takeChunk(chunk: Uint8Array): Promise<void> {
    const last = chunk.lastIndexOf(newline);
    if (last < 0) return this.#keep(chunk);
    const first = chunk.indexOf(newline);
    if (this.#skippingLongLine) {
      this.#skippingLongLine = false;
      this.#refuse(++this.#lineNumber, tooLong);
    } else if (this.#carry.length > 0) {
      await this.#takeLines(Buffer.concat([this.#carry, chunk.subarray(0, first)]));
    } else {
      await this.#takeLines(chunk.subarray(0, first));
    }
    this.#carry = new Uint8Array();
    await this.#takeLines(chunk.subarray(first + 1, last), last > first);
    this.#keep(chunk.subarray(last + 1));
  }

  /** Keeps the beginning of a line until the rest arrives. */
  #keep(bytes: Uint8Array): void {
    if (this.#skippingLongLine) return;
    if (this.#carry.length + bytes.length > bulkLimits.lineBytes) {
      this.#skippingLongLine = true;
      this.#carry = new Uint8Array();
    } else if (bytes.length > 0) {
      this.#carry = Buffer.concat([this.#carry, bytes]);
    }
  }

  /** Takes whole lines, the last one without its newline. */
  async #takeLines(bytes: Uint8Array, present = true): Promise<void> {
    if (!present) return;
    const table = this.#context.tableOf();
    const round = ++this.#round;
    for (let start = 0; start <= bytes.length; ) {
      const found = bytes.indexOf(newline, start);
      const end = found < 0 ? bytes.length : found;
      this.#lineNumber++;
      if (this.#slow.length > 0 || !this.#line.parse(bytes, start, end)) {
        this.#takeSlowly(bytes, start, end, this.#slow);
      } else {
        let entry = table.find(bytes, this.#line);
        if (entry === undefined || (entry.place === undefined && entry.round !== round)) {
          await this.#lookAhead(bytes, start, table, round);
          this.#line.parse(bytes, start, end);
          entry = table.find(bytes, this.#line);
        }
        if (entry?.place === undefined) this.#takeSlowly(bytes, start, end, this.#homeless);
        else {
          this.#rows ??= await this.#context.writer.beginRows(bulkLimits.rowsPerWrite);
          const { timestamp, value } = this.#line;
          this.#rows.add(entry.place.prefix, timestamp, bytes, value.start, value.end);
          if (this.#rows.count === bulkLimits.rowsPerWrite) await this.#flushRowsWithin();
        }
      }
      if (this.#slow.length >= bulkLimits.linesPerSlowBatch) await this.#flushSlow();
      if (this.#homeless.length >= bulkLimits.linesPerSlowBatch) await this.#flushHomeless();
      start = end + 1;
    }
  }

  /** Looks up every name in the rest of these lines that the table does not have, in one go. */
  async #lookAhead(bytes: Uint8Array, from: number, table: PlaceTable, round: number): Promise<void> {
    const { resolver, scope } = this.#context;
    const entries: PlaceEntry[] = [];
    for (let start = from; start < bytes.length; ) {
      const found = bytes.indexOf(newline, start);
      const end = found < 0 ? bytes.length : found;
      if (this.#line.parse(bytes, start, end)) {
        const entry = table.find(bytes, this.#line);
        if (entry === undefined) entries.push(table.add(bytes, this.#line, round));
        else if (entry.place === undefined && entry.round !== round) {
          entry.round = round;
          entries.push(entry);
        }
      }
      start = end + 1;
    }
    const known = entries.flatMap((entry) => {
      const name = nameOf(entry, scope);
      return name ? [{ entry, name }] : [];
    });
    const resolutions = await resolver.resolve(known.map(({ name }) => name));
    for (const [index, { entry }] of known.entries()) {
      const resolution = resolutions[index]!;
      if (resolution.kind === "place") entry.place = resolution.place;
    }
  }

  #takeSlowly(bytes: Uint8Array, start: number, end: number, into: SlowLine[]): void {
    const number = this.#lineNumber;
    let first = start;
    while (first < end && isBlank(bytes[first]!)) first++;
    if (first === end) return;
    if (end - start > bulkLimits.lineBytes) {
      this.#refuse(number, tooLong);
      return;
    }
    try {
      const row = JSON.parse(utf8.decode(bytes.subarray(start, end)), valueAsWritten) as NamedReading;
      into.push({ number, row });
      // Rows before this one go first.
      if (into === this.#slow) this.#flushRows();
    } catch (error) {
      const what = error instanceof SyntaxError ? error.message : "the line is not valid UTF-8";
      this.#refuse(number, { non_field_errors: [`JSON parse error - ${what}`] });
    }
  }

  async #flushSlow(): Promise<void> {
    const batch = this.#slow;
    this.#slow = [];
    await this.#takeBatch(batch);
  }

  async #flushHomeless(): Promise<void> {
    const batch = this.#homeless;
    this.#homeless = [];
    await this.#takeBatch(batch);
  }

  async #takeBatch(batch: readonly SlowLine[]): Promise<void> {
    if (batch.length === 0) return;
    const { intake, scope } = this.#context;
    const verdicts = await intake.take(
      batch.map(({ row }) => row),
      scope,
    );
    for (const [index, verdict] of verdicts.entries()) {
      if (verdict.status === "stored") this.#stored++;
      else if (verdict.status === "staged") this.#staged++;
      else this.#refuse(batch[index]!.number, verdict.errors);
    }
  }

  #flushRows(): void {
    const rows = this.#rows;
    if (rows === undefined) return;
    this.#rows = undefined;
    const write = this.#context.writer.writeRows(rows).then(() => {
      this.#stored += rows.count;
    });
    // A failure is seen by whoever awaits the write next, at the latest at the end of the stream.
    write.catch(() => {});
    this.#writes.push(write);
  }

  async #flushRowsWithin(): Promise<void> {
    this.#flushRows();
    while (this.#writes.length >= this.#context.writesUnderWay()) await this.#writes.shift();
  }

  #refuse(line: number, errors: RowErrors): void {
    this.#refused++;
    if (this.#errors.length < bulkLimits.errorsReported) this.#errors.push({ line, errors });
  }
}

const tooLong: RowErrors = {
  non_field_errors: [`The line is too long: at most ${bulkLimits.lineBytes} bytes are taken.`],
};

/** The names of an entry as text, or undefined when they are none. */
function nameOf({ organization, device, series }: PlaceEntry, scope: Scope) {
  try {
    const owner = scope.staff ? organization && utf8.decode(organization).toLowerCase() : scope.organization;
    return { organization: owner, device: utf8.decode(device).trim(), series: utf8.decode(series).trim() };
  } catch {
    return undefined;
  }
}
