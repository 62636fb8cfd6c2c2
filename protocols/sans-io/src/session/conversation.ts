/** Runs a client session over a line, so that a request is a promise. */
import type { Line } from "./line.ts";
import type { ClientEvent, ClientSession, Request } from "./session.ts";

export class Conversation {
  readonly #session: ClientSession;
  readonly #line: Line;
  readonly #outcomes = new Map<number, ClientEvent>();

  /** The line must be open; closing it is the caller's part. */
  constructor(session: ClientSession, line: Line) {
    this.#session = session;
    this.#line = line;
  }

  /**
   * The answer to a request made of the session: `await conversation.request(session.read(…))`. One is awaited at a time.
   * @throws ProtocolError of the request; whatever the line throws when it breaks
   */
  async request<Result>({ id }: Request<Result>): Promise<Result> {
    for (;;) {
      this.#turn();
      const outcome = this.#outcomes.get(id);
      if (outcome) {
        this.#outcomes.delete(id);
        if (outcome.type === "request-failed") throw outcome.error;
        return outcome.result as Result;
      }
      if (this.#session.patience === undefined) throw new Error(`request ${id} is not one that is under way`);
      await this.#receive(this.#session.patience);
    }
  }

  async #receive(patience: number): Promise<void> {
    const incoming = await this.#line.receive(patience);
    if (incoming === "silence") this.#session.timedOut();
    else if (incoming === "closed") this.#session.connectionLost();
    else this.#session.receive(incoming);
  }

  #turn(): void {
    const session = this.#session;
    for (let bytes = session.takeOutput(); bytes; bytes = session.takeOutput()) this.#line.send(bytes);
    for (let event = session.nextEvent(); event; event = session.nextEvent()) this.#outcomes.set(event.id, event);
  }
}
