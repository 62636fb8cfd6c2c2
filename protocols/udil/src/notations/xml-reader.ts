/**
 * XML as UDIL uses it: elements and text (section 4; register, 1.6). No document types, no entities beside the five and
 * numbered characters; attributes and comments are passed over; depth and number of elements are limited. A parser this
 * small has nothing that could fetch, expand or loop.
 */
import { limits } from "../limits.ts";

export interface XmlElement {
  /** Without a namespace prefix. */
  readonly name: string;
  /** Of the element itself, elements inside it left out; not trimmed. */
  text: string;
  readonly children: XmlElement[];
}

/** Why text is no XML, and whether it merely ends too early. */
export class XmlDamage extends Error {
  readonly truncated: boolean;
  readonly at: number;

  constructor(message: string, at: number, truncated: boolean) {
    super(`${message} at character ${at}`);
    this.at = at;
    this.truncated = truncated;
  }
}

/** @returns the root element @throws XmlDamage */
export function parseXml(text: string): XmlElement {
  const open: XmlElement[] = [];
  const names = new TagNames();
  let root: XmlElement | undefined;
  let elements = 0;
  let at = text.charCodeAt(0) === byteOrderMark ? 1 : 0;
  while (at < text.length) {
    const next = text.indexOf("<", at);
    const end = next === -1 ? text.length : next;
    addText(open.at(-1), text, at, end);
    if (next === -1) break;
    at = next;
    if (text.startsWith("<!--", at)) {
      at = after(text, "-->", at, "a comment");
    } else if (text.startsWith("<![CDATA[", at)) {
      const close = after(text, "]]>", at, "a CDATA section");
      const current = open.at(-1);
      if (current === undefined) throw new XmlDamage("text outside the root element", at, false);
      current.text += text.slice(at + 9, close - 3);
      at = close;
    } else if (text.startsWith("<!", at)) {
      throw new XmlDamage("a document type is not taken: <!…", at, false);
    } else if (text.startsWith("<?", at)) {
      at = after(text, "?>", at, "a declaration");
    } else {
      const close = tagEnd(text, at);
      const inner = text.slice(at + 1, close - 1);
      if (inner.startsWith("/")) closeElement(open, names.of(inner.slice(1), at), at);
      else {
        if (root !== undefined && open.length === 0) throw new XmlDamage("a second root element", at, false);
        if (++elements > limits.elements) throw new XmlDamage(`more than ${limits.elements} elements`, at, false);
        if (open.length >= limits.depth) throw new XmlDamage(`elements deeper than ${limits.depth} levels`, at, false);
        const empty = inner.endsWith("/");
        const element = { name: names.of(empty ? inner.slice(0, -1) : inner, at), text: "", children: [] };
        open.at(-1)?.children.push(element);
        root ??= element;
        if (!empty) open.push(element);
      }
      at = close;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw new XmlDamage(`<${unclosed.name}> is not closed`, text.length, true);
  if (root === undefined) throw new XmlDamage("there is no element", text.length, true);
  return root;
}

function addText(element: XmlElement | undefined, text: string, start: number, end: number): void {
  if (start >= end) return;
  const found = text.slice(start, end);
  if (element !== undefined) element.text += found.includes("&") ? decoded(found, start) : found;
  else if (found.trim() !== "") {
    throw new XmlDamage(`"${found.trim().slice(0, 20)}" is outside the root element`, start, false);
  }
}

function closeElement(open: XmlElement[], name: string, at: number): void {
  const element = open.pop();
  if (element === undefined) throw new XmlDamage(`</${name}> closes nothing`, at, false);
  if (element.name !== name) throw new XmlDamage(`<${element.name}> is closed by </${name}>`, at, false);
}

/** Behind the `>` of the tag that begins here; one inside a quoted attribute does not end it. */
function tagEnd(text: string, start: number): number {
  const simple = text.indexOf(">", start);
  const inside = simple === -1 ? "" : text.slice(start + 1, simple);
  if (inside !== "" && !/["'<]/.test(inside)) return simple + 1;
  const found = /^<(?:[^<>"']|"[^"]*"|'[^']*')*>/.exec(text.slice(start, start + longestTag));
  if (found !== null) return start + found[0].length;
  const truncated = simple === -1;
  throw new XmlDamage(`the tag ${text.slice(start, start + 20)} is not closed`, start, truncated);
}

/** Names of tags, each looked at once: a document of rows has a hundred different ones, a million times. */
class TagNames {
  readonly #known = new Map<string, string>();

  of(tag: string, at: number): string {
    const known = this.#known.get(tag);
    if (known !== undefined) return known;
    const found = /^([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)(?=\s|$)/.exec(tag);
    if (found?.[2] === undefined) throw new XmlDamage(`<${tag.slice(0, 20)}> has no name`, at, false);
    if (this.#known.size < mostNames) this.#known.set(tag, found[2]);
    return found[2];
  }
}

function after(text: string, ending: string, start: number, what: string): number {
  const found = text.indexOf(ending, start);
  if (found === -1) throw new XmlDamage(`${what} is not closed`, start, true);
  return found + ending.length;
}

function decoded(text: string, start: number): string {
  return text.replace(/&([^;&\s]{0,10})(;?)/g, (whole, name: string, closed: string, at: number) => {
    // A bare & in free text is what careless writers send; it means itself.
    if (closed === "") return whole;
    const named = entities[name as keyof typeof entities];
    if (named !== undefined) return named;
    const code = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    if (!name.startsWith("#") || !(code > 0 && code <= 0x10ffff)) {
      throw new XmlDamage(`&${name}; is no entity`, start + at, false);
    }
    return String.fromCodePoint(code);
  });
}

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" } as const;
const byteOrderMark = 0xfeff;
/** Characters of a tag with attributes. */
const longestTag = 10_000;
const mostNames = 1000;
