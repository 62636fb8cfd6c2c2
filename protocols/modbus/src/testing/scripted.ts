/** A client against a script of what its line brings, for lines that no server would make. */
import { type ClientSession, ProtocolError, type Request } from "@anymeter/sans-io";

/** Bytes that come, made of the last request where that matters; or that nothing comes. */
export type Incoming = Uint8Array | "silence" | ((sent: Uint8Array) => Uint8Array);

export interface Played<Result> {
  readonly result?: Result;
  readonly error?: ProtocolError;
  /** Everything the client sent. */
  readonly sent: readonly Uint8Array[];
  /** How long the client was ready to wait before each step of the script, in milliseconds. */
  readonly patience: readonly (number | undefined)[];
}

/** Plays the script until the request has its outcome. */
export function play<Result>(
  client: ClientSession,
  request: Request<Result>,
  script: readonly Incoming[],
): Played<Result> {
  const sent: Uint8Array[] = [];
  const patience: (number | undefined)[] = [];
  const turn = (): Played<Result> | undefined => {
    for (let bytes = client.takeOutput(); bytes; bytes = client.takeOutput()) sent.push(bytes);
    for (let event = client.nextEvent(); event; event = client.nextEvent()) {
      if (event.id !== request.id) continue;
      if (event.type === "response") return { result: event.result as Result, sent, patience };
      if (event.error instanceof ProtocolError) return { error: event.error, sent, patience };
      throw event.error;
    }
    return undefined;
  };
  let outcome = turn();
  for (const step of script) {
    if (outcome) throw new Error("the request ended before its script");
    patience.push(client.patience);
    if (step === "silence") client.timedOut();
    else client.receive(typeof step === "function" ? step(sent.at(-1)!) : step);
    outcome = turn();
  }
  if (!outcome) throw new Error("the script ended before its request");
  return outcome;
}
