/**
 * JSON as it is found in scans and in other people's answers: typographic quotes, `=` for the colon, names without quotes,
 * commas too many, line ends inside text, single quotes, literals in any case (register, 4 and 5). Scalars come as text,
 * so that no digit of a long number is lost.
 */
import { limits } from "../limits.ts";
import { addMember, type Value, type ValueObject } from "./document.ts";

/** Why text is not even lenient JSON, and whether it merely ends too early. */
export class JsonDamage extends Error {
  readonly truncated: boolean;
  readonly at: number;

  constructor(message: string, at: number, truncated: boolean) {
    super(message);
    this.at = at;
    this.truncated = truncated;
  }
}

/** @throws JsonDamage */
export function parseLenientJson(text: string): Value {
  return new LenientJson(text).document();
}

class LenientJson {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Value {
    this.#skipBlank();
    const value = this.#value();
    // A closing brace too many stands where a page broke.
    closing.lastIndex = this.#at;
    closing.test(this.#text);
    this.#at = closing.lastIndex;
    if (this.#at < this.#text.length) throw this.#damage(`"${this.#excerpt()}" follows its end`);
    return value;
  }

  #value(): Value {
    const character = this.#text.charAt(this.#at);
    if (character === "{") return this.#inside(() => this.#object());
    if (character === "[") return this.#inside(() => this.#list());
    if (character in closings) return this.#quoted();
    if (character === "") throw this.#damage("a value is missing", true);
    return this.#bare(/[,}\]]/y, "a value");
  }

  #inside<Result>(read: () => Result): Result {
    if (++this.#depth > limits.depth) throw this.#damage(`it is nested deeper than ${limits.depth} levels`);
    this.#at++;
    const result = read();
    this.#depth--;
    return result;
  }

  #object(): ValueObject {
    const object: ValueObject = {};
    const repeated = new Set<string>();
    for (;;) {
      this.#skip(",");
      const character = this.#text.charAt(this.#at);
      if (character === "}") break;
      if (character === "") throw this.#damage("an object is not closed", true);
      const name = character in closings ? this.#quoted() : this.#bare(/[:=,}\]{[]/y, "a name");
      this.#skipBlank();
      const separator = this.#text.charAt(this.#at);
      if (separator !== ":" && separator !== "=") {
        throw this.#damage(`a colon is missing after "${name}"`, separator === "");
      }
      this.#at++;
      this.#skipBlank();
      addMember(object, name, this.#value(), repeated);
      this.#skipBlank();
    }
    this.#at++;
    return object;
  }

  #list(): Value[] {
    const list: Value[] = [];
    for (;;) {
      this.#skip(",");
      const character = this.#text.charAt(this.#at);
      if (character === "]") break;
      if (character === "") throw this.#damage("a list is not closed", true);
      list.push(this.#value());
    }
    this.#at++;
    return list;
  }

  #quoted(): string {
    const opening = this.#text.charAt(this.#at);
    const closing = closings[opening as keyof typeof closings];
    let value = "";
    let start = ++this.#at;
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text.charAt(this.#at);
      if (closing.includes(character)) {
        value += this.#text.slice(start, this.#at++);
        return value;
      }
      if (character === "\\") {
        value += this.#text.slice(start, this.#at) + this.#escape();
        start = this.#at + 1;
      }
    }
    throw this.#damage("a text is not closed", true);
  }

  /** At the backslash; leaves the position on the last character of the escape. */
  #escape(): string {
    const character = this.#text.charAt(++this.#at);
    if (character !== "u") return escapes[character as keyof typeof escapes] ?? character;
    const code = this.#text.slice(this.#at + 1, this.#at + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(code)) throw this.#damage(`\\u${code} is no character`, code.length < 4);
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(code, 16));
  }

  /** Without quotes, up to what ends it: numbers, true, null, names. */
  #bare(end: RegExp, what: string): string {
    const start = this.#at;
    for (; this.#at < this.#text.length; this.#at++) {
      end.lastIndex = this.#at;
      if (end.test(this.#text)) break;
    }
    const found = this.#text.slice(start, this.#at).trim();
    if (found === "")
      throw this.#damage(`${what} is missing before "${this.#excerpt()}"`, this.#at >= this.#text.length);
    if (this.#at >= this.#text.length && this.#depth > 0)
      throw this.#damage(`it ends after "${found.slice(-20)}"`, true);
    if (found.length > longestBare) throw this.#damage(`"${found.slice(0, 20)}…" is no value`);
    return literals[found.toLowerCase() as keyof typeof literals] ?? found;
  }

  #skip(separator: string): void {
    for (this.#skipBlank(); this.#text.charAt(this.#at) === separator; this.#skipBlank()) this.#at++;
  }

  #skipBlank(): void {
    blank.lastIndex = this.#at;
    blank.test(this.#text);
    this.#at = blank.lastIndex;
  }

  #excerpt(): string {
    return this.#text.slice(this.#at, this.#at + 20);
  }

  #damage(message: string, truncated = false): JsonDamage {
    return new JsonDamage(`${message} at character ${this.#at}`, this.#at, truncated);
  }
}

const closing = /[\s\u00a0\ufeff}\],;]*/y;
const blank = /[\s\u00a0\ufeff]*/y;
const double = '"\u201c\u201d\u201e\u201f\u2033';
const single = "'\u2018\u2019\u201a\u201b";
const closings = {
  '"': double,
  "\u201c": double,
  "\u201d": double,
  "\u201e": double,
  "\u201f": double,
  "\u2033": double,
  "'": single,
  "\u2018": single,
  "\u2019": single,
} as const;
const escapes = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" } as const;
const literals = { true: "1", false: "0", null: "" } as const;
const longestBare = 200;
