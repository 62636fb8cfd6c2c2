/** The two notations as writers: UDIL's answers are an object of texts and lists of such objects. */
import type { Notation } from "../notations/document.ts";

export interface TextWriter {
  /** In front of a member, given its name and whether one came before. */
  before(name: string, first: boolean): string;
  after(name: string): string;
  /** Text as it stands between the two. */
  escape(text: string): string;
  readonly object: readonly [open: string, close: string];
  /** A list as a member; `repeated` is the form of v3's on-demand answers, which only XML knows. */
  list(name: string, objects: readonly string[], first: boolean, repeated: boolean): string;
  document(members: string): string;
}

const json: TextWriter = {
  before: (name, first) => `${first ? "" : ","}"${name}":"`,
  after: () => '"',
  escape: (text) => (jsonSpecial.test(text) || !text.isWellFormed() ? JSON.stringify(text).slice(1, -1) : text),
  object: ["{", "}"],
  list: (name, objects, first) => `${first ? "" : ","}"${name}":[${objects.join(",")}]`,
  document: (members) => `{${members}}`,
};

const xml: TextWriter = {
  before: (name) => `<${name}>`,
  after: (name) => `</${name}>`,
  escape: (text) => {
    const whole = text.isWellFormed() ? text : text.toWellFormed();
    return xmlSpecial.test(whole)
      ? whole.replace(xmlForbidden, "").replace(/[&<>\r]/g, (found) => xmlEntities[found]!)
      : whole;
  },
  object: ["", ""],
  list: (name, objects, _first, repeated) => {
    const item = repeated ? name : "element";
    const items = objects.map((object) => `<${item}>${object}</${item}>`).join("");
    return repeated && objects.length > 0 ? items : `<${name}>${items}</${name}>`;
  },
  document: (members) => `<?xml version="1.0" encoding="UTF-8"?>\n<root>${members}</root>\n`,
};

export const writers: Readonly<Record<Notation, TextWriter>> = { json, xml };

export const contentTypes: Readonly<Record<Notation, string>> = {
  json: "application/json; charset=utf-8",
  xml: "application/xml; charset=utf-8",
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON must escape
const jsonSpecial = /["\\\u0000-\u001f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 has no way to write
const xmlForbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, and what must be escaped
const xmlSpecial = /[&<>\u0000-\u0008\u000b-\u001f\ufffe\uffff]/;
const xmlEntities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };
