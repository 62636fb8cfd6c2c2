/**
 * Writes answers as JSON, in pieces. The MDC has pens of its own, beside those of the library the platform writes with: a
 * mistake in the one is not made up for by the other.
 */
import type { HabitValues } from "../habits/habits.ts";
import type { Answer, AnswerList, AnswerValue } from "./answer.ts";
import { type Spelling, spellingOf } from "./spelling.ts";

export function* jsonPieces(answer: Answer, habits: HabitValues): Generator<string> {
  const spelling = spellingOf(habits);
  const damage = damageOf(habits);
  let separator = "{";
  for (const [name, value] of answer.fields) {
    yield damage(`${separator}${JSON.stringify(spelling.name(name))}:`);
    if (typeof value === "string") yield damage(scalar(name, value, spelling));
    else for (const piece of list(value, spelling, habits)) yield damage(piece);
    separator = ",";
  }
  yield "}";
}

function* list({ names, records }: AnswerList, spelling: Spelling, habits: HabitValues): Generator<string> {
  const openings = names.map((name, column) => `${column === 0 ? "{" : ","}${JSON.stringify(spelling.name(name))}:`);
  const changes = names.map((name) => spelling.value(name));
  const plain = changes.every((change) => change === undefined) && names.every((name) => spelling.isQuoted(name));
  let piece = "[";
  let count = 0;
  for (const record of records) {
    let text = count === 0 ? "" : ",";
    for (let column = 0; column < names.length; column++) {
      const value = record[column]!;
      text += openings[column]!;
      if (typeof value !== "string") text += [...list(value, spelling, habits)].join("");
      else text += plain ? quoted(value) : scalar(names[column]!, value, spelling);
    }
    piece += `${text}}`;
    if (++count % recordsInPiece === 0) {
      yield piece;
      piece = "";
    }
  }
  yield `${piece}${habits.trailingCommas && count > 0 ? "," : ""}]`;
}

function scalar(name: string, value: string, spelling: Spelling): string {
  const spelled = spelling.value(name)?.(value) ?? value;
  return spelling.isQuoted(name) ? quoted(spelled) : spelled;
}

/** Nearly every value is digits and letters; only what needs it goes the long way. */
function quoted(value: AnswerValue & string): string {
  return needsEscape.test(value) ? JSON.stringify(value) : `"${value}"`;
}

function damageOf({ equalsSign, curlyQuotes }: HabitValues): (piece: string) => string {
  if (!equalsSign && !curlyQuotes) return (piece) => piece;
  return (piece) => {
    const signed = equalsSign ? piece.replaceAll('"msn":', "msn=") : piece;
    return curlyQuotes ? signed.replace(/"((?:[^"\\]|\\.)*)"/g, "\u201c$1\u201d") : signed;
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes control characters.
const needsEscape = /["\\\u0000-\u001f]/;
const recordsInPiece = 200;
