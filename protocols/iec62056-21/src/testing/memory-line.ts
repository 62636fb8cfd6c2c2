/** Two sessions and a line between them that may cut, lose and change what it carries. */
import { type ClientEvent, type ClientSession, ProtocolError, type Session } from "@anymeter/sans-io";

export interface MemoryLine {
  /** Cuts what either sends into pieces of so many bytes. Default: whole messages. */
  readonly chunk?: number;
  /** Changes what the server sends; undefined loses it. */
  readonly fromServer?: Change;
  /** Changes what the client sends; undefined loses it. */
  readonly fromClient?: Change;
}

export type Change = (bytes: Uint8Array) => Uint8Array | undefined;

/** Lets both talk until the client waits for nothing; whoever has the least patience is told of silence. */
export function talk(client: ClientSession, server: Session, line: MemoryLine = {}): ClientEvent[] {
  const events: ClientEvent[] = [];
  for (let turns = 0; turns < 100_000; turns++) {
    const asked = carry(client, server, line.chunk, line.fromClient);
    const answered = carry(server, client, line.chunk, line.fromServer);
    for (let event = client.nextEvent(); event; event = client.nextEvent()) events.push(event);
    if (asked || answered) continue;
    if (client.patience === undefined) return events;
    if (client.patience > (server.patience ?? Number.POSITIVE_INFINITY)) server.timedOut();
    else client.timedOut();
  }
  throw new Error("the sessions talk without end");
}

/** The results of all events; an error in place of a request that failed: its code. */
export function outcomes(events: readonly ClientEvent[]): unknown[] {
  return events.map((event) => {
    if (event.type === "response") return event.result;
    return event.error instanceof ProtocolError ? event.error.code : event.error;
  });
}

/** Applies a change to the message of this number, counted from 0, and leaves the others. */
export function onceAt(number: number, change: Change): Change {
  let count = 0;
  return (bytes) => (count++ === number ? change(bytes) : bytes);
}

/** Makes the last byte, the block check character, a wrong one. */
export const spoilCheck: Change = (bytes) => bytes.with(bytes.length - 1, bytes.at(-1)! ^ 0x01);

export const lose: Change = () => undefined;

function carry(from: Session, to: Session, chunk: number | undefined, change: Change = (bytes) => bytes): boolean {
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
