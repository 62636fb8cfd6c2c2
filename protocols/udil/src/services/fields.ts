/** Parameters of services: what values they take, in words a form may send too, and how text becomes a value. */

import { isUnknown, withDigits } from "../values/damage.ts";
import { timeOfDay } from "../values/datetime.ts";
import { decimalOf } from "../values/decimal.ts";

export type Domain =
  | { readonly kind: "choice"; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: "integer"; readonly minimum: number; readonly maximum: number; readonly unit?: string }
  | { readonly kind: "decimal"; readonly unit: string }
  | { readonly kind: "datetime" }
  | { readonly kind: "time" }
  | { readonly kind: "code"; readonly codes: readonly string[]; readonly words?: Readonly<Record<string, string>> }
  | { readonly kind: "ip" }
  | { readonly kind: "phone" }
  | { readonly kind: "text" }
  /** A JSON array inside the form value. */
  | { readonly kind: "array" };

export interface ServiceField {
  readonly name: string;
  readonly domain: Domain;
  readonly optional: boolean;
}

export const choice = (name: string, values: Readonly<Record<string, string>>) =>
  field(name, { kind: "choice", values });
export const integer = (name: string, minimum: number, maximum: number, unit?: string) =>
  field(name, { kind: "integer", minimum, maximum, ...(unit === undefined ? {} : { unit }) });
export const decimal = (name: string, unit: string) => field(name, { kind: "decimal", unit });
export const datetime = (name: string) => field(name, { kind: "datetime" });
export const time = (name: string) => field(name, { kind: "time" });
export const code = (name: string, codes: readonly string[], words?: Readonly<Record<string, string>>) =>
  field(name, { kind: "code", codes, ...(words === undefined ? {} : { words }) });
export const ip = (name: string) => field(name, { kind: "ip" });
export const phone = (name: string) => field(name, { kind: "phone" });
export const text = (name: string) => field(name, { kind: "text" });
export const array = (name: string) => field(name, { kind: "array" });
export const optional = (declared: ServiceField): ServiceField => ({ ...declared, optional: true });

/** A value of a domain, or a sentence about why text is none. Instants come as milliseconds since 1970 UTC. */
export type Reading = { readonly value: string | number } | { readonly problem: string };

/** What text of a form, already without quotes and blanks around it, says in a domain (`array` apart). */
export function readValue(
  name: string,
  domain: Domain,
  found: string,
  toInstant: (text: string) => number | undefined,
): Reading {
  const problem = (expected: string): Reading => ({ problem: `${name} is ${quoted(found)}; it must be ${expected}.` });
  switch (domain.kind) {
    case "choice": {
      const value = choiceOf(domain.values, found);
      if (value !== undefined) return { value };
      return problem(listed(Object.entries(domain.values).map(([key, words]) => `${key} (${words.split(",")[0]})`)));
    }
    case "integer": {
      const value = wholeNumber(domain.unit === "minutes" ? found.replace(/^(\d{1,2}):00$/, "$1") : found);
      const { minimum, maximum, unit } = domain;
      const inside = value !== undefined && value >= minimum && value <= maximum;
      return inside ? { value } : problem(`a whole number from ${minimum} to ${maximum}${unit ? ` ${unit}` : ""}`);
    }
    case "decimal": {
      const value = decimalOf(found) ?? decimalOf(withDigits(found));
      return value === undefined || value.startsWith("-") ? problem(`a number of ${domain.unit}`) : { value };
    }
    case "datetime": {
      const value = toInstant(found);
      return value === undefined ? problem("a date and time such as 2018-10-15 13:00:00") : { value };
    }
    case "time": {
      const value = timeOfDay(found);
      return value === undefined ? problem("a time such as 13:00:00") : { value };
    }
    case "code": {
      const value = codeOf(domain.codes, domain.words, found);
      return value === undefined ? problem(listed(domain.codes)) : { value };
    }
    case "ip":
      return isIpv4(found) ? { value: found } : problem("an IPv4 address such as 192.168.100.120");
    case "phone":
      if (isUnknown(found)) return { value: "" };
      return /^\+?\d{1,20}$/.test(found) ? { value: found } : problem("up to 20 digits");
    case "text":
    case "array":
      return { value: found };
  }
}

/** A choice by its number, or by its meaning in words. */
function choiceOf(values: Readonly<Record<string, string>>, found: string): number | undefined {
  const number = wholeNumber(found);
  if (number !== undefined) return Object.hasOwn(values, number) ? number : undefined;
  const said = letters(found);
  for (const [value, meaning] of Object.entries(values)) {
    if (meaning.split(",").some((word) => letters(word) === said)) return Number(value);
  }
  return undefined;
}

function codeOf(
  codes: readonly string[],
  words: Readonly<Record<string, string>> | undefined,
  found: string,
): string | undefined {
  const upper = found.toUpperCase();
  if (codes.includes(upper)) return upper;
  const said = letters(found);
  return words === undefined || !Object.hasOwn(words, said) ? undefined : words[said];
}

function wholeNumber(found: string): number | undefined {
  const digits = /^[+-]?\d{1,15}(\.0+)?$/.test(found) ? found : damagedDigits(found);
  return digits === undefined ? undefined : Number(digits);
}

/** Letters that stand for digits are taken for them only where nothing else is left of the text, and not of a long word. */
function damagedDigits(found: string): string | undefined {
  const digits = withDigits(found);
  const isNumber = found.length <= 3 || /\d/.test(found);
  return isNumber && /^\d{1,15}$/.test(digits) ? digits : undefined;
}

function isIpv4(found: string): boolean {
  const parts = found.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

export const letters = (found: string) => found.toLowerCase().replace(/[^a-z0-9]/g, "");

const listed = (entries: readonly string[]) =>
  entries.length < 2 ? entries.join("") : `${entries.slice(0, -1).join(", ")} or ${entries.at(-1)}`;
const quoted = (found: string) => (found === "" ? "empty" : `"${found.slice(0, 40)}"`);

function field(name: string, domain: Domain): ServiceField {
  return { name, domain, optional: false };
}
