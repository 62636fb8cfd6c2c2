/** Peers that never end, on purpose or by accident: each is given up, and none makes the other side keep without bounds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeBlock } from "../message/block.ts";
import { encodeCommand } from "../message/command.ts";
import { ExampleMeter } from "../testing/example-meter.ts";
import { lose, onceAt, outcomes, talk } from "../testing/memory-line.ts";
import { ClientSession, type ClientSettings } from "./client-session.ts";
import { ServerSession } from "./server-session.ts";

const text = (words: string) => new TextEncoder().encode(words);
const noise = text("zzzzzzzz");

/** Answers every turn of a client; undefined is silence. @returns the code that the request ended in */
function endsIn(client: ClientSession, answer: (sent: Uint8Array | undefined) => Uint8Array | undefined): unknown {
  for (let turn = 0; turn < 50_000; turn++) {
    const sent = client.takeOutput();
    const [outcome] = outcomes([client.nextEvent()].filter((event) => event !== undefined));
    if (outcome !== undefined) return outcome;
    const bytes = answer(sent);
    if (bytes) client.receive(bytes);
    else client.timedOut();
  }
  return "no end";
}

/** In programming mode with a meter that needs no password. */
function programming(settings: ClientSettings = {}): ClientSession {
  const client = new ClientSession(settings);
  client.openProgramming();
  client.takeOutput();
  client.receive(text("/ANY5Example\r\n"));
  client.takeOutput();
  client.receive(encodeCommand("P0", "(1)"));
  client.nextEvent();
  assert.equal(client.programming, true);
  return client;
}

test("a meter that gives the first block again and again, and never the second, is given up", () => {
  const client = programming();
  client.readLoadProfile({ command: "R6" });
  const block = encodeBlock("P.01(0260105001500)", { more: true });
  let asked = 0;
  const outcome = endsIn(client, (sent) => {
    if (sent?.[1] !== 0x52) return undefined;
    asked++;
    return block;
  });
  assert.equal(outcome, "no_answer");
  assert.equal(asked, 3, "asked as often as the settings say");
});

test("blocks without text are no progress", () => {
  const client = programming();
  client.readLoadProfile({ command: "R6" });
  assert.equal(
    endsIn(client, () => encodeBlock("", { more: true })),
    "message_unexpected",
  );
});

test("noise without end is given up, at the sign-on, in programming mode and before a readout", () => {
  const signingOn = new ClientSession();
  signingOn.readReadout();
  const reading = programming();
  reading.read("1.8.0");
  const listening = new ClientSession();
  listening.readPushed();
  for (const client of [signingOn, reading, listening]) {
    assert.equal(
      endsIn(client, () => noise),
      "answer_unreadable",
    );
  }
});

test("blocks that are together longer than the limit are given up", () => {
  const client = programming({ messageLimit: 100 });
  client.read("1.8.0");
  assert.equal(
    endsIn(client, () => encodeBlock("1.8.0(0000000000)", { more: true })),
    "message_too_long",
  );
});

test("damaged readouts without end are given up after as many as the settings say", () => {
  const client = new ClientSession({ attempts: 2 });
  client.readPushed();
  client.receive(text("/ANY5Example\r\n\r\n1-0:1.8.0(1*kWh)\r\n!0000\r\n"));
  assert.equal(client.nextEvent(), undefined);
  client.receive(text("/ANY5Example\r\n\r\n1-0:1.8.0(1*kWh)\r\n!0000\r\n"));
  assert.deepEqual(outcomes([client.nextEvent()!]), ["message_checksum_wrong"]);
});

test("the pause after a wake-up is whole, although an optical head sends the NULs back", () => {
  const client = new ClientSession({ wakeUp: { count: 5 } });
  client.readReadout();
  assert.equal(client.takeOutput()?.length, 5);
  client.receive(new Uint8Array(5));
  assert.equal(client.takeOutput(), undefined, "the pause begins anew");
  assert.equal(client.patience, 1600);
  client.timedOut();
  assert.deepEqual(client.takeOutput(), text("/?!\r\n"));
  const slowly = new ClientSession({ wakeUp: { count: 2, interval: 30 } });
  slowly.readReadout();
  slowly.takeOutput();
  slowly.receive(Uint8Array.of(0));
  assert.equal(slowly.takeOutput(), undefined);
});

test("the echo of an option select does not change the speed early", () => {
  const client = new ClientSession({ speedChangePause: 300 });
  client.readReadout();
  client.receive(client.takeOutput()!);
  client.receive(text("/ANY5Example\r\n"));
  const select = client.takeOutput()!;
  for (const byte of select) {
    client.receive(Uint8Array.of(byte));
    assert.equal(client.baudRate, 300);
  }
  client.timedOut();
  assert.equal(client.baudRate, 9600);
  client.receive(encodeBlock("1.8.0(1*kWh)\r\n!\r\n"));
  assert.equal(client.nextEvent()?.type, "response");
});

test("a reader that asks on and on and takes no answers is not heard", () => {
  const session = new ServerSession(new ExampleMeter());
  session.receive(text("/?!\r\n\x06050\r\n"));
  session.receive(new Uint8Array(10_000).fill(0x15));
  let answers = 0;
  while (session.takeOutput()) answers++;
  assert.ok(answers <= 64, `${answers} answers`);
  session.receive(text("/?!\r\n"));
  assert.deepEqual(session.takeOutput(), text("/ANY5Example\r\n"), "it hears again");
});

test("a block that is lost once costs one more reading of all, not the request", () => {
  const client = new ClientSession({ password: "12345678" });
  client.openProgramming();
  client.readLoadProfile();
  const [, profile] = outcomes(talk(client, new ServerSession(new ExampleMeter()), { fromServer: onceAt(4, lose) }));
  assert.equal((profile as { rows: unknown[] }).rows.length, 4);
});
