/** The services of one MDC, asked with its one key: which all workers of this process share. */
import {
  type BuildRequestOptions,
  type BuiltRequest,
  buildRequest,
  type ReadResponseOptions,
  type RowsPart,
  type RowsSummary,
  readResponse,
  readRowParts,
  type UdilResponse,
  type UdilTable,
} from "@anymeter/udil";
import type { Mdc, MdcService } from "../peers/mdc.ts";
import { MdcFailure } from "./failures.ts";
import { createHttpsClient, type HttpsAnswer, type HttpsClient } from "./https-client.ts";

export type Question = Omit<BuildRequestOptions, "version" | "zone" | "privatekey" | "switches" | "credentials"> & {
  /** Of on-demand reads: the kind of rows. */
  readonly type?: UdilTable;
  readonly milliseconds?: number;
};

/** What an MDC answered, whatever its status says. */
export interface MdcAnswer extends UdilResponse {
  readonly httpStatus: number;
}

/** The same without the rows, which were handed over before. */
export interface MdcSummary extends RowsSummary {
  readonly httpStatus: number;
}

export interface MdcConnection {
  readonly mdc: Mdc;
  /**
   * Asks a service, authorising first where there is no key, and once more when the key is no longer taken.
   * @throws MdcFailure when there is no answer that can be read
   */
  ask(question: Question): Promise<MdcAnswer>;
  /**
   * Asks one of the six reads, and hands over its rows in parts as they are read: long answers are never all rows at once.
   * Whether the answer is whole is known when it resolves.
   * @throws MdcFailure as `ask` does
   */
  read(question: Question, take: (part: RowsPart) => Promise<void>): Promise<MdcSummary>;
  /** Ends idle connections. */
  close(): void;
}

/** Milliseconds. A vendor's MDC holds an on-demand call up to 5.5 minutes. */
export const patience = { ordinary: 120_000, onDemand: 360_000 } as const;

/** UDIL promises 30 minutes at least. */
const keyMilliseconds = 25 * 60_000;

/** @param now milliseconds since 1970 */
export function createMdcConnection(mdc: Mdc, now: () => number): MdcConnection {
  return new Connection(mdc, now);
}

interface Key {
  readonly text: string;
  readonly obtainedAt: number;
}

class Connection implements MdcConnection {
  readonly mdc: Mdc;
  readonly #now: () => number;
  readonly #service: MdcService | undefined;
  #client: HttpsClient | undefined;
  /** Calls that are held for minutes keep nobody else waiting. */
  #patientClient: HttpsClient | undefined;
  #key: Promise<Key> | undefined;
  /** When the key that is there was given; of one under way, when it was asked for. */
  #keyAt = 0;

  constructor(mdc: Mdc, now: () => number) {
    this.mdc = mdc;
    this.#now = now;
    this.#service = mdc.service;
  }

  async ask(question: Question): Promise<MdcAnswer> {
    const answer = await this.#answered(question);
    return { ...this.#readBody(question, answer), httpStatus: answer.status };
  }

  async read(question: Question, take: (part: RowsPart) => Promise<void>): Promise<MdcSummary> {
    const answer = await this.#answered(question);
    return await oneAtATime(() => this.#readParts(question, answer, take));
  }

  async #readParts(
    question: Question,
    answer: HttpsAnswer,
    take: (part: RowsPart) => Promise<void>,
  ): Promise<MdcSummary> {
    const { contentType, chunks, status: httpStatus } = answer;
    const reading = readRowParts({ ...this.#readOptions(question), contentType, chunks });
    for (;;) {
      const { done, value } = this.#understood(answer, () => reading.next());
      if (done) return { ...value, httpStatus };
      await take(value);
      // Between two parts everybody else has a turn.
      await new Promise(setImmediate);
    }
  }

  /** @throws MdcFailure of servers that are broken, and of keys that are not taken */
  async #answered(question: Question): Promise<HttpsAnswer> {
    const key = await this.#currentKey();
    const answer = await this.#send(question, key.text);
    if (answer.status >= 500) throw serverError(answer);
    if (answer.status !== 401) return answer;
    const fresh = await this.#keyAfter(key);
    const again = await this.#send(question, fresh.text);
    if (again.status === 401) {
      throw new MdcFailure("unauthorized", "The MDC refuses a key that it gave a moment ago.", {
        httpStatus: 401,
        sent: false,
      });
    }
    if (again.status >= 500) throw serverError(again);
    return again;
  }

  close(): void {
    this.#client?.close();
    this.#patientClient?.close();
  }

  /** One authorisation at a time, whoever asks. */
  async #currentKey(): Promise<Key> {
    if (this.#key === undefined || this.#now() - this.#keyAt >= keyMilliseconds) this.#authorize();
    return this.#key!;
  }

  /** Several workers may be told that the same key is dead: the first of them gets a new one for all. */
  async #keyAfter(dead: Key): Promise<Key> {
    const current = await this.#key?.catch(() => undefined);
    if (current === undefined || current === dead) this.#authorize();
    return this.#key!;
  }

  #authorize(): void {
    const key = this.#newKey();
    this.#keyAt = this.#now();
    this.#key = key;
    // Whoever waits is told; the next one asks anew.
    key.catch(() => {
      if (this.#key === key) this.#key = undefined;
    });
  }

  async #newKey(): Promise<Key> {
    const obtainedAt = this.#now();
    const { credentials } = this.#existingService();
    const question = { service: "authorization_service", milliseconds: patience.ordinary } as const;
    const answer = await this.#send(question, undefined, credentials).catch((error: unknown) => {
      // Whatever was asked for was not sent yet.
      if (error instanceof MdcFailure) {
        throw new MdcFailure(error.code, error.message, { ...error, cause: error, sent: false });
      }
      throw error;
    });
    if (answer.status >= 500) throw serverError(answer, false);
    if (answer.status === 401 || answer.status === 403) {
      throw new MdcFailure("unauthorized", `The MDC refuses the credentials (HTTP ${answer.status}).`, {
        httpStatus: answer.status,
        sent: false,
      });
    }
    const { privatekey, message, status } = this.#readBody(question, answer);
    if (privatekey !== undefined && status !== 0 && answer.status < 400) return { text: privatekey, obtainedAt };
    throw new MdcFailure(
      "unauthorized",
      `The MDC gives no key (HTTP ${answer.status}, status ${status ?? "missing"})${message === "" ? "." : `: ${message}`}`,
      { httpStatus: answer.status, sent: false },
    );
  }

  async #send(
    question: Question,
    privatekey: string | undefined,
    credentials?: MdcService["credentials"],
  ): Promise<HttpsAnswer> {
    const { type: _type, milliseconds = patience.ordinary, ...asked } = question;
    const { version, zone, peerSwitches, switches } = this.mdc;
    const { format } = this.#existingService();
    const built = expressed({
      ...asked,
      ...{ version, zone, switches: peerSwitches },
      ...(privatekey !== undefined && { privatekey }),
      ...(credentials && { credentials }),
    });
    return await this.#clientFor(milliseconds).post({
      path: built.path,
      headers: spelled({ ...built.headers, accept: accepts[format] }, switches.header_case),
      body: built.body,
      milliseconds,
    });
  }

  #readBody(question: Question, answer: HttpsAnswer): UdilResponse {
    const { contentType, chunks } = answer;
    const options = { ...this.#readOptions(question), contentType, body: Buffer.concat(chunks) };
    return this.#understood(answer, () => readResponse(options));
  }

  #readOptions({ service, command, type }: Question): Omit<ReadResponseOptions, "body" | "contentType"> {
    const { version, zone, peerSwitches } = this.mdc;
    return {
      ...{ version, zone },
      service: service ?? serviceOfCommand(this.mdc, command!),
      ...(type && { type }),
      ...(peerSwitches.loadProfileEnergy && { loadProfileEnergy: peerSwitches.loadProfileEnergy }),
    };
  }

  #understood<Reading>({ status, chunks }: HttpsAnswer, read: () => Reading): Reading {
    try {
      return read();
    } catch (error) {
      const { message } = error as Error;
      const body = Buffer.concat(chunks);
      // A page of a proxy that says 404 is no damaged answer.
      if (status >= 400)
        throw new MdcFailure("http_error", `HTTP ${status}. ${message}`, { cause: error, httpStatus: status, body });
      throw new MdcFailure("unreadable", message, { cause: error, httpStatus: status, body });
    }
  }

  #clientFor(milliseconds: number): HttpsClient {
    const service = this.#existingService();
    if (milliseconds > patience.ordinary) {
      this.#patientClient ??= createHttpsClient(service);
      return this.#patientClient;
    }
    this.#client ??= createHttpsClient(service);
    return this.#client;
  }

  #existingService(): MdcService {
    if (this.#service) return this.#service;
    throw new MdcFailure("no_service", "The MDC has no base URL and credentials: only its rows can be read.", {
      sent: false,
    });
  }
}

let lastReading: Promise<void> = Promise.resolve();

/** By turns answers would all be half read, and what is made ready of each, its newest rows above all, would grow old in memory. */
async function oneAtATime<Result>(read: () => Promise<Result>): Promise<Result> {
  const before = lastReading;
  const { promise, resolve } = Promise.withResolvers<void>();
  lastReading = promise;
  await before;
  try {
    return await read();
  } finally {
    resolve();
  }
}

const accepts = { json: "application/json", xml: "application/xml" } as const;

function serviceOfCommand({ version, zone, peerSwitches }: Mdc, command: NonNullable<Question["command"]>) {
  return buildRequest({ version, zone, command, switches: peerSwitches }).service;
}

function expressed(options: BuildRequestOptions): BuiltRequest {
  try {
    return buildRequest(options);
  } catch (error) {
    throw new MdcFailure("not_expressible", (error as Error).message, { cause: error, sent: false });
  }
}

function serverError({ status, chunks }: HttpsAnswer, sent = true): MdcFailure {
  const body = Buffer.concat(chunks);
  const text = body.subarray(0, 300).toString("utf8").replace(/\s+/g, " ").trim();
  return new MdcFailure("server_error", `The MDC answers HTTP ${status}${text === "" ? "." : `: ${text}`}`, {
    httpStatus: status,
    body,
    sent,
  });
}

function spelled(headers: Readonly<Record<string, string>>, form: string | undefined): Record<string, string> {
  if (form === undefined || form === "lower") return headers;
  const spell = form === "upper" ? (name: string) => name.toUpperCase() : capitalized;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [spell(name), value]));
}

function capitalized(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
