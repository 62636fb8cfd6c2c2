/**
 * How many archive rows one core decodes: blocks of a volume converter's measuring-period archive, 17 columns a row, from the
 * bytes on the line to numbers, times, states and values. The peer is V8's own JSON parser over the same texts.
 */
import { encodeBlock, MessageParser } from "@anymeter/iec62056-21";
import { parseLayout, readRows } from "@anymeter/lis-200";
import { compareOnOneCore } from "../one-core.ts";
import type { BenchResult } from "../result.ts";
import { archiveOfADay, layoutTexts } from "./benchmark-device.ts";

const rowsOfABlock = 96;
const blocksOfARound = 400;
const rows = rowsOfABlock * blocksOfARound;

export async function run(): Promise<BenchResult[]> {
  const text = archiveOfADay.map((row) => `${row.map((value) => `(${value})`).join("")}   \r\n`).join("");
  const block = encodeBlock(text);
  const json = archiveOfADay.map((row) => JSON.stringify(row));
  return [
    compareOnOneCore({
      name: "decode of LIS-200 archive rows",
      ...{ what: "rows", count: rows },
      work: () => decodeBlocks(block),
      peer: "JSON.parse of the same texts",
      peerWork: () => parseLines(json),
      notes: `${Math.round(text.length / rowsOfABlock)} bytes and ${archiveOfADay[0]!.length} columns a row`,
    }),
  ];
}

/** What a session does with each block: find it in the stream, check it, and read its rows. */
function decodeBlocks(block: Uint8Array): void {
  const layout = parseLayout(3, layoutTexts);
  const parser = new MessageParser();
  let count = 0;
  for (let index = 0; index < blocksOfARound; index++) {
    parser.push(block);
    const message = parser.next();
    if (message?.type !== "block") throw new Error("the block did not decode");
    count += readRows(layout, message.text).rows.length;
  }
  if (count !== rows) throw new Error(`${count} rows instead of ${rows}`);
}

function parseLines(json: readonly string[]): void {
  let count = 0;
  for (let index = 0; index < blocksOfARound; index++)
    for (const line of json) count += JSON.parse(line).length > 0 ? 1 : 0;
  if (count !== rows) throw new Error(`${count} lines instead of ${rows}`);
}
