import assert from "node:assert/strict";
import { test } from "node:test";
import { hexFromBytes, type Session } from "@anymeter/sans-io";
import { type MemoryLine, outcomeOf } from "@anymeter/sans-io/testing";
import { encodeDatabaseFrame } from "../databases/database-frame.ts";
import { answerFrame } from "../frames/frame.ts";
import { withDays } from "../testing/example-converter.ts";
import { changed, isFrame, recorded, spoiled } from "../testing/lines.ts";
import { IFlagClient } from "./client.ts";
import type { ClientOptions } from "./client-options.ts";
import { IFlagServer } from "./server.ts";

const days = 20;

/** Reads the daily database and gives the pulses of its records. */
function read(
  line: MemoryLine,
  options: ClientOptions = {},
  server: Session = new IFlagServer(withDays(days)),
): number[] {
  const client = new IFlagClient(options);
  const { records } = outcomeOf(client, server, client.readDatabase({ database: "daily", pulseWeight: "1" }), line);
  return records.map(({ consumption_unconverted_daily }) => Number(consumption_unconverted_daily));
}

const all = Array.from({ length: days }, (_, day) => days - day);
const naks = (sent: readonly Uint8Array[]) => sent.filter((bytes) => hexFromBytes(bytes) === "15").length;

test("a damaged frame is asked for again, and its data counts once", () => {
  for (const at of [1, 4, 40, -3, -1]) {
    const sent: Uint8Array[] = [];
    let damages = 0;
    const down = spoiled((bytes) => (isFrame(bytes, 2) && damages++ < 1 ? [changed(bytes, at)] : undefined));
    assert.deepEqual(read({ up: recorded(sent), down }), all, `byte ${at} changed`);
    assert.equal(naks(sent), 1);
  }
});

test("the first and the last frame are asked for again as well", () => {
  for (const number of [0, 4]) {
    const sent: Uint8Array[] = [];
    let damages = 0;
    const down = spoiled((bytes) => (isFrame(bytes, number) && damages++ < 1 ? [changed(bytes, 20)] : undefined));
    assert.deepEqual(read({ up: recorded(sent), down }), all);
    assert.equal(naks(sent), 1);
  }
});

test("a frame is asked for again three times, and no more", () => {
  const sent: Uint8Array[] = [];
  const down = spoiled((bytes) => (isFrame(bytes, 2) ? [changed(bytes, 20)] : undefined));
  assert.throws(() => read({ up: recorded(sent), down }), { code: "checksum_wrong", fault: "damaged" });
  assert.equal(naks(sent), 3);
});

test("three damages of one frame do not use up the repeats of the next", () => {
  const damages = new Map<number, number>();
  const down = spoiled((bytes) => {
    for (const number of [1, 2]) {
      const before = damages.get(number) ?? 0;
      if (!isFrame(bytes, number) || before >= 3) continue;
      damages.set(number, before + 1);
      return [changed(bytes, 30)];
    }
    return undefined;
  });
  assert.deepEqual(read({ down }), all);
});

test("a lost frame is asked for again, and so is the answer to a lost acknowledgement", () => {
  const lostFrame = spoiled((bytes, index) => (isFrame(bytes, 2) && index === 6 ? [] : undefined));
  assert.deepEqual(read({ down: lostFrame }), all);
  let losses = 0;
  const lostAcknowledgement = spoiled((bytes) => (hexFromBytes(bytes) === "06" && losses++ < 1 ? [] : undefined));
  assert.deepEqual(read({ up: lostAcknowledgement }), all);
});

test("a frame that comes twice counts once, and does not make the converter skip one", () => {
  // The second copy arrives behind the client's acknowledgement, or before the next frame.
  const atOnce = spoiled((bytes) => (isFrame(bytes, 2) ? [bytes, bytes] : undefined));
  assert.deepEqual(read({ down: atOnce }), all);
  let late: Uint8Array[] = [];
  const later = spoiled((bytes) => {
    const pieces = [...late, bytes];
    late = isFrame(bytes, 2) ? [bytes] : [];
    return pieces;
  });
  assert.deepEqual(read({ down: later }), all);
});

test("a frame out of order is asked for again, three times, and then the read fails", () => {
  const renumbered = (bytes: Uint8Array) => {
    const data = bytes.slice(2, -3);
    data[0] = 9;
    return answerFrame(data);
  };
  let disorders = 0;
  const once = spoiled((bytes) => (isFrame(bytes, 2) && disorders++ < 1 ? [renumbered(bytes)] : undefined));
  assert.deepEqual(read({ down: once }), all);
  const always = spoiled((bytes) => (isFrame(bytes, 2) ? [renumbered(bytes)] : undefined));
  assert.throws(() => read({ down: always }), {
    code: "frame_out_of_order",
    message: "Frame 9 of the database came where frame 2 belongs, 3 times. Read the database anew.",
  });
});

test("a request that was damaged on its way is sent again", () => {
  let damages = 0;
  const up = spoiled((bytes) => (bytes[1] === 0xbe && damages++ < 1 ? [changed(bytes, 5)] : undefined));
  assert.deepEqual(read({ up }), all);
});

test("a refused database is named", () => {
  const client = new IFlagClient();
  const request = client.readDatabase({ database: "monthly" });
  assert.throws(() => outcomeOf(client, new IFlagServer(withDays(1)), request), {
    code: "database_refused",
    fault: "refused",
    message: /database monthly with the mask 0xfffffff9/,
  });
});

test("records of an unknown length name the known ones, and can be read as bytes", () => {
  const device = withDays(2);
  const odd = { ...device, readDatabase: () => ({ recordLength: 58, records: [new Uint8Array(58)] }) };
  const server = new IFlagServer(Object.assign(Object.create(device), odd));
  const client = new IFlagClient();
  assert.throws(() => outcomeOf(client, server, client.readDatabase({ database: "daily" })), {
    code: "layout_unknown",
    message: /58 bytes in the database daily .* 57, 95, 97/,
  });
  const raw = outcomeOf(client, server, client.readRawRecords({ database: "daily" }));
  assert.equal(raw.records[0]?.length, 58);
});

test("records that end too early, and records without a length, are damaged", () => {
  const frame = (recordLength: number, bytes: number) => {
    const records = new Uint8Array(bytes);
    return answerFrame(encodeDatabaseFrame({ number: 0, last: true, recordLength, records }));
  };
  const answering = (answer: Uint8Array) => spoiled((bytes) => (isFrame(bytes, 0) ? [answer] : undefined));
  assert.throws(() => read({ down: answering(frame(57, 100)) }), {
    code: "records_cut_short",
    message: "The records end 43 bytes into the last one, which has 57. Read the database anew.",
  });
  assert.throws(() => read({ down: answering(frame(0, 10)) }), { code: "database_frame_invalid" });
});

test("a database longer than the limit is not kept", () => {
  assert.throws(() => read({}, { databaseLimit: 600 }), { code: "database_too_long", fault: "damaged" });
});

test("a converter that sends the same frame for ever is given up", () => {
  let first: Uint8Array | undefined;
  const down = spoiled((bytes) => {
    if (bytes[0] !== 0x01) return undefined;
    first ??= bytes;
    return [first];
  });
  assert.throws(() => read({ down }), { code: "frame_out_of_order" });
});
