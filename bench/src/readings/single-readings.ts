/** Single readings by HTTP over 64 connections, beside a route that only parses and validates the same body. */
import { connect, type Socket } from "node:net";
import { Child } from "../dlms/child.ts";
import type { BenchResult } from "../result.ts";
import { median } from "./median.ts";
import type { PlatformReady } from "./platform-process.ts";
import { jsonReading } from "./sample.ts";

const connections = 64;
const millisecondsPerRound = 4000;
const rounds = 3;
const target = 5000;
const latencyTarget = 200;

/** One round: answers a second, and the latency that 99 of 100 stay below. */
interface Round {
  readonly answers: number;
  readonly percentile: number;
}

export async function run(): Promise<BenchResult[]> {
  const platform = new Child("../readings/platform-process.ts");
  try {
    const ready = await platform.next<PlatformReady>();
    const taken: Round[] = [];
    const limits: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      taken.push(await load(ready, "/v1/metering/new-meter-readings", round));
      limits.push(await load(ready, "/limit", round));
    }
    const figure = median(taken.map(({ answers }) => answers));
    const peerFigure = median(limits.map(({ answers }) => answers));
    const latency = median(taken.map(({ percentile }) => percentile));
    const peerLatency = median(limits.map(({ percentile }) => percentile));
    return [
      {
        name: `single readings by HTTP, ${connections} connections`,
        figure,
        unit: "acknowledged/s",
        peer: "a route of the same server that only parses and validates the body",
        peerFigure,
        ratio: figure / peerFigure,
        target,
        notes: `median of ${rounds} rounds`,
      },
      {
        name: `single readings by HTTP, ${connections} connections, 99th percentile`,
        figure: latency,
        unit: "ms",
        peer: "the same route",
        peerFigure: peerLatency,
        ratio: latency / peerLatency,
        target: latencyTarget,
        notes: "less is better; an answer means the reading is on disk",
      },
    ];
  } finally {
    platform.end();
  }
}

async function load({ port, token }: PlatformReady, path: string, round: number): Promise<Round> {
  const latencies: number[] = [];
  const end = performance.now() + millisecondsPerRound;
  let row = 0;
  const requestOf = () => {
    const body = jsonReading(row++, round);
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token ${token}\r\n`;
    return `${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
  const client = async () => {
    const connection = new Connection(port);
    while (performance.now() < end) {
      const start = performance.now();
      await connection.ask(requestOf());
      latencies.push(performance.now() - start);
    }
    connection.end();
  };
  await Promise.all(Array.from({ length: connections }, client));
  latencies.sort((a, b) => a - b);
  return {
    answers: latencies.length / (millisecondsPerRound / 1000),
    percentile: latencies[Math.floor(latencies.length * 0.99)]!,
  };
}

/** One keep-alive connection with one request at a time. A bare socket, so that the client costs as little as can be. */
class Connection {
  readonly #socket: Socket;
  #received = "";
  #answered: () => void = () => {};
  #failed: (error: Error) => void = () => {};

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1").setNoDelay();
    this.#socket.setEncoding("latin1").on("data", (text: string) => this.#take(text));
    this.#socket.on("error", (error) => this.#failed(error));
    this.#socket.on("close", () => this.#failed(new Error("the platform closed the connection")));
  }

  /** Resolves when the whole answer has arrived. @throws Error when its status is not 201 */
  ask(request: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(request);
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const head = this.#received.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.#received)?.[1]);
    if (this.#received.length < head + 4 + length) return;
    const answer = this.#received;
    this.#received = "";
    if (answer.startsWith("HTTP/1.1 201")) this.#answered();
    else this.#failed(new Error(answer));
  }
}
