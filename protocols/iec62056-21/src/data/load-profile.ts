/**
 * Load profiles as meters of VDEW's kind write them: a header
 * `P.01(time)(status)(interval)(columns)(address)(unit)(address)(unit)…`, then a line `(value)(value)…` for each interval.
 * A gap, or a status that changes, begins a new header; the time of a row is that of its header and the intervals since,
 * never a count of lines. Times are those of the end of an interval: a day's first is 00:15.
 */
import { ProtocolError } from "@anymeter/sans-io";
import { iec62056Error } from "../errors.ts";
import { obisOf } from "./address.ts";
import { type DataSetSink, type DataValue, decimalOf, scanDataSets } from "./data-set.ts";
import { addMilliseconds, decodeMeterTime, type MeterTime } from "./meter-time.ts";

export interface LoadProfile {
  readonly rows: readonly ProfileRow[];
  /** What was left out: rows and headers that make no sense. */
  readonly problems: readonly ProtocolError[];
}

/** What a header says of the rows after it. */
export interface ProfileHeader {
  /** "P.01" or whatever was asked for. */
  readonly address: string;
  /** The end of the first interval after the header. */
  readonly time: MeterTime;
  /** See `statusBitsOf`; it holds for every row until the next header. */
  readonly status: number;
  /** Minutes. */
  readonly interval: number;
  readonly columns: readonly ProfileColumn[];
}

export interface ProfileColumn {
  /** "1.5", "1-0:1.5.0" … */
  readonly address: string;
  readonly unit?: string;
}

export interface ProfileRow {
  /** The end of the row's interval. */
  readonly time: MeterTime;
  readonly header: ProfileHeader;
  /** One for each column. */
  readonly values: readonly DataValue[];
  /** Of its first value in the text. */
  readonly offset: number;
}

/**
 * The rows of a load profile. What cannot be read is left out and told of; an empty profile has no rows.
 * @param address of the profile; without it, all of C 99 (`P.01`, `P.02` …) are taken. Other data sets are skipped
 */
export function decodeLoadProfile(text: string, address?: string): LoadProfile {
  const reader = new ProfileReader(text, (found) => (address ? found === address : obisOf(found)?.c === profileGroup));
  scanDataSets(text, reader);
  reader.end();
  return { rows: reader.rows, problems: reader.problems };
}

/** C of load profiles: IEC 62056-61. */
const profileGroup = 99;
/** Rows of one answer: a year of five minutes has 105,120. */
export const profileRowLimit = 150_000;
/** Columns of the widest profile. */
const columnLimit = 64;
/** Values of a header before those of its columns: time, status, interval, number of columns. */
const headerValues = 4;

/** Fills rows and headers value by value: both may be broken into several lines. */
class ProfileReader implements DataSetSink {
  readonly rows: ProfileRow[] = [];
  readonly problems: ProtocolError[] = [];
  readonly #text: string;
  readonly #isProfile: (address: string) => boolean;
  #address = "";
  /** Values of the header that is not whole yet. */
  #headerValues: DataValue[] | undefined;
  #header: ProfileHeader | undefined;
  #rowsOfHeader = 0;
  /** Values of the row that is not whole yet, and where it began. */
  #values: DataValue[] = [];
  #rowAt = 0;

  constructor(text: string, isProfile: (address: string) => boolean) {
    this.#text = text;
    this.#isProfile = isProfile;
  }

  address(start: number, end: number): void {
    this.end();
    this.#address = this.#text.slice(start, end).trim();
    this.#headerValues = this.#isProfile(this.#address) ? [] : undefined;
    this.#rowAt = start;
  }

  value(start: number, end: number, unitAt: number | undefined): void {
    const value = this.#text.slice(start + 1, unitAt === undefined ? end - 1 : unitAt - 1);
    const read = unitAt === undefined ? { value } : { value, unit: this.#text.slice(unitAt, end - 1) };
    if (this.#headerValues) this.#addToHeader(this.#headerValues, read);
    else if (this.#header) this.#addToRow(this.#header, read, start);
  }

  separator(): void {}

  endMark(): void {}

  broken(start: number, end: number, reason: string): void {
    this.#problem(`The text "${this.#text.slice(start, Math.min(end, start + 64))}"`, reason, start);
    // How many values were lost nobody knows, so no time of a later row would be sure.
    this.#forgetHeader();
  }

  /** The text or the header's part of it is over. */
  end(): void {
    if (this.#headerValues && !saysNothing(this.#headerValues))
      this.#problem(`The header ${this.#address}`, "it ends before its columns", this.#rowAt);
    else if (this.#header && this.#values.length > 0) this.#rowTooShort(this.#header);
    this.#forgetHeader();
  }

  #addToHeader(values: DataValue[], value: DataValue): void {
    values.push(value);
    if (values.length < headerValues) return;
    const columns = Number(values[3]!.value);
    if (!(Number.isInteger(columns) && columns > 0 && columns <= columnLimit)) {
      this.#problem(`The header ${this.#address}`, `"${values[3]!.value}" is no number of columns`, this.#rowAt);
      this.#forgetHeader();
    } else if (values.length === headerValues + columns * 2) {
      this.#header = this.#headerOf(values);
      this.#headerValues = undefined;
      this.#rowsOfHeader = 0;
    }
  }

  #headerOf(values: readonly DataValue[]): ProfileHeader | undefined {
    try {
      return headerOf(this.#address, values);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      if (this.problems.length < problemLimit) this.problems.push(error);
      return undefined;
    }
  }

  #addToRow(header: ProfileHeader, value: DataValue, at: number): void {
    if (this.#values.length === 0) this.#rowAt = at;
    else if (this.#startsLine(at) && this.#restOfLine(at) >= header.columns.length) {
      // A whole row follows, so the one before it was cut short: it counts as an interval, its values do not.
      this.#rowTooShort(header);
      this.#rowAt = at;
    }
    this.#values.push(value);
    if (this.#values.length < header.columns.length) return;
    if (header.interval === 0 && this.#rowsOfHeader > 0) return this.#rowWithoutTime();
    if (this.rows.length === profileRowLimit) {
      this.#problem(
        `The row behind ${profileRowLimit} others`,
        "they are the limit: ask for a shorter time",
        this.#rowAt,
      );
      return this.#forgetHeader();
    }
    this.rows.push({ time: this.#timeOfRow(header), header, values: this.#values, offset: this.#rowAt });
    this.#values = [];
  }

  #timeOfRow({ time, interval }: ProfileHeader): MeterTime {
    return addMilliseconds(time, interval * 60_000 * this.#rowsOfHeader++);
  }

  /** An interval of 0 minutes says that rows come when they come: each needs a header. */
  #rowWithoutTime(): void {
    this.#problem(
      `Row ${this.#rowsOfHeader++ + 1} after a header`,
      "an interval of 0 minutes gives it no time",
      this.#rowAt,
    );
    this.#values = [];
  }

  #rowTooShort(header: ProfileHeader): void {
    const reason = `it has ${this.#values.length} values for ${header.columns.length} columns`;
    this.#problem(`Row ${this.#rowsOfHeader + 1} after a header`, reason, this.#rowAt);
    this.#rowsOfHeader++;
    this.#values = [];
  }

  #startsLine(at: number): boolean {
    return this.#text[at - 1] === "\n" || this.#text[at - 1] === "\r";
  }

  /** Values in the line that begins at a bracket. */
  #restOfLine(at: number): number {
    let values = 0;
    for (
      let index = at;
      index < this.#text.length && this.#text[index] !== "\r" && this.#text[index] !== "\n";
      index++
    ) {
      if (this.#text[index] === "(") values++;
    }
    return values;
  }

  #forgetHeader(): void {
    this.#header = undefined;
    this.#headerValues = undefined;
    this.#values = [];
  }

  #problem(what: string, reason: string, offset: number): void {
    if (this.problems.length < problemLimit)
      this.problems.push(iec62056Error("profile_invalid", { what, reason, offset }));
  }
}

/** `P.01()`: there are no rows in what was asked for. */
function saysNothing(values: readonly DataValue[]): boolean {
  return values.length === 1 && values[0]!.value === "";
}

/** Problems of one profile that are kept. */
const problemLimit = 100;

/** @throws ProtocolError `profile_invalid`, `time_invalid` */
function headerOf(address: string, values: readonly DataValue[]): ProfileHeader {
  const [time, status, interval, , ...columns] = values.map(({ value }) => value) as [string, string, string, string];
  if (!/^[0-9A-Fa-f]{1,8}$/.test(status)) {
    throw iec62056Error("profile_invalid", { what: `The header ${address}`, reason: `"${status}" is no status word` });
  }
  if (!/^\d{1,5}$/.test(interval)) {
    throw iec62056Error("profile_invalid", {
      what: `The header ${address}`,
      reason: `"${interval}" is no interval in minutes`,
    });
  }
  return {
    address,
    time: decodeMeterTime(time),
    status: Number.parseInt(status, 16),
    interval: Number(interval),
    columns: columnsOf(columns),
  };
}

function columnsOf(pairs: readonly string[]): ProfileColumn[] {
  return pairs.flatMap((address, index) => {
    if (index % 2 === 1) return [];
    const unit = pairs[index + 1];
    // A header that leaves units out would take values of its rows for them.
    if (unit && decimalOf(unit) !== undefined) {
      throw iec62056Error("profile_invalid", {
        what: "The header",
        reason: `"${unit}" is no unit of column ${address}`,
      });
    }
    return [unit ? { address, unit } : { address }];
  });
}
