/** An MDM in a thread of its own: asks for one answer over HTTPS and counts its bytes, so that it takes no time of the platform's. */
import { Agent, request } from "node:https";
import { parentPort } from "node:worker_threads";

export interface AnswerWanted {
  readonly port: number;
  /** PEM, against which the platform's is checked. */
  readonly certificate: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface AnswerCounted {
  readonly status: number;
  readonly bytes: number;
  readonly milliseconds: number;
}

const agents = new Map<string, Agent>();

parentPort!.on("message", ({ port, certificate, path, headers, body }: AnswerWanted) => {
  const agent = agents.get(certificate) ?? new Agent({ ca: certificate, keepAlive: true });
  agents.set(certificate, agent);
  const start = performance.now();
  const outgoing = request(
    { ...{ host: "127.0.0.1", port, path, method: "POST", agent, servername: "localhost" }, headers },
    (incoming) => {
      let bytes = 0;
      incoming.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      incoming.on("end", () => {
        const milliseconds = performance.now() - start;
        parentPort!.postMessage({ status: incoming.statusCode!, bytes, milliseconds } satisfies AnswerCounted);
      });
    },
  );
  outgoing.on("error", (error) => {
    throw error;
  });
  outgoing.end(body);
});
