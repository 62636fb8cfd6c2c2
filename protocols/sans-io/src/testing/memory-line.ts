/** A client and a server in memory, with a line between them that tests can spoil. */
import type { ClientEvent, ClientSession, Request, Session } from "../session/session.ts";

/** What a line makes of what was sent: the pieces that arrive, one after another; none when it is lost. */
export type LineBehavior = (sent: Uint8Array) => readonly Uint8Array[];

export const whole: LineBehavior = (sent) => [sent];
export const byteByByte: LineBehavior = (sent) => Array.from(sent, (byte) => Uint8Array.of(byte));
export const lost: LineBehavior = () => [];

export interface MemoryLine {
  /** From client to server. Default `whole`. */
  readonly up?: LineBehavior;
  /** From server to client. Default `whole`. */
  readonly down?: LineBehavior;
}

/**
 * Lets both talk until the request has its outcome. Where nothing is under way any more, whoever has the least patience is
 * told of silence.
 * @returns what the request gave
 * @throws ProtocolError of a request that failed
 */
export function outcomeOf<Result>(
  client: ClientSession,
  server: Session,
  request: Request<Result>,
  { up = whole, down = whole }: MemoryLine = {},
): Result {
  for (let turn = 0; turn < turnLimit; turn++) {
    const sent = carry(client, server, up);
    const answered = carry(server, client, down);
    for (let event = client.nextEvent(); event; event = client.nextEvent()) {
      if (event.id === request.id) return resultOf<Result>(event);
    }
    if (!sent && !answered) passTime(client, server);
  }
  throw new Error(`request ${request.id} has no outcome after ${turnLimit} turns`);
}

function carry(from: Session, to: Session, behavior: LineBehavior): boolean {
  let moved = false;
  for (let bytes = from.takeOutput(); bytes; bytes = from.takeOutput()) {
    moved = true;
    for (const piece of behavior(bytes)) to.receive(piece);
  }
  return moved;
}

function passTime(client: Session, server: Session): void {
  const never = Number.POSITIVE_INFINITY;
  const patient = (client.patience ?? never) <= (server.patience ?? never) ? client : server;
  if (patient.patience === undefined) throw new Error("both sides wait for nothing, and the request has no outcome");
  patient.timedOut();
}

function resultOf<Result>(event: ClientEvent): Result {
  if (event.type === "request-failed") throw event.error;
  return event.result as Result;
}

/** A read of a year in partial blocks takes fewer. */
const turnLimit = 100_000;
