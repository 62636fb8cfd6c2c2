/** Answers as habits spoil them as a whole: pages of proxies, stack traces, bodies that end too soon. */
import type { HabitSwitches } from "../habits/habit-switches.ts";

export interface WrittenAnswer {
  readonly httpStatus: number;
  readonly contentType: string;
  readonly pieces: Iterable<string>;
  /** Cut the connection when all was sent, before the end that was announced. */
  readonly cut?: boolean;
}

export function spoiled(answer: WrittenAnswer, isXml: boolean, habits: HabitSwitches): WrittenAnswer {
  if (habits.isTurn("htmlErrorPage")) return htmlPage(502, "502 Bad Gateway");
  if (habits.isTurn("htmlInPlaceOfData")) return htmlPage(200, "Sign in to your meters");
  if (habits.isTurn("serverError"))
    return { httpStatus: 500, contentType: "text/plain", pieces: ["java.lang.NullPointerException\n\tat pk.mdc.Rows"] };
  if (habits.isTurn("halfBody")) return { ...answer, pieces: [half(answer)] };
  if (habits.isTurn("cutConnection")) return { ...answer, pieces: [half(answer)], cut: true };
  if (isXml && habits.isTurn("brokenXml")) return { ...answer, pieces: [broken([...answer.pieces].join(""))] };
  return answer;
}

function htmlPage(httpStatus: number, title: string): WrittenAnswer {
  const page = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { httpStatus, contentType: "text/html", pieces: [page] };
}

function half({ pieces }: WrittenAnswer): string {
  const text = [...pieces].join("");
  return text.slice(0, Math.ceil(text.length / 2));
}

/** An element that is never closed, and an ampersand nobody escaped. */
function broken(text: string): string {
  const at = text.lastIndexOf("</");
  return `${text.slice(0, at).replace(/<\/[^>]+>$/, "")}R&D${text.slice(at)}`;
}
