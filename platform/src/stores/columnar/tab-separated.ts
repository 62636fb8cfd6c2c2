/** @returns rows in the format TabSeparated, each with its newline; text may hold anything */
export function tabSeparated(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(cell).join("\t")}\n`).join("");
}

function cell(value: string | number): string {
  return typeof value === "number" ? String(value) : escaped(value);
}

/** @returns text that holds no tab, newline or backslash of its own */
export function escaped(text: string): string {
  return text.replace(/[\\\t\n\r\0]/g, (special) => escapes[special]!);
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0" };
