/**
 * How many readouts one core decodes: a data message of thirty registers, found in the stream, checked, and every value made
 * exact decimal text with its unit. The peer is V8's own JSON parser over a text that says the same.
 */
import { decimalOf, decodeDataSets, encodeBlock, MessageParser } from "@anymeter/iec62056-21";
import { compareOnOneCore } from "../one-core.ts";
import type { BenchResult } from "../result.ts";
import { readoutText, registersOfReadout } from "./benchmark-meter.ts";

const readouts = 4_000;

export async function run(): Promise<BenchResult[]> {
  const message = encodeBlock(`${readoutText}!\r\n`);
  const json = JSON.stringify(decodeDataSets(readoutText));
  return [
    compareOnOneCore({
      name: "decode of an IEC 62056-21 readout",
      ...{ what: "readouts", count: readouts },
      work: () => decode(message),
      peer: "JSON.parse of the same in text",
      peerWork: () => parse(json),
      notes: `${message.length} bytes, ${registersOfReadout} registers`,
    }),
  ];
}

function decode(message: Uint8Array): void {
  const parser = new MessageParser();
  let registers = 0;
  for (let index = 0; index < readouts; index++) {
    parser.push(message);
    const received = parser.next();
    if (received?.type !== "block") throw new Error("the readout did not decode");
    for (const { values } of decodeDataSets(received.text)) {
      if (decimalOf(values[0]!.value) !== undefined) registers++;
    }
  }
  if (registers !== readouts * registersOfReadout) throw new Error(`${registers} registers`);
}

function parse(json: string): void {
  let registers = 0;
  for (let index = 0; index < readouts; index++) registers += JSON.parse(json).length;
  if (registers !== readouts * registersOfReadout) throw new Error(`${registers} registers`);
}
