/** Explains the text of readouts, answers and P1 telegrams: data sets, and the headers and rows of load profiles. */
import { type ExplainedPart, Explainer, type Json } from "@anymeter/sans-io";
import { obisOf } from "../data/address.ts";
import { type DataSetSink, decimalOf, scanDataSets } from "../data/data-set.ts";
import { decodeLoadProfile, type ProfileRow } from "../data/load-profile.ts";
import type { MeterTime } from "../data/meter-time.ts";
import { nameOfAddress } from "../data/obis-names.ts";
import { statusBitsOf } from "../data/profile-status.ts";
import { textFromHex } from "../p1/values.ts";

/**
 * The parts of a text whose first character is byte `base` of the message.
 * @param text masked to 7 bits; one character is one byte
 */
export function explainData(text: string, base: number): readonly ExplainedPart[] {
  const explained = new ExplainedData(text, base);
  const end = scanDataSets(text, explained);
  explained.rest(end);
  return explained.parts;
}

class ExplainedData implements DataSetSink {
  readonly #text: string;
  readonly #base: number;
  readonly #rows: ReadonlyMap<number, ProfileRow>;
  readonly #headers: ReadonlySet<string>;
  readonly #whole: Explainer;
  /** The data set or row that is being explained. */
  #open: { readonly meaning: string; readonly parts: Explainer; end: number } | undefined;
  #address = "";
  /** Values explained of the data set, of the row. */
  #values = 0;
  #row: ProfileRow | undefined;

  constructor(text: string, base: number) {
    this.#text = text;
    this.#base = base;
    this.#whole = new Explainer(base);
    const { rows } = decodeLoadProfile(text);
    this.#rows = new Map(rows.map((row) => [row.offset, row]));
    this.#headers = new Set(rows.map(({ header }) => header.address));
  }

  get parts(): readonly ExplainedPart[] {
    return this.#whole.parts;
  }

  address(start: number, end: number): void {
    this.#close();
    this.#address = this.#text.slice(start, end).trim();
    this.#row = undefined;
    this.#values = 0;
    const name = nameOfAddress(this.#address);
    this.#begin(`Data set ${this.#address}${name ? `: ${name}` : ""}`, start);
    this.#add(end, "Address", this.#address);
  }

  value(start: number, end: number, unitAt: number | undefined): void {
    const row = this.#rows.get(start);
    if (row) {
      this.#close();
      this.#row = row;
      this.#values = 0;
      this.#begin(`Row of the interval that ends ${timeText(row.time)}`, start);
    } else if (!this.#open) {
      this.#begin(this.#address === "" ? "Data set without an address" : `Data set ${this.#address}, continued`, start);
    }
    const value = this.#text.slice(start + 1, unitAt === undefined ? end - 1 : unitAt - 1);
    const unit = unitAt === undefined ? undefined : this.#text.slice(unitAt, end - 1);
    const meaning = this.#row ? columnText(this.#row, this.#values) : this.#valueMeaning(value);
    this.#values++;
    const shown = this.#isHexText(value) ? `${value} ("${textFromHex(value)}")` : value;
    const shownUnit = unit ?? this.#row?.header.columns[this.#values - 1]?.unit;
    if (value === "") this.#add(end, `${meaning}, empty`, undefined);
    else this.#add(end, meaning, valueText(shown, shownUnit));
  }

  separator(start: number, end: number): void {
    this.#close();
    this.#whole.upTo(this.#base + end, /[\r\n]/.test(this.#text.slice(start, end)) ? "Line end" : "Filler");
  }

  endMark(start: number): void {
    this.#close();
    this.#whole.upTo(this.#base + start + 1, "Exclamation mark: the data sets end");
  }

  broken(start: number, end: number, reason: string): void {
    this.#close();
    this.#whole.upTo(this.#base + end, `No data set: ${reason}`, { value: this.#text.slice(start, end) });
  }

  /** What follows the end mark. */
  rest(start: number): void {
    this.#close();
    if (start < this.#text.length) this.separator(start, this.#text.length);
  }

  #begin(meaning: string, start: number): void {
    this.#open = { meaning, parts: new Explainer(this.#base + start), end: start };
  }

  #add(end: number, meaning: string, value: Json | undefined): void {
    this.#open!.parts.upTo(this.#base + end, meaning, { value });
    this.#open!.end = end;
  }

  #close(): void {
    if (!this.#open) return;
    const { meaning, parts, end } = this.#open;
    this.#whole.upTo(this.#base + end, meaning, { parts: parts.parts });
    this.#open = undefined;
  }

  /** P1 writes serial numbers and messages in hexadecimal digits. */
  #isHexText(value: string): boolean {
    const obis = obisOf(this.#address);
    if (obis?.a !== 0 || obis.c !== 96 || (obis.d !== 1 && obis.d !== 13)) return false;
    return /^([2-7][0-9A-F])+$/i.test(value);
  }

  /** Of a value of the data set: by place in the header of a load profile, else by what it is. */
  #valueMeaning(value: string): string {
    const place = this.#values;
    if (!this.#headers.has(this.#address)) return place === 0 ? "Value" : `Value ${place + 1}`;
    if (place === 1) return `Status: ${statusText(value)}`;
    return headerMeanings[place] ?? (place % 2 === 0 ? `Column ${place / 2 - 1}` : "Its unit");
  }
}

const headerMeanings: Readonly<Record<number, string>> = {
  0: "End of the first interval",
  2: "Interval in minutes",
  3: "Number of columns",
};

function statusText(word: string): string {
  const bits = statusBitsOf(Number.parseInt(word, 16));
  return bits.length === 0 ? "nothing to report" : bits.map(({ meaning }) => meaning).join("; ");
}

function columnText({ header }: ProfileRow, index: number): string {
  return `Column ${index + 1}, ${header.columns[index]?.address}`;
}

/** "123.45 kWh": zeros in front are left out of numbers with a unit. */
function valueText(value: string, unit: string | undefined): string {
  return unit === undefined ? value : `${decimalOf(value) ?? value} ${unit}`;
}

function timeText({ year, month, day, hour, minute, second, season }: MeterTime): string {
  const two = (field: number) => String(field).padStart(2, "0");
  const time = `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
  return season ? `${time} ${season === "utc" ? "UTC" : `${season} time`}` : time;
}
