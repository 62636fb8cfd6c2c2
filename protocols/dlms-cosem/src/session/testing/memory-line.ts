/** Two sessions and a line between them that may cut, lose and change bytes. */
import type { ClientSession } from "../client-session.ts";
import type { ClientEvent } from "../events.ts";
import type { ServerSession } from "../server-session.ts";

export interface LineHabits {
  /** How the bytes of one output are cut for the other side. Default: whole. */
  readonly cut?: (bytes: Uint8Array) => Iterable<Uint8Array>;
  /** What becomes of bytes on their way; undefined = lost. */
  readonly toServer?: (bytes: Uint8Array) => Uint8Array | undefined;
  readonly toClient?: (bytes: Uint8Array) => Uint8Array | undefined;
}

/** Carries bytes until both are silent. Returns what the client reported meanwhile. */
export function carry(client: ClientSession, server: ServerSession, habits: LineHabits = {}): ClientEvent[] {
  for (let round = 0; round < mostRounds; round++) {
    const up = client.takeOutput();
    if (up !== undefined) deliver(up, server, habits.toServer, habits.cut);
    const down = server.takeOutput();
    if (down !== undefined) deliver(down, client, habits.toClient, habits.cut);
    if (up === undefined && down === undefined) return eventsOf(client);
  }
  throw new Error("The sessions do not come to rest");
}

/** As `carry`, and when nothing moves although an answer is due, lets the client's timer run out. */
export function carryWithTimer(client: ClientSession, server: ServerSession, habits: LineHabits = {}): ClientEvent[] {
  const events = carry(client, server, habits);
  for (let timeouts = 0; client.waiting && timeouts < mostTimeouts; timeouts++) {
    client.timedOut();
    events.push(...carry(client, server, habits));
  }
  if (client.waiting) throw new Error("The client waits for ever");
  return events;
}

export function eventsOf(client: ClientSession): ClientEvent[] {
  const events: ClientEvent[] = [];
  for (let event = client.nextEvent(); event !== undefined; event = client.nextEvent()) events.push(event);
  return events;
}

function deliver(
  bytes: Uint8Array,
  receiver: { receive(bytes: Uint8Array): void },
  change: ((bytes: Uint8Array) => Uint8Array | undefined) | undefined,
  cut: LineHabits["cut"],
): void {
  const arrived = change === undefined ? bytes : change(bytes);
  if (arrived === undefined) return;
  if (cut === undefined) receiver.receive(arrived);
  else for (const piece of cut(arrived)) receiver.receive(piece);
}

const mostRounds = 20_000;
const mostTimeouts = 1000;
