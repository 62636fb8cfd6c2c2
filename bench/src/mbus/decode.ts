/**
 * How many small telegrams one core finds in a gateway's stream and decodes: a water meter with six records in 53 bytes,
 * from the start byte to names, units, exact decimals and dates. The limit is a decoder that knows this one telegram by
 * heart: fixed offsets, no tables, no names.
 */
import { decodeTelegram, encodeFrame, encodeVariableData, FrameParser } from "@anymeter/mbus";
import { compareOnOneCore } from "../one-core.ts";
import type { BenchResult } from "../result.ts";

const telegramsOfARound = 50_000;
const target = 200_000;

export async function run(): Promise<BenchResult[]> {
  const frame = waterMeterFrame();
  return [
    compareOnOneCore({
      name: "decode of a small M-Bus telegram",
      ...{ what: "telegrams", count: telegramsOfARound },
      work: () => decodeFrames(frame),
      peer: "a decoder that knows this telegram by heart",
      peerWork: () => readByHeart(frame),
      target,
      notes: `${frame.length} bytes, 6 records`,
    }),
  ];
}

function waterMeterFrame(): Uint8Array {
  const header = {
    identification: "12345678",
    manufacturer: "KAM",
    version: 1,
    medium: 7,
    accessNumber: 42,
    status: 0,
    configuration: 0,
  };
  const month = { year: 2026, month: 10, day: 31 };
  const application = encodeVariableData(header, [
    { coding: "bcd8", valueInformation: [0x13], value: "1234.567" },
    { coding: "int32", valueInformation: [0x3b], value: "0.312" },
    { coding: "int16", valueInformation: [0x5a], value: "11.4" },
    { coding: "dateTime", valueInformation: [0x6d], value: { ...month, hour: 23, minute: 59 } },
    { coding: "bcd8", valueInformation: [0x13], value: "1200.000", storage: 1 },
    { coding: "date", valueInformation: [0x6c], value: month, storage: 1 },
  ]);
  return encodeFrame({ type: "long", control: 0x08, address: 5, application });
}

/** What a session does with each answer. */
function decodeFrames(frame: Uint8Array): void {
  const parser = new FrameParser();
  let records = 0;
  for (let index = 0; index < telegramsOfARound; index++) {
    parser.push(frame);
    const parsed = parser.next();
    if (parsed?.type !== "long") throw new Error("the frame did not parse");
    records += decodeTelegram(parsed.application).records.length;
  }
  if (records !== 6 * telegramsOfARound) throw new Error("the telegram did not decode");
}

function readByHeart(frame: Uint8Array): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  let length = 0;
  for (let index = 0; index < telegramsOfARound; index++) {
    let sum = 0;
    for (let at = 4; at < frame.length - 2; at++) sum += frame[at]!;
    if ((sum & 0xff) !== frame.at(-2)) throw new Error("the checksum is wrong");
    const values = [
      decimal(view.getUint32(21, true).toString(16), 3),
      decimal(String(view.getInt32(27, true)), 3),
      decimal(String(view.getInt16(33, true)), 1),
      view.getUint32(37, true),
      decimal(view.getUint32(43, true).toString(16), 3),
      view.getUint16(49, true),
    ];
    length += values.length;
  }
  if (length !== 6 * telegramsOfARound) throw new Error("not every value was read");
}

function decimal(digits: string, places: number): string {
  const padded = digits.padStart(places + 1, "0");
  return `${padded.slice(0, -places)}.${padded.slice(-places)}`;
}
