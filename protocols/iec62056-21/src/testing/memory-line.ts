/** Two sessions and a line between them that may cut and change what it carries. */
import type { ClientEvent, ClientSession, Session } from "@anymeter/sans-io";

export interface MemoryLine {
  /** Cuts what either sends into pieces of so many bytes. Default: whole messages. */
  readonly chunk?: number;
  /** Changes what the server sends; undefined loses it. */
  readonly fromServer?: (bytes: Uint8Array) => Uint8Array | undefined;
  /** Changes what the client sends; undefined loses it. */
  readonly fromClient?: (bytes: Uint8Array) => Uint8Array | undefined;
}

/** Lets both talk until neither says any more and nobody waits; silence is told to whoever waits. @returns the client's events */
export function talk(client: ClientSession, server: Session, line: MemoryLine = {}): ClientEvent[] {
  const events: ClientEvent[] = [];
  for (let turns = 0; turns < 100_000; turns++) {
    const moved = carry(client, server, line.chunk, line.fromClient);
    const answered = carry(server, client, line.chunk, line.fromServer);
    for (let event = client.nextEvent(); event; event = client.nextEvent()) events.push(event);
    if (moved || answered) continue;
    if (client.patience === undefined) return events;
    const slower = client.patience > (server.patience ?? Number.POSITIVE_INFINITY) ? server : client;
    slower.timedOut();
  }
  throw new Error("the sessions talk without end");
}

function carry(
  from: Session,
  to: Session,
  chunk: number | undefined,
  change = (bytes: Uint8Array) => bytes as Uint8Array | undefined,
): boolean {
  let moved = false;
  for (let bytes = from.takeOutput(); bytes; bytes = from.takeOutput()) {
    moved = true;
    const carried = change(bytes);
    if (!carried) continue;
    const size = chunk ?? Math.max(1, carried.length);
    for (let at = 0; at < carried.length; at += size) to.receive(carried.subarray(at, at + size));
  }
  return moved;
}
