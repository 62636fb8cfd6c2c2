import assert from "node:assert/strict";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";

/** An answer: its status, its text, and what it says when it is JSON. */
export interface UdilAnswered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every service; the tests say what they expect.
  readonly json: any;
}

export interface UdilCall {
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields of a form; arrays become JSON text. */
  readonly form?: Readonly<Record<string, unknown>>;
  /** Instead of a form. */
  readonly body?: string | Uint8Array;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** An MDM that speaks to an address over HTTPS and checks its certificate. */
export class UdilClient {
  readonly #port: number;
  readonly #agent: Agent;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(port: number, certificate: string, headers: Readonly<Record<string, string>> = {}, agent?: Agent) {
    this.#port = port;
    this.#agent = agent ?? new Agent({ ca: certificate, keepAlive: true, rejectUnauthorized: true });
    this.#headers = headers;
  }

  /** @returns the same client, which sends these headers too */
  with(headers: Readonly<Record<string, string>>): UdilClient {
    return new UdilClient(this.#port, "", { ...this.#headers, ...headers }, this.#agent);
  }

  /** Posts to the path below the root, and reads the whole answer. */
  async post(path: string, call: UdilCall = {}): Promise<UdilAnswered> {
    const incoming = await this.open(path, call);
    const whole = await buffer(incoming);
    const text = (incoming.headers["content-encoding"] === "gzip" ? gunzipSync(whole) : whole).toString();
    const isJson = /json/.test(incoming.headers["content-type"] ?? "");
    return {
      status: incoming.statusCode!,
      headers: incoming.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  }

  /** Posts, and leaves it to the caller how fast the answer is read. */
  open(path: string, { headers, form = {}, body = formOf(form), contentType, signal }: UdilCall = {}) {
    const answered = Promise.withResolvers<IncomingMessage>();
    const outgoing = request(
      {
        ...{ host: "127.0.0.1", port: this.#port, servername: "localhost", path: `/${path}`, method: "POST" },
        agent: this.#agent,
        headers: {
          "content-type": contentType ?? "application/x-www-form-urlencoded",
          "content-length": Buffer.byteLength(body),
          ...this.#headers,
          ...headers,
        },
        ...(signal && { signal }),
      },
      answered.resolve,
    );
    outgoing.on("error", answered.reject);
    outgoing.end(body);
    return answered.promise;
  }

  /** Hangs up all its connections. */
  close(): void {
    this.#agent.destroy();
  }

  /** Asks for a key. @returns the client that shows it */
  async authorized(credentials: Readonly<Record<string, string>>): Promise<UdilClient> {
    const answer = await this.post("authorization_service", {
      headers: { ...credentials, accept: "application/json" },
    });
    assert.equal(answer.status, 200, answer.text);
    return this.with({ privatekey: answer.json.privatekey });
  }
}

function formOf(fields: Readonly<Record<string, unknown>>): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    form.append(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  return form.toString();
}
