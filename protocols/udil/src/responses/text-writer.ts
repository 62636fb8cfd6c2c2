/** The two notations: UDIL's answers are an object of texts, and of lists of such objects. */
import type { Notation } from "../notations/document.ts";

/** Text around members, lists and their items; `first` says that nothing stands before in the same object or list. */
export interface NotationText {
  readonly document: readonly [open: string, close: string];
  readonly member: (name: string, first: boolean) => readonly [open: string, close: string];
  /** `repeated` is the form of v3's on-demand answers: an item is called as the list. Only XML knows it. */
  readonly list: (name: string, first: boolean, repeated: boolean) => readonly [open: string, close: string];
  readonly item: (list: string, first: boolean, repeated: boolean) => readonly [open: string, close: string];
  readonly escape: (text: string) => string;
}

const json: NotationText = {
  document: ["{", "}"],
  member: (name, first) => [`${first ? "" : ","}"${name}":"`, '"'],
  list: (name, first) => [`${first ? "" : ","}"${name}":[`, "]"],
  item: (_list, first) => [first ? "{" : ",{", "}"],
  escape: (text) => (jsonSpecial.test(text) || !text.isWellFormed() ? JSON.stringify(text).slice(1, -1) : text),
};

const xml: NotationText = {
  document: ['<?xml version="1.0" encoding="UTF-8"?>\n<root>', "</root>\n"],
  member: (name) => [`<${name}>`, `</${name}>`],
  list: (name, _first, repeated) => (repeated ? ["", ""] : [`<${name}>`, `</${name}>`]),
  item: (list, _first, repeated) => (repeated ? [`<${list}>`, `</${list}>`] : ["<element>", "</element>"]),
  escape: (text) => {
    const whole = text.isWellFormed() ? text : text.toWellFormed();
    if (!xmlSpecial.test(whole)) return whole;
    return whole.replace(xmlForbidden, "").replace(/[&<>\r]/g, (found) => xmlEntities[found]!);
  },
};

export const notationTexts: Readonly<Record<Notation, NotationText>> = { json, xml };

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
