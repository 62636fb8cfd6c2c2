import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadProfile } from "../data/load-profile.ts";
import { encodeBlock } from "../message/block.ts";
import type { Command } from "../message/command.ts";
import { ExampleMeter, examplePassword, reversed } from "../testing/example-meter.ts";
import { type Change, lose, type MemoryLine, onceAt, outcomes, spoilCheck, talk } from "../testing/memory-line.ts";
import { ScriptedMeter } from "../testing/scripted-meter.ts";
import { bytesOfPrint, emh } from "../testing/vectors.ts";
import { ClientSession, type ClientSettings } from "./client-session.ts";
import type { ServerAnswer } from "./server-device.ts";
import { ServerSession } from "./server-session.ts";

/** Asks an example meter in programming mode. */
function ask(
  requests: (client: ClientSession) => void,
  {
    device = new ExampleMeter(),
    line = {},
    settings = {},
  }: { device?: ExampleMeter; line?: MemoryLine; settings?: ClientSettings } = {},
): { results: unknown[]; device: ExampleMeter; client: ClientSession; server: ServerSession } {
  const client = new ClientSession({ password: examplePassword, ...settings });
  const server = new ServerSession(device);
  client.openProgramming();
  requests(client);
  const [opened, ...results] = outcomes(talk(client, server, line));
  return { results: typeof opened === "string" ? [opened, ...results] : results, device, client, server };
}

test("the printed dialogues of an EMH meter: reading and setting the clock", () => {
  const client = new ClientSession();
  const meter = new ScriptedMeter([
    [emh.request, emh.identification],
    [emh.programmingSelect, emh.operand],
    [emh.password, "<ACK>"],
    [emh.readDate, emh.date],
    [emh.readTime, emh.time],
    [emh.writeTime, "<ACK>"],
    [emh.break, ""],
  ]);
  client.openProgramming({ password: "00000000" });
  client.read("0.9.2");
  client.read("0.9.1");
  client.write("1-0:0.9.129*255", "1301031605000002)(00000000");
  client.endDialogue();
  const [access, date, time, written] = outcomes(talk(client, meter));
  assert.equal((access as { operand: string }).operand, "");
  assert.deepEqual(date, [{ address: "0.9.2", values: [{ value: "130103" }] }]);
  assert.deepEqual(time, [{ address: "0.9.1", values: [{ value: "101415" }] }]);
  assert.equal(written, undefined);
  assert.equal(meter.left, 0);
});

test("the same dialogue from the meter's side: our server answers as the EMH meter did", () => {
  const device = {
    identification: { manufacturer: "EMH", baudCharacter: "5", escapes: ["@"], model: "D4EM4TIIW001--" },
    readout: () => "",
    operand: () => "()",
    command: ({ command, data }: Command): ServerAnswer => {
      if (command === "R5") return { type: "data", texts: [data === "0.9.2()" ? "0.9.2(130103)" : "0.9.1(101415)"] };
      return { type: "acknowledge" };
    },
  };
  const server = new ServerSession(device);
  for (const [asked, answer] of [
    [emh.request, emh.identification],
    [emh.programmingSelect, emh.operand],
    [emh.password, "<ACK>"],
    [emh.readDate, emh.date],
    [emh.readTime, emh.time],
    [emh.writeTime, "<ACK>"],
  ]) {
    server.receive(bytesOfPrint(asked!));
    assert.deepEqual(server.takeOutput(), bytesOfPrint(answer!));
  }
  assert.equal(server.patience, 60_000);
  server.receive(bytesOfPrint(emh.break));
  assert.equal(server.patience, undefined);
});

for (const chunk of [1, undefined]) {
  test(`a profile in partial blocks, in ${chunk ? "single bytes" : "whole messages"}`, () => {
    const { results } = ask((client) => client.readLoadProfile(), { line: chunk ? { chunk } : {} });
    const { rows, problems } = results[0] as LoadProfile;
    assert.deepEqual(problems, []);
    assert.deepEqual(
      rows.map(({ time, values }) => [time.minute, values[0]!.value]),
      [
        [15, "0.001"],
        [30, "0.002"],
        [45, "0.003"],
        [0, "0.004"],
      ],
    );
  });
}

for (const [what, change] of [
  ["damaged", spoilCheck],
  ["cut short", (bytes: Uint8Array) => bytes.slice(0, 5)],
  ["lost", lose],
] as readonly [string, Change][]) {
  // Messages of the server: identification, P0, ACK to P1, then the blocks.
  for (const block of [3, 4, 5]) {
    test(`block ${block - 2} of three that is ${what} is asked for again, and none is missed or taken twice`, () => {
      const { results } = ask((client) => client.readLoadProfile(), { line: { fromServer: onceAt(block, change) } });
      assert.equal((results[0] as LoadProfile).rows.length, 4);
    });
  }
}

test("a lost ACK between blocks does not double one", () => {
  // Messages of the client: sign-on, option select, P1, R5, then ACKs.
  const { results } = ask((client) => client.readLoadProfile(), { line: { fromClient: onceAt(4, lose) } });
  assert.equal((results[0] as LoadProfile).rows.length, 4);
});

test("a block that comes late, and again because it was asked for again, is taken once", () => {
  for (const cut of [0, 10]) {
    const held: Uint8Array[] = [];
    // The first block stops at a byte until the client has asked again; then both copies come at once.
    const fromServer = (bytes: Uint8Array) => {
      if (bytes[0] !== 2 || held.length > 1) return bytes;
      held.push(bytes);
      return held.length === 1 ? bytes.slice(0, cut) : Uint8Array.from([...held[0]!.subarray(cut), ...bytes]);
    };
    const { results } = ask((client) => client.readLoadProfile(), { line: { fromServer } });
    const { rows } = results[0] as LoadProfile;
    assert.deepEqual(
      rows.map(({ values }) => values[0]!.value),
      ["0.001", "0.002", "0.003", "0.004"],
      `cut at ${cut}`,
    );
  }
});

test("limits of a profile are written as the meter wants them", () => {
  const time = (hour: number) => ({
    year: 2026,
    month: 1,
    day: 5,
    hour,
    minute: 0,
    second: 0,
    season: "normal" as const,
  });
  const { device } = ask((client) => {
    client.readLoadProfile({ from: time(1), to: time(2) });
    client.readLoadProfile({ from: time(1), timeFormat: "ZSTs13", command: "R6", address: "P.02" });
    client.readLoadProfile({ to: time(2), timeFormat: "ZST10" });
  });
  assert.deepEqual(device.obeyed.slice(1), [
    "R5 P.01(02601050100;02601050200)",
    ...Array(3).fill("R6 P.02(0260105010000;)"),
    "R5 P.01(;2601050200)",
  ]);
});

test("a password is sent once: a wrong one is not tried again, and one without answer neither", () => {
  const wrong = ask(() => {}, { settings: { password: "wrong" } });
  assert.deepEqual(wrong.results, ["password_refused"]);
  assert.deepEqual(wrong.device.obeyed, ["P1 (wrong)"]);
  const unanswered = ask(() => {}, { line: { fromServer: onceAt(2, lose) } });
  assert.deepEqual(unanswered.results, ["no_answer"]);
  assert.deepEqual(unanswered.device.obeyed, [`P1 (${examplePassword})`]);
});

test("a password that was refused is not sent again in the session", () => {
  const { results, device } = ask((client) => client.openProgramming(), { settings: { password: "wrong" } });
  assert.deepEqual(results, ["password_refused", "password_refused"]);
  assert.deepEqual(device.obeyed, ["P1 (wrong)"]);
});

test("no error shows a password", () => {
  const client = new ClientSession({ password: "secret77" });
  client.openProgramming();
  const [event] = talk(client, new ServerSession(new ExampleMeter()));
  assert.ok(event?.type === "request-failed");
  assert.doesNotMatch(`${event.error.message} ${JSON.stringify(event.error)}`, /secret77/);
});

test("a secure algorithm turns the operand into the answer", () => {
  const settings: ClientSettings = { secureAlgorithm: (operand) => reversed(operand) };
  const { results, device } = ask((client) => client.write("0.9.1", "111111"), { settings });
  assert.deepEqual(results, [undefined]);
  assert.deepEqual(device.obeyed, ["P2 (33221100)", "W5 0.9.1(111111)"]);
});

test("without a password, what is open can be read and what is not is refused with a reason", () => {
  const { results } = ask(
    (client) => {
      client.read("1.8.0");
      client.write("0.9.1", "111111");
      client.execute("C.2.9");
    },
    { settings: { password: undefined } },
  );
  assert.deepEqual(results, [
    [{ address: "1.8.0", values: [{ value: "000123.45", unit: "kWh" }] }],
    "meter_error",
    "meter_error",
  ]);
});

test("an unknown address ends in the meter's own error, and the next request goes on", () => {
  const { results } = ask((client) => {
    client.read("9.9.9");
    client.read("2.8.0");
  });
  assert.equal(results[0], "meter_error");
  assert.deepEqual(results[1], [{ address: "2.8.0", values: [{ value: "000001.00", unit: "kWh" }] }]);
});

test("a command that the meter does not know is refused after as many attempts as set", () => {
  const { results, device } = ask((client) => client.read("1.8.0", { command: "R2", argument: "1" }));
  assert.deepEqual(results, ["request_refused"]);
  assert.deepEqual(device.obeyed.slice(1), Array(3).fill("R2 1.8.0(1)"));
});

test("what is written is sent again after a NAK, and not after silence", () => {
  const damaged = ask((client) => client.write("0.9.1", "1"), { line: { fromClient: onceAt(3, spoilCheck) } });
  assert.deepEqual(damaged.results, [undefined]);
  assert.deepEqual(damaged.device.obeyed.slice(1), ["W5 0.9.1(1)"]);
  const unanswered = ask((client) => client.execute("C.2.9", "1"), { line: { fromServer: onceAt(3, lose) } });
  assert.deepEqual(unanswered.results, ["no_answer"]);
  assert.deepEqual(unanswered.device.obeyed.slice(1), ["E2 C.2.9(1)"]);
});

test("data in answer to a write is no success", () => {
  class Talking extends ExampleMeter {
    override command(command: Command, dialogue: Parameters<ExampleMeter["command"]>[1]): ServerAnswer {
      return command.command === "W5" ? { type: "data", texts: ["1.8.0(1)"] } : super.command(command, dialogue);
    }
  }
  assert.deepEqual(ask((client) => client.write("0.9.1", "1"), { device: new Talking() }).results, [
    "message_unexpected",
  ]);
});

test("an answer that comes late is not taken for the answer to something else", () => {
  const late: Uint8Array[] = [];
  const { results } = ask(
    (client) => {
      client.read("1.8.0");
      client.read("2.8.0");
    },
    {
      settings: { attempts: 2 },
      line: {
        // The first two answers to 1.8.0 come when 2.8.0 is asked for.
        fromServer: (bytes) => {
          if (bytes[0] === 2 && late.length < 2) {
            late.push(bytes);
            return undefined;
          }
          return bytes[0] === 2 && late.length === 2 ? Uint8Array.from([...late.pop()!, ...bytes]) : bytes;
        },
      },
    },
  );
  assert.deepEqual(results, ["no_answer", [{ address: "2.8.0", values: [{ value: "000001.00", unit: "kWh" }] }]]);
});

test("a break in place of an answer ends the dialogue", () => {
  class Breaking extends ExampleMeter {
    override command(command: Command, dialogue: Parameters<ExampleMeter["command"]>[1]): ServerAnswer {
      return command.command === "R5" ? { type: "break" } : super.command(command, dialogue);
    }
  }
  const { results } = ask(
    (client) => {
      client.read("1.8.0");
      client.read("2.8.0");
    },
    { device: new Breaking() },
  );
  assert.deepEqual(results, ["break_received", "dialogue_not_open"]);
});

test("a locked interface, a meter without programming mode and a dialogue that is not open each have their error", () => {
  const locked = new ScriptedMeter([
    [emh.request, emh.identification],
    [emh.programmingSelect, emh.break],
  ]);
  const readsOut = new ScriptedMeter([
    [emh.request, emh.identification],
    [emh.programmingSelect, "<STX>1.8.0(1)<CR><LF>!<CR><LF><ETX>"],
  ]);
  const modeA = new ScriptedMeter([[emh.request, "/ANY?old<CR><LF>"]]);
  for (const [meter, code] of [
    [locked, "access_locked"],
    [modeA, "mode_not_offered"],
  ] as const) {
    const client = new ClientSession();
    client.openProgramming();
    client.read("1.8.0");
    assert.deepEqual(outcomes(talk(client, meter)), [code, "dialogue_not_open"]);
  }
  const client = new ClientSession();
  client.openProgramming();
  client.takeOutput();
  client.receive(bytesOfPrint(emh.identification));
  client.takeOutput();
  client.receive(encodeBlock("1.8.0(1)\r\n!\r\n"));
  assert.deepEqual(outcomes([client.nextEvent()!]), ["mode_not_offered"]);
  assert.equal(readsOut.left, 2);
});

test("a readout leaves programming mode first", () => {
  const { results, server } = ask((client) => {
    client.readReadout();
    client.endDialogue();
  });
  assert.equal((results[0] as { dataSets: unknown[] }).dataSets.length, 4);
  assert.equal(server.patience, undefined);
});

test("a meter that hears nothing for a minute ends the dialogue", () => {
  const { server } = ask(() => {});
  assert.equal(server.patience, 60_000);
  server.timedOut();
  assert.deepEqual([server.patience, server.baudRate], [undefined, 300]);
});
