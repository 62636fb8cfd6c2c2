import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "@anymeter/sans-io";
import { lost, outcomeOf } from "@anymeter/sans-io/testing";
import { addressOf, parameterMapOf } from "../parameters/parameter-maps.ts";
import { exampleConverter, withDays } from "../testing/example-converter.ts";
import { changed, recorded, spoiled } from "../testing/lines.ts";
import { IFlagClient } from "./client.ts";
import { IFlagServer } from "./server.ts";

const isWakeUp = (bytes: Uint8Array) => bytes.length === 200 && bytes.every((byte) => byte === 0);
const isPass = (bytes: Uint8Array) => bytes[0] === 0x50;

test("the wake-up is sent three times, 1.5 s apart, and then the converter is absent", () => {
  const client = new IFlagClient();
  const sent: Uint8Array[] = [];
  const request = client.signOn();
  assert.equal(client.patience, 1500);
  assert.throws(
    () => outcomeOf(client, new IFlagServer(exampleConverter()), request, { up: recorded(sent), down: lost }),
    {
      code: "no_answer",
      message: "No answer to the wake-up within 4500 ms.",
    },
  );
  assert.equal(sent.filter(isWakeUp).length, 3);
});

test("a wake-up that is answered at the third time is enough", () => {
  const client = new IFlagClient();
  const up = spoiled((_, index) => (index < 2 ? [] : undefined));
  assert.equal(outcomeOf(client, new IFlagServer(exampleConverter()), client.signOn(), { up }).name, "MINICOR200");
});

test("without wake-up the sign-on is the first thing that is sent", () => {
  const client = new IFlagClient({ wakeUp: false });
  const server = new IFlagServer(exampleConverter());
  server.receive(new Uint8Array(12));
  server.takeOutput();
  const sent: Uint8Array[] = [];
  outcomeOf(client, server, client.signOn(), { up: recorded(sent) });
  assert.deepEqual([...sent[0]!], [0x2f, 0x3f, 0x21, 0x0d, 0x0a]);
});

test("a PASS whose checksum is wrong is not answered: the sign-on begins anew", () => {
  const client = new IFlagClient();
  const sent: Uint8Array[] = [];
  let damages = 0;
  const down = spoiled((bytes) => (isPass(bytes) && damages++ < 1 ? [changed(bytes, 2)] : undefined));
  outcomeOf(client, new IFlagServer(exampleConverter()), client.signOn(), { up: recorded(sent), down });
  assert.equal(sent.filter(isPass).length, 1);
  assert.equal(sent.filter(isWakeUp).length, 2);
});

test("a PASS whose checksum stays wrong ends the sign-on after three tries", () => {
  const client = new IFlagClient();
  const sent: Uint8Array[] = [];
  const down = spoiled((bytes) => (isPass(bytes) ? [changed(bytes, -1)] : undefined));
  assert.throws(
    () => outcomeOf(client, new IFlagServer(exampleConverter()), client.signOn(), { up: recorded(sent), down }),
    { code: "checksum_wrong", message: /checksum of the password is 0xEEE0, not 0xAEE0/ },
  );
  assert.equal(sent.filter(isPass).length, 0);
});

test("a refused password tells what to do", () => {
  const client = new IFlagClient();
  const up = spoiled((bytes) => (isPass(bytes) ? [changed(bytes, 0), Uint8Array.of(0x15)] : undefined));
  const down = spoiled((bytes) => (isPass(bytes) ? [bytes, Uint8Array.of(0x15)] : undefined));
  assert.throws(() => outcomeOf(client, new IFlagServer(exampleConverter()), client.signOn(), { up, down }), {
    code: "password_refused",
    fault: "security",
  });
});

test("noise without end in answer to a wake-up is given up", () => {
  const client = new IFlagClient();
  client.signOn();
  let pieces = 0;
  for (; client.patience !== undefined && pieces < 10_000; pieces++) client.receive(Uint8Array.of(0x7a));
  const event = client.nextEvent();
  assert.ok(event?.type === "request-failed" && event.error instanceof ProtocolError);
  assert.equal(event.error.code, "junk_too_long");
  assert.equal(pieces, 1025);
});

test("an identification longer than any is noise, however it comes", () => {
  for (const length of [64, 300_000]) {
    const client = new IFlagClient({ wakeUp: false });
    client.signOn();
    client.receive(new TextEncoder().encode(`/${"A".repeat(length)}\r\n`));
    const event = client.nextEvent();
    assert.ok(event?.type === "request-failed" && event.error instanceof ProtocolError, String(length));
    assert.equal(event.error.code, "junk_too_long");
  }
});

test("a damaged identification is asked for again, three times", () => {
  for (const damages of [2, 3]) {
    const client = new IFlagClient();
    let seen = 0;
    const down = spoiled((bytes) => (bytes[0] === 0x2f && seen++ < damages ? [changed(bytes, 2)] : undefined));
    const read = () => outcomeOf(client, new IFlagServer(exampleConverter()), client.signOn(), { down }).manufacturer;
    if (damages === 2) assert.equal(read(), "ACT");
    else assert.throws(read, { code: "identification_invalid", fault: "damaged" });
  }
});

test("noise instead of the answer to a wake-up is told from silence", () => {
  const client = new IFlagClient();
  const down = spoiled((bytes) => [new Uint8Array(bytes.length).fill(0x7e)]);
  assert.throws(() => outcomeOf(client, new IFlagServer(exampleConverter()), client.signOn(), { down }), {
    code: "answer_unexpected",
    message: "The converter answered the wake-up with 3 bytes of something else.",
  });
});

test("noise and late NULs before the identification are dropped", () => {
  const client = new IFlagClient();
  const noise = Uint8Array.of(0x00, 0xff, 0x7e);
  const down = spoiled((bytes) => (bytes[0] === 0x2f ? [noise, bytes] : undefined));
  assert.equal(outcomeOf(client, new IFlagServer(exampleConverter()), client.signOn(), { down }).name, "MINICOR200");
});

test("an identification that is none is told", () => {
  const client = new IFlagClient();
  const down = spoiled((bytes) =>
    bytes[0] === 0x2f ? [Uint8Array.from("/1!\r\n", (letter) => letter.charCodeAt(0))] : undefined,
  );
  assert.throws(() => outcomeOf(client, new IFlagServer(exampleConverter()), client.signOn(), { down }), {
    code: "identification_invalid",
    message: /"\/1!" is no identification/,
  });
});

test("a peer that talks of something else is told from a silent one", () => {
  const client = new IFlagClient();
  const down = spoiled((bytes) => (bytes[0] === 0x2f ? [new Uint8Array(300).fill(0x41)] : undefined));
  assert.throws(() => outcomeOf(client, new IFlagServer(exampleConverter()), client.signOn(), { down }), {
    code: "junk_too_long",
    fault: "damaged",
  });
});

test("after 5 s without traffic the whole sign-on comes again, without losing a request", () => {
  let now = 0;
  const client = new IFlagClient({ now: () => now });
  const server = new IFlagServer(exampleConverter());
  const sent: Uint8Array[] = [];
  const line = { up: recorded(sent) };
  outcomeOf(client, server, client.readNamed(["temperature"]), line);
  now = 4000;
  outcomeOf(client, server, client.readNamed(["temperature"]), line);
  assert.equal(sent.filter(isWakeUp).length, 1);
  now = 9000;
  server.timedOut();
  outcomeOf(client, server, client.readNamed(["temperature"]), line);
  assert.equal(sent.filter(isWakeUp).length, 2);
  const requests = sent.filter((bytes) => bytes[1] === 0xbf);
  assert.equal(requests.length, 4); // the map once, the temperature three times
});

test("without a clock, a sleeping converter is noticed by one silence and read all the same", () => {
  const client = new IFlagClient();
  const server = new IFlagServer(exampleConverter());
  outcomeOf(client, server, client.signOn());
  server.timedOut();
  const sent: Uint8Array[] = [];
  const request = client.readParameters([{ id: 107, type: "word" }]);
  assert.deepEqual(outcomeOf(client, server, request, { up: recorded(sent) }), [1830]);
  assert.deepEqual(
    sent.map((bytes) => (isWakeUp(bytes) ? "wake-up" : bytes[1] === 0xbf ? "request" : "sign-on")),
    ["request", "wake-up", "sign-on", "sign-on", "sign-on", "request"],
  );
});

test("an answer that is lost in a fresh session is asked for again", () => {
  const client = new IFlagClient();
  const sent: Uint8Array[] = [];
  let losses = 0;
  const down = spoiled((bytes) => (bytes[0] === 0x01 && losses++ < 2 ? [] : undefined));
  const request = client.readParameters([{ id: 107, type: "word" }]);
  assert.deepEqual(
    outcomeOf(client, new IFlagServer(exampleConverter()), request, { up: recorded(sent), down }),
    [1830],
  );
  assert.equal(sent.filter(isWakeUp).length, 1);
  assert.equal(sent.filter((bytes) => bytes[1] === 0xbf).length, 3);
});

test("a write that got no answer is not repeated", () => {
  const client = new IFlagClient();
  const server = new IFlagServer(exampleConverter());
  outcomeOf(client, server, client.signOn());
  const sent: Uint8Array[] = [];
  const battery = { ...addressOf(parameterMapOf("G0003"), "battery_days"), value: 3000 };
  const line = { up: recorded(sent), down: lost };
  assert.throws(() => outcomeOf(client, server, client.writeParameters([battery]), line), { code: "no_answer" });
  assert.equal(sent.length, 1);
  // It was lost on its way back: the converter has it.
  assert.deepEqual(outcomeOf(client, server, client.readNamed(["battery_days"])), { battery_days: 3000 });
});

test("a lost connection fails what is under way", () => {
  const client = new IFlagClient();
  const { id } = client.readDatabase({ database: "daily" });
  client.connectionLost();
  const event = client.nextEvent();
  assert.ok(event?.type === "request-failed" && event.id === id);
  assert.equal((event.error as { code?: string }).code, "connection_lost");
});

test("a transfer whose beginning went to somebody else is read from its beginning", () => {
  const device = withDays(40);
  const first = new IFlagClient();
  const broken = spoiled((bytes, index) => (index > 6 && bytes[0] === 0x01 ? [] : undefined));
  const query = { database: "daily", persistence: true } as const;
  assert.throws(() => outcomeOf(first, new IFlagServer(device), first.readRawRecords(query), { down: broken }));
  assert.ok(device.transfers.last!.next > 0);
  const second = new IFlagClient();
  const { records } = outcomeOf(second, new IFlagServer(device), second.readRawRecords(query));
  assert.equal(records.length, 40);
  assert.equal(device.requests.length, 2);
});

test("a transfer that broke off goes on where it stopped when the converter can", () => {
  const client = new IFlagClient();
  const device = withDays(40);
  const sent: Uint8Array[] = [];
  let frames = 0;
  // After three frames the line is dead for a while, longer than the converter stays awake.
  const down = spoiled((bytes) => {
    if (bytes[0] !== 0x01) return undefined;
    frames++;
    if (frames < 4 || frames > 7) return undefined;
    if (frames === 7) server.timedOut();
    return [];
  });
  const server = new IFlagServer(device);
  const request = client.readRawRecords({ database: "daily", persistence: true });
  const { records } = outcomeOf(client, server, request, { up: recorded(sent), down });
  assert.equal(records.length, 40);
  assert.equal(new Set(records.map((record) => record.join())).size, 40);
  assert.equal(device.requests.length, 1); // the records were looked up once
  assert.equal(sent.filter(isWakeUp).length, 2);
});
