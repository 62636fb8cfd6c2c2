/** The converter's side byte by byte, and both sides against noise. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes, joinBytes } from "@anymeter/sans-io";
import { mutate, Random } from "@anymeter/sans-io/testing";
import { exampleConverter, withDays } from "../testing/example-converter.ts";
import { vectors } from "../testing/vectors.ts";
import { IFlagClient } from "./client.ts";
import { IFlagServer } from "./server.ts";

/** What the server says to bytes. */
function say(server: IFlagServer, hex: string): string {
  server.receive(bytesFromHex(hex));
  const answers: Uint8Array[] = [];
  for (let answer = server.takeOutput(); answer; answer = server.takeOutput()) answers.push(answer);
  return hexFromBytes(joinBytes(answers));
}

const wakeUp = "00".repeat(12);
const signOn = "2F3F210D0A";
const identification = "2F414354354D494E49434F523230300D0A"; // /ACT5MINICOR200
const pass = "50415353E0AE";
const readClock = "01BF016A035670";

function signedOn(device = exampleConverter()): IFlagServer {
  const server = new IFlagServer(device);
  say(server, wakeUp + signOn);
  say(server, "063035370D0A");
  assert.equal(say(server, pass), "06");
  return server;
}

test("a sleeping converter hears nothing but NULs, twelve at least", () => {
  const server = new IFlagServer(exampleConverter());
  assert.equal(say(server, signOn), "");
  assert.equal(say(server, "00".repeat(11)), "");
  assert.equal(say(server, "00"), "000000");
  assert.equal(say(server, "00".repeat(188)), "", "the rest of a wake-up is not answered again");
  const other = new IFlagServer(exampleConverter());
  assert.equal(say(other, `${"00".repeat(11)}01${"00".repeat(11)}`), "", "in a row");
  assert.equal(say(server, signOn), identification);
});

test("any option is taken, as the published clients send different ones", () => {
  for (const option of ["063035370D0A", "063037360D0A", "063037300D0A"]) {
    const server = new IFlagServer(exampleConverter());
    say(server, wakeUp + signOn);
    assert.equal(say(server, option), pass);
  }
});

test("a wrong PASS is refused, and nothing can be read then", () => {
  const server = new IFlagServer(exampleConverter());
  say(server, wakeUp + signOn);
  say(server, "063035370D0A");
  assert.equal(say(server, "50415353E0AF"), "15");
  assert.equal(say(server, readClock), "");
});

test("a request whose checksum is wrong, an unknown id and an unknown database are refused", () => {
  const server = signedOn();
  assert.match(say(server, readClock), /^01048751C854/);
  assert.equal(say(server, "01BF016A035671"), "15");
  assert.equal(say(server, "01BE0D07F9FFFFFF0000000000000000034CAA"), "15");
  assert.match(say(server, readClock), /^01048751C854/, "it goes on");
});

test("it sleeps after 5 s without traffic, and after the break", () => {
  const server = signedOn();
  assert.equal(server.patience, 5000);
  server.timedOut();
  assert.equal(server.patience, undefined);
  assert.equal(say(server, readClock), "");
  const other = signedOn();
  assert.equal(say(other, "014230032131"), "");
  assert.equal(say(other, readClock), "");
  assert.equal(say(other, wakeUp), "000000");
});

test("who wakes a converter in the middle of a session begins anew", () => {
  const server = signedOn();
  assert.equal(say(server, wakeUp), "000000");
  assert.equal(say(server, readClock), "");
  assert.equal(say(server, signOn), identification);
});

test("frames follow acknowledgements and are repeated on NAK; after the last one nothing is said", () => {
  const server = signedOn(withDays(6)); // 342 bytes: two frames
  const first = say(server, "01BE0D02F9FFFFFF00000000000000000349AF");
  assert.match(first, /^01FF000039/);
  assert.equal(say(server, "15"), first);
  const second = say(server, "06");
  assert.match(second, /^015C0180/);
  assert.equal(say(server, "15"), second);
  assert.equal(say(server, "06"), "");
  assert.equal(say(server, "06"), "");
});

test("no noise makes the converter throw or talk without end", () => {
  const random = new Random(3);
  const conversation = vectors.map(({ bytes }) => bytes);
  for (let round = 0; round < 300; round++) {
    const server = random.boolean() ? signedOn(withDays(3)) : new IFlagServer(withDays(3));
    for (let count = 0; count < 20; count++) {
      server.receive(mutate(random.pick(conversation), random));
      let length = 0;
      for (let answer = server.takeOutput(); answer; answer = server.takeOutput()) length += answer.length;
      assert.ok(length < 3000);
    }
  }
});

test("no noise makes the client hang: every request ends", () => {
  const random = new Random(4);
  const answers = [
    ...vectors.map(({ bytes }) => bytes),
    ...["06", "15", "000000", identification, pass].map((hex) => bytesFromHex(hex)),
  ];
  for (let round = 0; round < 300; round++) {
    const client = new IFlagClient({ wakeUp: random.boolean() });
    const { id } = random.boolean() ? client.readDatabase({ database: "daily" }) : client.readNamed(["temperature"]);
    let turns = 0;
    for (let over = false; !over; turns++) {
      assert.ok(turns < 5000, "the request has no end");
      while (client.takeOutput());
      if (random.integer(0, 3) === 0) client.timedOut();
      else client.receive(random.boolean() ? random.pick(answers) : mutate(random.pick(answers), random));
      const event = client.nextEvent();
      over = event?.id === id;
    }
  }
});

test("who asks on and on without taking answers is not kept answers without bounds", () => {
  const server = signedOn();
  server.receive(joinBytes(Array<Uint8Array>(5000).fill(bytesFromHex(readClock))));
  let answers = 0;
  while (server.takeOutput()) answers++;
  assert.ok(answers > 0 && answers <= 64, `${answers} answers`);
  assert.match(say(server, readClock), /^0104/, "it answers again");
});
