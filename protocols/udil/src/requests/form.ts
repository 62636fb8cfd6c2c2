/**
 * The fields of a request's body, whatever form it has: application/x-www-form-urlencoded as the document has it, and
 * multipart/form-data, JSON and XML as other programs send them.
 */
import { udilError } from "../errors.ts";
import { limits } from "../limits.ts";
import { addMember, isObject, type Value, type ValueObject } from "../notations/document.ts";
import { JsonDamage, parseLenientJson } from "../notations/lenient-json.ts";
import { parseXml, XmlDamage } from "../notations/xml-reader.ts";
import { valueOfElement } from "../notations/xml-values.ts";
import type { Notes } from "../notes.ts";
import { plainName } from "../values/damage.ts";
import { multipartFields } from "./multipart.ts";

/** Values in the order they came, by plain names. */
export type Form = ReadonlyMap<string, readonly Value[]>;

/** @throws UdilError of a body that is too long or cannot be read at all */
export function readForm(body: Uint8Array, contentType: string, notes: Notes): Form {
  if (body.length > limits.requestBytes) {
    throw udilError("request_too_long", { length: body.length, limit: limits.requestBytes });
  }
  const form = new FormFields();
  if (/multipart\/form-data/i.test(contentType)) {
    notes.add("the body is multipart/form-data");
    for (const [name, value] of multipartFields(body, contentType)) form.add(name, value);
    return form.fields();
  }
  const text = new TextDecoder().decode(body);
  const start = text.trimStart().charAt(0);
  if (start === "{" || /\bjson\b/i.test(contentType)) {
    notes.add("the body is JSON");
    form.addObject(jsonObject(text));
  } else if (start === "<") {
    notes.add("the body is XML");
    form.addObject(xmlObject(text));
  } else {
    // Ids may be repeated fields; more than there can be are not even taken apart.
    const fields = text.split("&", mostFields + 1).length;
    if (fields > mostFields) throw tooManyFields(mostFields);
    for (const [name, value] of new URLSearchParams(text.trim())) form.add(name, value);
  }
  return form.fields();
}

class FormFields {
  readonly #values = new Map<string, Value[]>();
  /** Objects of lists such as `device_identity[0][dsn]`, by the name and the first index. */
  readonly #members = new Map<string, ValueObject>();

  add(name: string, value: Value): void {
    const [, base = name, brackets = ""] = /^([^[\]]+)((?:\[[^[\]]*\])+)\s*$/.exec(name) ?? [];
    const [index = "", member] = [...brackets.matchAll(/\[([^[\]]*)\]/g)].map(([, inside]) => inside);
    if (member === undefined || member === "") return this.#append(base, value);
    const known = this.#members.get(`${base}[${index}]`);
    const object = known ?? {};
    addMember(object, member, value, new Set());
    if (known !== undefined) return;
    this.#members.set(`${base}[${index}]`, object);
    this.#append(base, object);
  }

  addObject(object: ValueObject): void {
    for (const [name, value] of Object.entries(object)) this.add(name, value);
  }

  fields(): Form {
    return this.#values;
  }

  #append(name: string, value: Value): void {
    const plain = plainName(name);
    const values = this.#values.get(plain);
    if (values !== undefined) values.push(value);
    else if (this.#values.size < limits.formFields) this.#values.set(plain, [value]);
    else throw tooManyFields(limits.formFields);
  }
}

function jsonObject(text: string): ValueObject {
  try {
    const value = text.trim() === "" ? {} : parseLenientJson(text);
    if (isObject(value)) return value;
    throw udilError("request_unreadable", { notation: "JSON", reason: "it is no object" });
  } catch (error) {
    if (!(error instanceof JsonDamage)) throw error;
    throw udilError("request_unreadable", { notation: "JSON", reason: error.message });
  }
}

function xmlObject(text: string): ValueObject {
  try {
    const value = valueOfElement(parseXml(text));
    if (isObject(value)) return value;
    throw udilError("request_unreadable", { notation: "XML", reason: "there is nothing inside its root element" });
  } catch (error) {
    if (!(error instanceof XmlDamage)) throw error;
    throw udilError("request_unreadable", { notation: "XML", reason: error.message });
  }
}

const tooManyFields = (limit: number) =>
  udilError("request_unreadable", { notation: "a form", reason: `it has more than ${limit} fields` });

/** An identity takes two. */
const mostFields = 2 * limits.ids + limits.formFields;
