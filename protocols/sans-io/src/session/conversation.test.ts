import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { commonError } from "../errors.ts";
import { Conversation } from "./conversation.ts";
import type { Line } from "./line.ts";
import { type Routine, RoutineSession } from "./routine-session.ts";
import type { Request } from "./session.ts";

class EchoClient extends RoutineSession {
  echo(byte: number): Request<number> {
    return this.enqueue(() => this.#exchange(byte));
  }
  *#exchange(byte: number): Routine<number> {
    const incoming = yield { send: Uint8Array.of(byte), patience: 20 };
    if (incoming === "silence") throw commonError("no_answer", { waitedFor: "echo", milliseconds: 20 });
    return incoming[0]!;
  }
}

/** A line that answers each output with the next of the given incomings. */
function scripted(...incomings: (Uint8Array | "silence" | "closed" | Error)[]): Line & { readonly sent: number[] } {
  const sent: number[] = [];
  return {
    sent,
    send: (bytes) => void sent.push(...bytes),
    receive: async () => {
      const next = incomings.shift() ?? "closed";
      if (next instanceof Error) throw next;
      return next;
    },
  };
}

describe("a conversation", () => {
  test("a request is a promise of its answer", async () => {
    const client = new EchoClient();
    const line = scripted(Uint8Array.of(5), Uint8Array.of(6));
    const conversation = new Conversation(client, line);
    assert.equal(await conversation.request(client.echo(5)), 5);
    assert.equal(await conversation.request(client.echo(6)), 6);
    assert.deepEqual(line.sent, [5, 6]);
  });

  test("answers are kept for whoever awaits them later", async () => {
    const client = new EchoClient();
    const conversation = new Conversation(client, scripted(Uint8Array.of(1), Uint8Array.of(2)));
    const [first, second] = [client.echo(1), client.echo(2)];
    assert.equal(await conversation.request(second), 2);
    assert.equal(await conversation.request(first), 1);
  });

  test("silence, a closed line and a broken one are told apart", async () => {
    const failing = async (...incomings: Parameters<typeof scripted>) => {
      const client = new EchoClient();
      await new Conversation(client, scripted(...incomings)).request(client.echo(1));
    };
    await assert.rejects(failing("silence"), { code: "no_answer", fault: "timeout" });
    await assert.rejects(failing("closed"), { code: "connection_lost", fault: "timeout" });
    await assert.rejects(failing(new Error("ECONNRESET")), { message: "ECONNRESET" });
  });

  test("a request that is under way nowhere is the caller's mistake", async () => {
    const conversation = new Conversation(new EchoClient(), scripted());
    await assert.rejects(conversation.request({ id: 17 }), /request 17/);
  });
});

test("the README's client talks to a real echo server", async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on("error", () => {}).pipe(socket))).listen(
    0,
    "127.0.0.1",
  );
  after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, code] = /```ts client\n([\s\S]*?)```/.exec(readme)!;
  const child = spawn(
    process.execPath,
    ["--input-type=module-typescript", "--eval", code!.replace("connect(7,", `connect(${port},`)],
    { cwd: fileURLToPath(new URL("../..", import.meta.url)), stdio: ["ignore", "pipe", "inherit"] },
  );
  assert.equal(await text(child.stdout), "hello\n");
});
