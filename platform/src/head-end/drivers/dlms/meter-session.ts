/** An association with a meter over a line: the sans-IO session of the DLMS library, pumped until an answer is there. */
import type {
  ActionResult,
  Assignment,
  ClientEvent,
  ClientSession,
  Data,
  GetDataResult,
  MethodCall,
  NegotiatedContext,
  SelectedAttribute,
} from "@anymeter/dlms-cosem";
import { RunFailure } from "../../causes.ts";
import type { Line } from "../../session/line.ts";
import { accessFailure, failureOf } from "./failure-causes.ts";

export interface MeterSessionOptions {
  readonly session: ClientSession;
  readonly line: Line;
  /** Silence after which the meter is asked again or given up. */
  readonly silenceMilliseconds: number;
  /** Called before anything may be protected: sees to it that counters are in store. */
  readonly beforeSending: () => Promise<void>;
}

export class MeterSession {
  readonly #options: MeterSessionOptions;
  /** Bytes that came and have not made an answer yet: a meter that stops now stopped in the middle. */
  #incomplete = 0;
  /** Whether anything the meter sent could be understood. */
  #understood = false;
  #failure: unknown;

  constructor(options: MeterSessionOptions) {
    this.#options = options;
  }

  /** The association is over; nothing more can be asked. */
  get over(): boolean {
    return this.#failure !== undefined || this.#options.session.finished;
  }

  /** Opens link and association. @throws RunFailure */
  async connect(): Promise<NegotiatedContext> {
    await this.#options.beforeSending();
    try {
      this.#options.session.connect();
    } catch (error) {
      throw failureOf(error);
    }
    return await this.#until((event) => (event.type === "associated" ? event.negotiated : undefined));
  }

  /** One result per attribute, in the order asked. @throws RunFailure when there is no answer at all */
  async get(attributes: readonly SelectedAttribute[]): Promise<readonly GetDataResult[]> {
    if (attributes.length === 0) return [];
    const results = await this.#request((session) => session.get(attributes));
    return results as readonly GetDataResult[];
  }

  /** One attribute that must be there. @throws RunFailure `access_refused`, `object_missing`, … naming the object */
  async read(attribute: SelectedAttribute): Promise<Data> {
    const [result] = await this.get([attribute]);
    if (result && "data" in result) return result.data;
    throw accessFailure(nameOf(attribute), result?.error ?? unanswered);
  }

  /** @returns the data-access-result, 0 = success */
  async set(assignment: Assignment): Promise<number> {
    const [result] = await this.#request((session) => session.set([assignment]));
    return (result as number | undefined) ?? unanswered;
  }

  async act(call: MethodCall): Promise<ActionResult> {
    const [result] = await this.#request((session) => session.action([call]));
    return (result as ActionResult | undefined) ?? { result: unanswered };
  }

  /** Says goodbye; a meter that does not answer it has done its work all the same. */
  async release(): Promise<void> {
    if (this.over) return;
    try {
      await this.#options.beforeSending();
      this.#options.session.release();
      await this.#until((event) => (event.type === "released" ? true : undefined));
    } catch (error) {
      if (error instanceof RunFailure && error.code === "stopped") throw error;
    }
  }

  async #request(ask: (session: ClientSession) => number): Promise<readonly unknown[]> {
    if (this.#failure !== undefined) throw this.#failure;
    await this.#options.beforeSending();
    const id = ask(this.#options.session);
    return await this.#until((event) => {
      if (event.type === "response" && event.id === id) return event.results;
      if (event.type === "request-failed" && event.id === id) throw failureOf(event.error);
      return undefined;
    });
  }

  async #until<T>(match: (event: ClientEvent) => T | undefined): Promise<T> {
    const { session, line, silenceMilliseconds, beforeSending } = this.#options;
    for (;;) {
      for (let output = session.takeOutput(); output; output = session.takeOutput()) {
        line.send(output);
        this.#incomplete = 0;
      }
      for (let event = session.nextEvent(); event; event = session.nextEvent()) {
        if (event.type === "failed") {
          this.#failure ??= this.#explained(failureOf(event.error));
          this.#flush();
          throw this.#failure;
        }
        this.#understood = true;
        try {
          const found = match(event);
          if (found !== undefined) return found;
        } catch (error) {
          throw this.#explained(error);
        }
      }
      if (this.#failure !== undefined) throw this.#failure;
      await this.#receive(session, line, silenceMilliseconds, beforeSending);
    }
  }

  async #receive(
    session: ClientSession,
    line: Line,
    silenceMilliseconds: number,
    beforeSending: () => Promise<void>,
  ): Promise<void> {
    await beforeSending();
    try {
      const bytes = await line.receive(silenceMilliseconds);
      if (bytes === "silence") session.timedOut();
      else if (bytes === "closed") session.connectionLost();
      else {
        this.#incomplete += bytes.length;
        session.receive(bytes);
      }
    } catch (error) {
      // The line broke: what the library would make of it is less precise than the line's own cause.
      this.#failure ??= failureOf(error);
      throw this.#failure;
    }
  }

  #flush(): void {
    const { session, line } = this.#options;
    for (let output = session.takeOutput(); output; output = session.takeOutput()) line.send(output);
  }

  /** Silence and a closed line mean something else when the meter had begun to say something. */
  #explained(failure: unknown): unknown {
    if (!(failure instanceof RunFailure) || this.#incomplete === 0 || !endings.has(failure.code)) return failure;
    const detail = `${this.#incomplete} bytes came that are no whole answer. ${failure.detail ?? ""}`;
    return new RunFailure(this.#understood ? "truncated_answer" : "garbage", detail, { cause: failure.cause });
  }
}

/** "class 3 1.0.1.8.0.255 attribute 2" */
export function nameOf({ classId, logicalName, attribute }: SelectedAttribute): string {
  return `class ${classId} ${logicalName} attribute ${attribute}`;
}

const endings: ReadonlySet<string> = new Set(["no_answer", "connection_closed"]);
/** Data-access-result "other reason". */
const unanswered = 250;
