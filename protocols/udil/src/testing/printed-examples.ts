/** The examples of section 4 of v1, for tests. */
import { readFileSync } from "node:fs";
import { type ServiceName, serviceOfPath } from "../services/services.ts";

export interface PrintedExample {
  readonly path: string;
  readonly service: ServiceName;
  readonly headers: Readonly<Record<string, string>>;
  /** The request's form, values as printed. */
  readonly form: readonly (readonly [name: string, value: string])[];
  readonly json: string;
  readonly xml: string;
}

const text = readFileSync(new URL("printed-examples.txt", import.meta.url), "utf8");

export const printedExamples: readonly PrintedExample[] = text.split(/^=== /m).slice(1).map(exampleOf);

export function printedExample(path: string): PrintedExample {
  return printedExamples.find((example) => example.path === path)!;
}

function exampleOf(section: string): PrintedExample {
  const [head = "", json = "", xml = ""] = section.split(/^--- (?:json|xml)\n/m);
  const [path = "", ...lines] = head.trim().split("\n");
  const entries = (kind: string) =>
    lines.flatMap((line) => {
      const [, name, value] = new RegExp(`^${kind} (\\w+): (.*)$`).exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    });
  return {
    path,
    service: serviceOfPath(path)!,
    headers: Object.fromEntries(entries("header")),
    form: entries("field"),
    json,
    xml,
  };
}
