/** Reads VIF and VIFE byte by byte, through the tables they lead to. */
import { hexFromByte } from "@anymeter/sans-io";
import { extensionBit } from "./data-information.ts";
import {
  type Combination,
  combinableExtensionTable,
  combinableTable,
  type ProfileKind,
  unsignedModifiers,
} from "./tables/combinable.ts";
import { extensionFbTable } from "./tables/extension-fb.ts";
import { extensionFdSecondLevelTable, extensionFdTable } from "./tables/extension-fd.ts";
import { primaryTable } from "./tables/primary.ts";
import type { CodeMeaning, CodeTable, ValueForm } from "./tables/table.ts";
import type { Direction, ValueInformation, ValueInformationFault } from "./value-information.ts";

/** Of VIFE in one record. */
export const mostValueExtensions = 10;

/** VIF that lead elsewhere. */
export const escapes = { fb: 0x7b, plainText: 0x7c, fd: 0x7d, any: 0x7e, manufacturer: 0x7f } as const;

/** Each VIFE as it is met, for explanations. */
export interface ExplainedExtension {
  readonly offset: number;
  readonly length: number;
  readonly meaning: string;
}

export class ValueInformationReader {
  readonly steps: ExplainedExtension[] = [];
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #direction: Direction;
  #at: number;
  #stepAt: number;
  /** The byte before had its extension bit set. */
  #more = true;
  #extensions = 0;
  #quantity = "";
  #unit = "";
  #exponent = 0;
  #factor: bigint | undefined;
  #form: ValueForm = "number";
  readonly #addends: number[] = [];
  readonly #modifiers: string[] = [];
  #profile: ProfileKind | undefined;
  #error: string | undefined;
  #fault: ValueInformationFault | undefined;

  constructor(bytes: Uint8Array, at: number, direction: Direction) {
    this.#bytes = bytes;
    this.#start = at;
    this.#at = at;
    this.#stepAt = at;
    this.#direction = direction;
  }

  read(): ValueInformation {
    this.#readVif();
    this.#readCombinations();
    return {
      quantity: this.#quantity,
      unit: this.#unit,
      exponent: this.#exponent,
      factor: this.#factor,
      addends: this.#addends,
      form: this.#form,
      modifiers: this.#modifiers,
      profile: this.#profile,
      error: this.#error,
      length: this.#at - this.#start,
      fault: this.#fault,
    };
  }

  #readVif(): void {
    const code = this.#take();
    switch (code) {
      case undefined:
        return;
      case escapes.fb:
      case escapes.fd:
        // Some meters send 7B or 7D without the extension bit: no table follows then.
        if (!this.#more) return this.#mean(undefined, hexFromByte(code), "VIF");
        return code === escapes.fb ? this.#readTable(extensionFbTable, "FB") : this.#readExtensionFd();
      case escapes.plainText:
        return this.#readPlainText();
      case escapes.any:
        this.#quantity = "any value";
        return this.#step("VIF: any value");
      case escapes.manufacturer:
        this.#quantity = "manufacturer specific";
        return this.#readManufacturer("VIF");
      default:
        return this.#mean(primaryTable[code], hexFromByte(code), "VIF");
    }
  }

  #readTable(table: CodeTable, name: string): void {
    this.#step(`VIF ${name}: the next byte is of the extension table`);
    const code = this.#take();
    if (code !== undefined) this.#mean(table[code], `${name} ${hexFromByte(code)}`, `VIFE of table ${name}`);
  }

  #readExtensionFd(): void {
    const secondLevel = this.#bytes[this.#at] === 0xfd;
    if (!secondLevel) return this.#readTable(extensionFdTable, "FD");
    this.#step("VIF FD: the next byte is of the extension table");
    this.#take();
    this.#readTable(extensionFdSecondLevelTable, "FD FD");
  }

  /**
   * The unit as text. Its length byte and characters stand behind the VIFE by EN 13757-3, annex C, but directly behind the
   * VIF in telegrams of many meters (M-Bus 4.8). As VIFE are codes from 20 or have their high bit set, and a unit is
   * short and printable, the bytes themselves tell which it is.
   */
  #readPlainText(): void {
    this.#quantity = "value with plain text unit";
    this.#step("VIF: unit as plain text");
    const early = plainTextAt(this.#bytes, this.#at);
    if (early !== undefined) return this.#takePlainText(early);
    this.#readCombinations();
    const late = plainTextAt(this.#bytes, this.#at);
    if (late !== undefined) this.#takePlainText(late);
    else this.#fault ??= { type: this.#at < this.#bytes.length ? "text" : "cut" };
  }

  #takePlainText(text: string): void {
    this.#unit = text + this.#unit;
    this.#at += 1 + text.length;
    this.#step(`unit in plain text, last character first: "${text}"`);
  }

  /** The VIFE up to the last belong to the maker. */
  #readManufacturer(what: "VIF" | "VIFE"): void {
    this.#step(`${what}: manufacturer specific`);
    const codes: string[] = [];
    while (this.#more && this.#take() !== undefined) {
      codes.push(hexFromByte(this.#bytes[this.#at - 1]!));
      this.#step("VIFE of the manufacturer");
    }
    if (codes.length > 0) this.#modifiers.push(`manufacturer VIFE ${codes.join(" ")}`);
  }

  #readCombinations(): void {
    while (this.#more) {
      const code = this.#take();
      if (code === undefined) return;
      const combination = combinableTable[code];
      if (combination?.type === "extension" && this.#more) {
        this.#step("VIFE: the next byte is of the extension table for VIFE");
        const extension = this.#take();
        if (extension !== undefined) this.#combine(combinableExtensionTable[extension], `FC ${hexFromByte(extension)}`);
      } else {
        this.#combine(combination, hexFromByte(code));
      }
    }
  }

  #mean(meaning: CodeMeaning | undefined, code: string, what: string): void {
    if (!meaning) {
      this.#quantity = `reserved VIF ${code}`;
      this.#fault ??= { type: "reserved", code };
      return this.#step(`${what}: reserved code`);
    }
    this.#quantity = meaning.quantity;
    this.#unit = meaning.unit;
    this.#exponent = meaning.exponent;
    this.#factor = meaning.factor;
    this.#form = meaning.form;
    this.#step(`${what}: ${describeMeaning(meaning)}`);
  }

  #combine(combination: Combination | undefined, code: string): void {
    if (!combination) {
      this.#modifiers.push(`reserved VIFE ${code}`);
      this.#fault ??= { type: "reserved", code };
      return this.#step("VIFE: reserved code");
    }
    switch (combination.type) {
      case "modifier":
        this.#modifiers.push(combination.text);
        if (unsignedModifiers.has(combination.text)) this.#form = "unsigned";
        return this.#step(`VIFE: ${combination.text}`);
      case "quantity":
        this.#quantity = `${combination.text} ${this.#quantity}`;
        this.#unit = combination.unit;
        this.#exponent = 0;
        this.#factor = undefined;
        this.#form = combination.time ? "time" : "number";
        return this.#step(`VIFE: ${combination.text} …${combination.unit && ` in ${combination.unit}`}`);
      case "unit":
        this.#unit += combination.unit;
        return this.#step(`VIFE: unit ${combination.unit}`);
      case "exponent":
        this.#exponent += combination.exponent;
        return this.#step(`VIFE: × 10^${combination.exponent}`);
      case "addend":
        this.#addends.push(combination.exponent);
        return this.#step(`VIFE: + 10^${combination.exponent}`);
      case "profile":
        this.#profile = combination.profile;
        return this.#step(`VIFE: ${combination.text}`);
      case "report":
        return this.#report(combination.error, combination.action);
      case "extension":
        return this.#combine(undefined, code);
      case "manufacturer":
        return this.#readManufacturer("VIFE");
    }
  }

  #report(error: string | undefined, action: string | undefined): void {
    const text = this.#direction === "from meter" ? error : action;
    if (text === undefined || text === "none") return this.#step("VIFE: no error");
    if (this.#direction === "from meter") this.#error = text;
    else this.#modifiers.push(text);
    this.#step(`VIFE: ${this.#direction === "from meter" ? `record error "${text}"` : `action "${text}"`}`);
  }

  /** The next code without its extension bit; undefined when the bytes end. Remembers whether more follow. */
  #take(): number | undefined {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) {
      this.#fault ??= { type: "cut" };
      this.#more = false;
      return undefined;
    }
    if (this.#at > this.#start && ++this.#extensions > mostValueExtensions) this.#fault ??= { type: "too many" };
    this.#at++;
    this.#more = byte >= extensionBit;
    return byte & 0x7f;
  }

  #step(meaning: string): void {
    this.steps.push({ offset: this.#stepAt, length: this.#at - this.#stepAt, meaning });
    this.#stepAt = this.#at;
  }
}

function describeMeaning({ quantity, unit, exponent, factor }: CodeMeaning): string {
  const scale = factor !== undefined ? " in 1/4096" : exponent === 0 ? "" : ` 10^${exponent}`;
  return `${quantity}${unit || scale ? "," : ""}${scale}${unit && ` ${unit}`}`;
}

/** Longer than any unit: a VIFE in its place is 20 or more. */
const longestPlainText = 0x1f;

/** The text whose length byte is at `at`, last character first; undefined when there is none. */
function plainTextAt(bytes: Uint8Array, at: number): string | undefined {
  const length = bytes[at];
  if (length === undefined || length > longestPlainText || at + length >= bytes.length) return undefined;
  let text = "";
  for (let index = at + length; index > at; index--) {
    const character = bytes[index]!;
    if (character < 0x20 || (character >= 0x7f && character < 0xa0)) return undefined;
    text += String.fromCharCode(character);
  }
  return text;
}
