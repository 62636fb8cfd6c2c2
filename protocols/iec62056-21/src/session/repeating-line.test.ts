/** Radio links that deliver every message twice: nothing is read twice, and nothing that is the same twice is lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { joinBytes } from "@anymeter/sans-io";
import type { LoadProfile } from "../data/load-profile.ts";
import { ExampleMeter, examplePassword } from "../testing/example-meter.ts";
import { type Change, lose, onceAt, outcomes, talk } from "../testing/memory-line.ts";
import { ClientSession } from "./client-session.ts";
import { ServerSession } from "./server-session.ts";

/** Its blocks are alike: rows without any consumption. */
class IdleMeter extends ExampleMeter {
  override command(...[command, dialogue]: Parameters<ExampleMeter["command"]>): ReturnType<ExampleMeter["command"]> {
    if (command.command !== "R6") return super.command(command, dialogue);
    const header = "P.01(0260105001500)(00)(15)(1)(1.5)(kW)\r\n";
    return { type: "data", texts: [header, ...Array<string>(5).fill("(0.000)\r\n")] };
  }
}

const twice: Change = (bytes) => joinBytes([bytes, bytes]);

function read(line: Parameters<typeof talk>[2]): unknown[] {
  const client = new ClientSession({ password: examplePassword });
  client.openProgramming();
  client.read("1.8.0");
  client.read("1.8.0");
  client.readLoadProfile({ command: "R6" });
  const [, first, second, profile] = outcomes(talk(client, new ServerSession(new IdleMeter()), line));
  return [first, second, typeof profile === "string" ? profile : (profile as LoadProfile).rows.length];
}

const register = [{ address: "1.8.0", values: [{ value: "000123.45", unit: "kWh" }] }];

for (const chunk of [1, 5, 17, 64, 4096]) {
  test(`every answer twice, in pieces of ${chunk}`, () => {
    assert.deepEqual(read({ chunk, fromServer: twice }), [register, register, 5]);
  });
}

test("an identification that comes again because it was asked for again is no sign of such a link", () => {
  let late: Uint8Array | undefined;
  // The first answer is late: it comes with the second.
  const fromServer: Change = (bytes) => {
    if (bytes[0] !== 0x2f) return bytes;
    if (late) return joinBytes([late, bytes]);
    late = bytes;
    return undefined;
  };
  for (const chunk of [1, 9, 4096]) {
    late = undefined;
    assert.deepEqual(read({ chunk, fromServer }), [register, register, 5], `in pieces of ${chunk}`);
  }
});

test("a lost answer over such a link is asked for again", () => {
  assert.deepEqual(read({ chunk: 7, fromServer: onceAt(4, lose) }), [register, register, 5]);
  let count = 0;
  const fromServer: Change = (bytes) => (++count === 6 ? undefined : twice(bytes));
  assert.deepEqual(read({ chunk: 7, fromServer }), [register, register, 5]);
});
