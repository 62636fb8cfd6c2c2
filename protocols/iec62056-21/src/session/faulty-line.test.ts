/** Lines that lose, cut and flip at random: what is read is right, or an error says why it is not read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { joinBytes } from "@anymeter/sans-io";
import { Random } from "@anymeter/sans-io/testing";
import type { LoadProfile } from "../data/load-profile.ts";
import { iec62056Errors } from "../errors.ts";
import { ExampleMeter, examplePassword } from "../testing/example-meter.ts";
import { type Change, outcomes, talk } from "../testing/memory-line.ts";
import { ClientSession } from "./client-session.ts";
import { ServerSession } from "./server-session.ts";

/** One message in six suffers. */
function fault(random: Random, mayFlip: boolean): Change {
  return (bytes) => {
    if (random.word() % 6 !== 0) return bytes;
    switch (random.word() % 4) {
      case 0:
        return undefined;
      case 1:
        return bytes.slice(0, random.integer(0, bytes.length - 1));
      case 2:
        return joinBytes([Uint8Array.of(0x00, 0x7f, 0x41), bytes]);
      default: {
        if (!mayFlip) return bytes;
        const at = random.integer(0, bytes.length - 1);
        return bytes.with(at, bytes[at]! ^ (1 << random.integer(0, 6)));
      }
    }
  };
}

test("four hundred sessions over bad lines read the truth or nothing", () => {
  const codes = new Set([...Object.keys(iec62056Errors), "no_answer"]);
  let read = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const random = new Random(seed);
    const client = new ClientSession({ password: examplePassword, attempts: 5 });
    client.openProgramming();
    client.read("1.8.0");
    client.readLoadProfile();
    client.endDialogue();
    // A flipped bit in a sign-on or option select asks for something else: nothing guards these messages.
    const line = { chunk: random.integer(1, 40), fromServer: fault(random, true), fromClient: fault(random, false) };
    const [, register, profile] = outcomes(talk(client, new ServerSession(new ExampleMeter()), line));
    if (typeof register === "string") assert.ok(codes.has(register), register);
    else
      assert.deepEqual(register, [{ address: "1.8.0", values: [{ value: "000123.45", unit: "kWh" }] }], `seed ${seed}`);
    if (typeof profile === "string") assert.ok(codes.has(profile), profile);
    else {
      const values = (profile as LoadProfile).rows.map((row) => row.values[0]!.value);
      assert.deepEqual(values, ["0.001", "0.002", "0.003", "0.004"], `seed ${seed}`);
      read++;
    }
  }
  assert.ok(read > 200, `${read} of 400 got through`);
});
