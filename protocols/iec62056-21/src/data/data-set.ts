/**
 * Data sets, `address(value*unit)(value*unit)…` (clause 6.6). A line holds one or more; a line that begins with a bracket
 * continues the data set before it (load profile rows, gas values before DSMR 4); a line without brackets is an address alone.
 */
import type { ProtocolError } from "@anymeter/sans-io";
import { iec62056Error } from "../errors.ts";

export interface DataSet {
  /** As the meter writes it: "1.8.1", "1-0:1.8.0*255", "1.8.0*03", "P.01"; "" in answers that leave it out. */
  readonly address: string;
  /** One for each pair of brackets. */
  readonly values: readonly DataValue[];
}

export interface DataValue {
  /** As the meter writes it, zeros in front included. `decimalOf` makes it a number. */
  readonly value: string;
  readonly unit?: string;
}

/** Told what stands where while data sets are scanned; offsets are into the text. Every character belongs to one call. */
export interface DataSetSink {
  address(start: number, end: number): void;
  /** From the bracket at `start` to after the one before `end`; the unit begins after the asterisk at `unitAt`, if any. */
  value(start: number, end: number, unitAt: number | undefined): void;
  /** Line ends and fillers between data sets. */
  separator(start: number, end: number): void;
  /** The exclamation mark that ends a readout; nothing after it is scanned. @returns where scanning ends */
  endMark(start: number): void;
  /** Text that is no data set: a bracket without its partner. */
  broken(start: number, end: number, reason: string): void;
}

/** Characters of the longest address: the standard's have 16, makers exceed it. */
export const addressLimit = 128;

/** Walks over the data sets of a text from `start`; ends at the end mark or at `end`. @returns where it ended */
export function scanDataSets(text: string, sink: DataSetSink, start = 0, end = text.length): number {
  let at = start;
  while (at < end) {
    const character = text.charCodeAt(at);
    if (isSeparator(character)) {
      const from = at;
      while (at < end && isSeparator(text.charCodeAt(at))) at++;
      sink.separator(from, at);
    } else if (character === exclamationMark) {
      sink.endMark(at);
      return at + 1;
    } else if (character === openingBracket) {
      at = scanValue(text, sink, at, end);
    } else {
      const from = at;
      while (at < end && !endsAddress(text.charCodeAt(at))) at++;
      if (text.charCodeAt(at) === closingBracket) {
        at++;
        sink.broken(from, at, "a bracket closes that was not opened");
      } else if (at - from > addressLimit)
        sink.broken(from, at, `the address has more than ${addressLimit} characters`);
      else sink.address(from, at);
    }
  }
  return at;
}

function scanValue(text: string, sink: DataSetSink, start: number, end: number): number {
  let unitAt: number | undefined;
  for (let at = start + 1; at < end; at++) {
    const character = text.charCodeAt(at);
    if (character === closingBracket) {
      sink.value(start, at + 1, unitAt);
      return at + 1;
    }
    if (character === asterisk && unitAt === undefined) unitAt = at + 1;
    if (character === lineFeed || character === carriageReturn || character === openingBracket) {
      sink.broken(start, at, "a bracket is not closed");
      return at;
    }
  }
  sink.broken(start, end, "a bracket is not closed");
  return end;
}

/**
 * The data sets of a text, such as a readout or the answer to a command.
 * @param problems takes what is no data set; without it the first such text throws
 * @throws ProtocolError `data_set_invalid`
 */
export function decodeDataSets(text: string, problems?: ProtocolError[]): DataSet[] {
  const collector = new DataSetCollector(text, problems);
  scanDataSets(text, collector);
  return collector.dataSets;
}

class DataSetCollector implements DataSetSink {
  readonly dataSets: { address: string; values: DataValue[] }[] = [];
  readonly #text: string;
  readonly #problems: ProtocolError[] | undefined;
  /** Values belong to the last data set, not to something broken that came after it. */
  #belongs = true;
  #values = 0;

  constructor(text: string, problems: ProtocolError[] | undefined) {
    this.#text = text;
    this.#problems = problems;
  }

  address(start: number, end: number): void {
    if (this.dataSets.length === dataSetLimit)
      return this.broken(start, end, `${dataSetLimit} data sets came before it`);
    this.#belongs = true;
    this.dataSets.push({ address: this.#text.slice(start, end).trim(), values: [] });
  }

  value(start: number, end: number, unitAt: number | undefined): void {
    if (!this.#belongs) return;
    if (this.#values === valueLimit) return this.broken(start, end, `${valueLimit} values came before it`);
    this.#values++;
    const text = this.#text;
    if (this.dataSets.length === 0) this.dataSets.push({ address: "", values: [] });
    const { values } = this.dataSets[this.dataSets.length - 1]!;
    if (unitAt === undefined) values.push({ value: text.slice(start + 1, end - 1) });
    else values.push({ value: text.slice(start + 1, unitAt - 1), unit: text.slice(unitAt, end - 1) });
  }

  separator(): void {}

  endMark(): void {}

  broken(start: number, end: number, reason: string): void {
    this.#belongs = false;
    if (this.#problems && this.#problems.length >= problemLimit) return;
    const text = this.#text.slice(start, Math.min(end, start + 64));
    const problem = iec62056Error("data_set_invalid", { text, reason, offset: start });
    if (!this.#problems) throw problem;
    this.#problems.push(problem);
  }
}

/** Data sets of one text: the longest readouts have some thousands. */
const dataSetLimit = 65_536;
/** Values of one text: a year of quarter hours in eight columns has 281,000. */
export const valueLimit = 500_000;
/** Problems of one text that are kept. */
const problemLimit = 100;

/** `1.8.0(0001.5*kWh)`: a data set as the line has it. */
export function encodeDataSet({ address, values }: DataSet): string {
  return `${address}${values.map(({ value, unit }) => `(${value}${unit === undefined ? "" : `*${unit}`})`).join("")}`;
}

/**
 * A value as exact decimal text without zeros in front: "000123.40" is "123.40". undefined when it is no decimal number, or
 * has more than `decimalLimit` characters.
 */
export function decimalOf(value: string): string | undefined {
  if (value.length > decimalLimit) return undefined;
  const match = /^([+-]?)\s*(\d*)(?:[.,](\d*))?$/.exec(value.trim());
  if (!match || !/\d/.test(value)) return undefined;
  const [, sign = "", digits = "", fraction = ""] = match;
  const whole = digits.replace(/^0+/, "") || "0";
  return `${sign === "-" ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Characters of the longest decimal number: registers have 8 to 12 digits. */
export const decimalLimit = 64;

const openingBracket = 0x28;
const closingBracket = 0x29;
const asterisk = 0x2a;
const exclamationMark = 0x21;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const blank = 0x20;
/** Characters between brackets that some meters fill with FF, which is DEL with its parity bit. */
const filler = 0x7f;

function isSeparator(character: number): boolean {
  return character === carriageReturn || character === lineFeed || character === blank || character === filler;
}

function endsAddress(character: number): boolean {
  return (
    character === openingBracket ||
    character === closingBracket ||
    character === lineFeed ||
    character === carriageReturn ||
    character === exclamationMark
  );
}
