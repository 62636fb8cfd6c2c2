/**
 * How many readouts one core decodes: a data message of thirty registers, found in the stream, checked, and every value made
 * exact decimal text with its unit. The peer is V8's own JSON parser over a text that says the same.
 *
 * Figures are per second of processor time, so that other work on the machine does not count. Both run in turns, and the
 * medians are reported.
 */
import { decimalOf, decodeDataSets, encodeBlock, MessageParser } from "@anymeter/iec62056-21";
import { median } from "../readings/median.ts";
import type { BenchResult } from "../result.ts";
import { readoutText, registersOfReadout } from "./benchmark-meter.ts";

const rounds = 9;
const readouts = 4_000;

export async function run(): Promise<BenchResult[]> {
  const message = encodeBlock(`${readoutText}!\r\n`);
  const json = JSON.stringify(decodeDataSets(readoutText));
  const decoded: number[] = [];
  const parsed: number[] = [];
  for (let round = 0; round < rounds; round++) {
    decoded.push(perSecond(() => decode(message)));
    parsed.push(perSecond(() => parse(json)));
  }
  const figure = median(decoded);
  const peerFigure = median(parsed);
  return [
    {
      name: "decode of an IEC 62056-21 readout",
      figure,
      unit: "readouts/s of one core",
      peer: "JSON.parse of the same in text",
      peerFigure,
      ratio: figure / peerFigure,
      notes: `${message.length} bytes, ${registersOfReadout} registers, ${readouts} a round, median of ${rounds} rounds`,
    },
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

function perSecond(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (readouts * 1e6) / (user + system);
}
