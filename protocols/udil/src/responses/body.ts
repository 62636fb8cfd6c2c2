/** An answer's body as a document, or a sentence about what came in place of one. */
import { udilError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { Notation } from "../notations/document.ts";
import { JsonDamage, parseLenientJson } from "../notations/lenient-json.ts";
import { parseXml, XmlDamage } from "../notations/xml-reader.ts";
import { valueOfElement } from "../notations/xml-values.ts";
import type { Notes } from "../notes.ts";

/** Values that JSON.parse, the lenient reader or the XML reader made. */
export interface Document {
  readonly notation: Notation;
  readonly value: unknown;
  /** Whether JSON.parse made it, which loses digits of long numbers and members that come twice. */
  readonly parsed: boolean;
  /** The same, read again without losing any. */
  reread(): unknown;
}

/** @throws UdilError of a body that is empty, too long, HTML, damaged or cut off */
export function readBody(body: Uint8Array, contentType: string, service: string, notes: Notes): Document {
  if (body.length > limits.answerBytes) {
    throw udilError("answer_too_long", { service, length: body.length, limit: limits.answerBytes });
  }
  const text = decoded(body, contentType);
  const start = text.slice(0, 2000).trimStart();
  if (start === "" && text.trim() === "") throw udilError("answer_empty", { service });
  if (/^<(!doctype\s+html|html|head|body|title|h1|center|div|p|pre)\b/i.test(start)) {
    throw udilError("answer_is_html", { service, title: titleOf(text) });
  }
  if (start.startsWith("<")) {
    const value = xmlValue(text, service);
    return { notation: "xml", value, parsed: false, reread: () => value };
  }
  if (!/^[{[]/.test(start)) {
    throw udilError("answer_unreadable", {
      service,
      notation: "JSON or XML",
      reason: `it begins with "${start.slice(0, 60).replace(/\s+/g, " ")}"`,
    });
  }
  if (valuesIn(text) > limits.elements) {
    const reason = `it has more than ${limits.elements} objects and lists`;
    throw udilError("answer_unreadable", { service, notation: "JSON", reason });
  }
  const reread = () => lenientValue(text, service);
  try {
    return { notation: "json", value: JSON.parse(text), parsed: true, reread };
  } catch {
    const value = reread();
    notes.add("the JSON was damaged and was mended");
    return { notation: "json", value, parsed: false, reread: () => value };
  }
}

/** Openings of objects and lists, before memory is given to them. */
function valuesIn(text: string): number {
  let count = 0;
  for (const opening of ["{", "["]) {
    for (let at = text.indexOf(opening); at !== -1; at = text.indexOf(opening, at + 1)) count++;
  }
  return count;
}

function lenientValue(text: string, service: string): unknown {
  try {
    return parseLenientJson(text);
  } catch (error) {
    if (!(error instanceof JsonDamage)) throw error;
    if (error.truncated) throw udilError("answer_truncated", { service, notation: "JSON" });
    throw udilError("answer_unreadable", { service, notation: "JSON", reason: error.message });
  }
}

function xmlValue(text: string, service: string): unknown {
  try {
    return valueOfElement(parseXml(text));
  } catch (error) {
    if (!(error instanceof XmlDamage)) throw error;
    if (error.truncated) throw udilError("answer_truncated", { service, notation: "XML" });
    throw udilError("answer_unreadable", { service, notation: "XML", reason: error.message });
  }
}

function decoded(body: Uint8Array, contentType: string): string {
  try {
    return new TextDecoder(charsetOf(contentType)).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

/** In lower case; `utf-8` where none is named. */
export function charsetOf(contentType: string): string {
  const [, charset = "utf-8"] = /charset="?([\w-]+)/i.exec(contentType) ?? [];
  return charset.toLowerCase();
}

function titleOf(text: string): string {
  const [, title = "without a title"] = /<title[^>]*>([^<]{1,200})/i.exec(text.slice(0, 20_000)) ?? [];
  return title.trim().replace(/\s+/g, " ");
}
