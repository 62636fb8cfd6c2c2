import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commonError } from "../errors.ts";
import { type Routine, RoutineSession } from "./routine-session.ts";
import type { ClientEvent, Request } from "./session.ts";

/** Asks with one byte, and is answered by as many bytes as that byte says. */
class CountingClient extends RoutineSession {
  readonly dropped: number[] = [];

  ask(count: number): Request<number> {
    return this.enqueue(() => this.#exchange(count));
  }

  pauseThenAsk(milliseconds: number): Request<number> {
    return this.enqueue(() => this.#pauseThenExchange(milliseconds));
  }

  stubborn(): Request<never> {
    return this.enqueue(() => this.#ignoresErrors());
  }

  override finish(): void {
    super.finish();
  }

  protected override unasked(bytes: Uint8Array): void {
    this.dropped.push(...bytes);
  }

  *#exchange(count: number): Routine<number> {
    let incoming = yield { send: Uint8Array.of(count), patience: 100 };
    let received = 0;
    for (;;) {
      if (incoming === "silence") throw commonError("no_answer", { waitedFor: "count", milliseconds: 100 });
      received += incoming.length;
      if (received >= count) return received;
      incoming = yield { patience: 50 };
    }
  }

  *#pauseThenExchange(milliseconds: number): Routine<number> {
    while ((yield { patience: milliseconds }) !== "silence");
    return yield* this.#exchange(1);
  }

  *#ignoresErrors(): Routine<never> {
    for (;;) {
      try {
        yield { patience: 10 };
      } catch {}
    }
  }
}

describe("a session of routines", () => {
  test("sends, waits as long as the routine says, and gives its result", () => {
    const client = new CountingClient();
    assert.equal(client.patience, undefined);
    const { id } = client.ask(3);
    assert.deepEqual([...client.takeOutput()!], [3]);
    assert.equal(client.takeOutput(), undefined);
    assert.equal(client.patience, 100);
    client.receive(Uint8Array.of(1, 2));
    assert.equal(client.patience, 50);
    assert.equal(client.nextEvent(), undefined);
    client.receive(Uint8Array.of(3));
    assert.deepEqual(client.nextEvent(), { type: "response", id, result: 3 });
    assert.equal(client.patience, undefined);
    assert.equal(client.busy, false);
  });

  test("makes requests one after another, and one that fails alone does not stop the next", () => {
    const client = new CountingClient();
    const [first, second] = [client.ask(1), client.ask(2)];
    assert.deepEqual([...client.takeOutput()!], [1]);
    assert.equal(client.takeOutput(), undefined, "the second waits for the first");
    client.timedOut();
    assert.equal(codeOf(client.nextEvent(), first), "no_answer");
    assert.deepEqual([...client.takeOutput()!], [2]);
    client.receive(Uint8Array.of(1, 2));
    assert.deepEqual(client.nextEvent(), { type: "response", id: second.id, result: 2 });
  });

  test("a pause is ended by silence, and bytes that come meanwhile are the routine's", () => {
    const client = new CountingClient();
    client.pauseThenAsk(1500);
    assert.equal(client.takeOutput(), undefined);
    assert.equal(client.patience, 1500);
    client.receive(Uint8Array.of(9));
    assert.equal(client.patience, 1500);
    client.timedOut();
    assert.deepEqual([...client.takeOutput()!], [1]);
    assert.equal(client.patience, 100);
  });

  test("a lost connection fails what is under way and what waits, also a routine that catches everything", () => {
    const client = new CountingClient();
    const requests = [client.stubborn(), client.ask(1)];
    client.connectionLost();
    for (const request of requests) assert.equal(codeOf(client.nextEvent(), request), "connection_lost");
    assert.equal(client.finished, true);
    assert.throws(() => client.ask(1), { code: "session_over", fault: "caller" });
  });

  test("bytes nobody asked for go to the session, empty pieces to nobody", () => {
    const client = new CountingClient();
    client.receive(Uint8Array.of(7, 8));
    client.receive(new Uint8Array());
    client.timedOut();
    assert.deepEqual(client.dropped, [7, 8]);
    assert.equal(client.nextEvent(), undefined);
  });

  test("the queue has a limit", () => {
    const client = new CountingClient({ queueLimit: 2 });
    for (const count of [1, 2, 3]) client.ask(count);
    assert.throws(() => client.ask(4), { code: "request_queue_full", details: { limit: 2 } });
  });

  test("a finished session fails what waits and takes nothing more", () => {
    const client = new CountingClient();
    client.ask(1);
    const waiting = client.ask(2);
    client.finish();
    assert.equal(codeOf(client.nextEvent(), waiting), "session_over");
    assert.throws(() => client.ask(1), { code: "session_over" });
  });
});

function codeOf(event: ClientEvent | undefined, { id }: Request<unknown>): unknown {
  assert.ok(event?.type === "request-failed" && event.id === id, JSON.stringify(event));
  return (event.error as { code?: unknown }).code;
}
