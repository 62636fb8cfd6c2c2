/** An explanation as text for people: one line per part, offset and bytes on the left, meaning on the right. */
import { bytesFromHex, hexFromByte } from "../bytes/hex.ts";
import type { ExplainedPart, Explanation, Json } from "./explanation.ts";

/**
 * @param bytes those that were explained
 * @returns lines that end in a line feed
 */
export function explanationText(explanation: Explanation, bytes: Uint8Array): string {
  const lines = [`${explanation.protocol}, ${explanation.length} bytes: ${explanation.summary}`, ""];
  for (const part of explanation.parts) addPart(lines, part, bytes, 0);
  return `${lines.join("\n")}\n`;
}

function addPart(lines: string[], part: ExplainedPart, bytes: Uint8Array, depth: number): void {
  const inside = part.parts ?? [];
  const own = bytes.subarray(part.offset, part.offset + part.length);
  const shown = inside.length > 0 ? "" : [...own.subarray(0, bytesShown)].map(hexFromByte).join(" ");
  const more = inside.length === 0 && own.length > bytesShown ? " …" : "";
  const value = part.value === undefined ? "" : ` = ${textOf(part.value)}`;
  const place = String(part.offset).padStart(5);
  lines.push(`${place}  ${`${shown}${more}`.padEnd(column)}  ${"  ".repeat(depth)}${part.meaning}${value}`);
  for (const inner of inside) addPart(lines, inner, bytes, depth + 1);
  if (!part.content) return;
  lines.push(`${" ".repeat(7 + column)}  ${"  ".repeat(depth + 1)}${part.content.origin}:`);
  const content = bytesFromHex(part.content.hex);
  for (const inner of part.content.parts) addPart(lines, inner, content, depth + 2);
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Bytes of a part that are printed. */
const bytesShown = 8;
const column = bytesShown * 3 + 1;
