/** Writes answers as XML, in pieces: `root`, names as elements, lists as `element` inside the list's name. */
import type { HabitValues } from "../habits/habits.ts";
import type { Answer, AnswerList } from "./answer.ts";
import { type Spelling, spellingOf } from "./spelling.ts";

export function* xmlPieces(answer: Answer, habits: HabitValues): Generator<string> {
  const spelling = spellingOf(habits);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<root>';
  for (const [name, value] of answer.fields) {
    if (typeof value !== "string") yield* list(spelling.name(name), value, spelling, habits);
    else yield element(spelling.name(name), spelling.value(name)?.(value) ?? value);
  }
  yield "</root>";
}

function* list(name: string, { names, records, ...list }: AnswerList, spelling: Spelling, habits: HabitValues) {
  const repeated = habits.repeatedData ?? list.repeatedInXml ?? false;
  const spelled = names.map((column) => spelling.name(column));
  const changes = names.map((column) => spelling.value(column));
  const openings = spelled.map((column) => `<${column}>`);
  const closings = spelled.map((column) => `</${column}>`);
  const [before, after] = repeated ? [`<${name}>`, `</${name}>`] : ["<element>", "</element>"];
  let piece = repeated ? "" : `<${name}>`;
  let count = 0;
  for (const record of records) {
    piece += before;
    for (let column = 0; column < names.length; column++) {
      const value = record[column]!;
      if (typeof value !== "string") piece += nested(spelled[column]!, value, spelling, habits);
      else {
        const changed = changes[column]?.(value) ?? value;
        // Either form of an empty element is right; the printed examples have this one.
        if (changed === "") piece += `<${spelled[column]} />`;
        else piece += openings[column]! + escaped(changed) + closings[column]!;
      }
    }
    piece += after;
    if (++count % recordsInPiece === 0) {
      yield piece;
      piece = "";
    }
  }
  yield repeated ? piece : `${piece}</${name}>`;
}

function nested(name: string, value: AnswerList, spelling: Spelling, habits: HabitValues): string {
  let text = "";
  for (const piece of list(name, value, spelling, habits)) text += piece;
  return text;
}

function element(name: string, value: string): string {
  return value === "" ? `<${name} />` : `<${name}>${escaped(value)}</${name}>`;
}

function escaped(value: string): string {
  if (!needsEscape.test(value)) return value;
  return value.replace(everyEscape, (character) => entities[character] ?? "\ufffd");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };
// What a client sent comes back to it; XML 1.0 has no way to write most control characters (section 2.2).
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about.
const needsEscape = /[&<>\u0000-\u0008\u000b-\u001f\ufffe\uffff]/;
const everyEscape = new RegExp(needsEscape, "g");
const recordsInPiece = 200;
