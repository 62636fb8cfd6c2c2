/** Fields of a form as text, lists and identities, whatever way their values were written (register, 24, 27 to 29, 42). */
import { udilError } from "../errors.ts";
import { limits } from "../limits.ts";
import { isObject, type Value } from "../notations/document.ts";
import { JsonDamage, parseLenientJson } from "../notations/lenient-json.ts";
import type { Notes } from "../notes.ts";
import type { DeviceIdentity } from "../services/commands.ts";
import { asciiQuotes, plainName, unquoted } from "../values/damage.ts";
import type { Form } from "./form.ts";

export class FormReader {
  readonly #form: Form;
  readonly #notes: Notes;

  constructor(form: Form, notes: Notes) {
    this.#form = form;
    this.#notes = notes;
  }

  /** Names of what came. */
  names(): string[] {
    return [...this.#form.keys()];
  }

  /** One value, without quotes and blanks around it; of a list with one element, that. undefined: it did not come. */
  scalar(name: string): string | undefined {
    const values = this.#form.get(name);
    const [first] = values ?? [];
    if (values === undefined || first === undefined) return undefined;
    if (values.length > 1) this.#notes.add(`${name} came ${values.length} times, the first was taken`);
    if (typeof first === "string") {
      const text = unquoted(first);
      if (text !== first.trim()) this.#notes.add(`${name} was in quotes`);
      if (!text.startsWith("[")) return text;
    }
    const [element] = this.#elements(first, name);
    this.#notes.add(`${name} was a list`);
    return typeof element === "string" ? unquoted(element) : undefined;
  }

  /** Elements of a list, which may be JSON text, repeated fields, an object or one value. undefined: it did not come. */
  list(name: string): Value[] | undefined {
    const values = this.#form.get(name);
    return values?.flatMap((value) => this.#elements(value, name));
  }

  /** Ids of a set, in order, each once. */
  ids(names: readonly string[], what: string): string[] {
    const ids = new Set<string>();
    for (const name of names) {
      for (const element of this.list(name) ?? []) {
        const id = idOf(element);
        if (id === undefined || id === "") continue;
        if (id.length > limits.idLength) {
          throw udilError("request_field_unreadable", {
            field: name,
            reason: `an id has ${id.length} characters`,
            expected: `ids of at most ${limits.idLength}`,
          });
        }
        if (ids.has(id)) this.#notes.add(`an id of ${name} came twice`);
        ids.add(id);
      }
    }
    if (ids.size > limits.ids) throw udilError("ids_too_many", { count: ids.size, what, limit: limits.ids });
    return [...ids];
  }

  /** The devices of device_creation. @throws UdilError when one has no serial number or no id */
  identities(): DeviceIdentity[] | undefined {
    const elements = this.list("device_identity");
    if (elements !== undefined && elements.length > limits.ids) {
      throw udilError("ids_too_many", { count: elements.length, what: "devices", limit: limits.ids });
    }
    return elements?.map((element, index) => {
      const found = isObject(element) ? element : {};
      const members = new Map(Object.entries(found).map(([name, value]) => [plainName(name), value]));
      const dsn = textOf(members.get("dsn") ?? members.get("msn"));
      const id = textOf(firstOf(members, deviceIdNames));
      if (dsn === "" || id === "") {
        throw udilError("request_field_unreadable", {
          field: "device_identity",
          reason: `device ${index + 1} has no ${dsn === "" ? "dsn" : "global_device_id"}`,
          expected: '[{"dsn":"4098562412","global_device_id":"m98562412"}]',
        });
      }
      return { dsn, global_device_id: id };
    });
  }

  #elements(value: Value, name: string): Value[] {
    if (Array.isArray(value)) return value;
    if (isObject(value)) return membersOf(value);
    const text = unquoted(value);
    if (text === "") return [];
    if (text.startsWith("[") || text.startsWith("{")) {
      const parsed = this.#json(text, name);
      return Array.isArray(parsed) ? parsed : isObject(parsed) ? membersOf(parsed) : [parsed];
    }
    const parts = value.split(",").map(unquoted);
    if (parts.length > 1) this.#notes.add(`${name} was a list with commas`);
    return parts;
  }

  #json(text: string, name: string): Value {
    const strict = jsonList(text);
    if (strict !== undefined) return strict;
    try {
      const parsed = parseLenientJson(text);
      if (text !== asciiQuotes(text)) this.#notes.add(`${name} had typographic quotes`);
      return parsed;
    } catch (error) {
      if (!(error instanceof JsonDamage)) throw error;
      throw udilError("request_field_unreadable", {
        field: name,
        reason: `its JSON is damaged: ${error.message}`,
        expected: 'a JSON array such as ["m98562412","m97524158"]',
      });
    }
  }
}

/** Names under which the devices of a request are found. */
export const deviceIdNames = ["global_device_id", "global_device_ids", "gd_id", "gdid"] as const;

/** The usual case, a long strict list of texts, without the lenient reader. */
function jsonList(text: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every((element) => typeof element === "string") ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** An object in place of a list: one element where it names a field, otherwise its members, as `{"0": …}`. */
function membersOf(object: Record<string, Value>): Value[] {
  const names = Object.keys(object);
  return names.every((name) => /^\d+$/.test(name)) ? Object.values(object) : [object];
}

function idOf(element: Value): string | undefined {
  if (typeof element === "string") return unquoted(element);
  if (!isObject(element)) return undefined;
  const members = new Map(Object.entries(element).map(([name, value]) => [plainName(name), value]));
  const found = firstOf(members, [...deviceIdNames, "transactionid"]);
  return typeof found === "string" ? unquoted(found) : undefined;
}

function firstOf(members: ReadonlyMap<string, Value>, names: readonly string[]): Value | undefined {
  for (const name of names) {
    const value = members.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

const textOf = (value: Value | undefined) => (typeof value === "string" ? unquoted(value) : "");
