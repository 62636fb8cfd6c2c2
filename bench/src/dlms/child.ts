/** A process of a benchmark, with messages typed by what its file says it sends. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

export class Child {
  private readonly process: ChildProcess;

  /** `file` beside this one. */
  constructor(file: string, ...parameters: readonly (string | number)[]) {
    this.process = fork(new URL(file, import.meta.url), parameters.map(String), { serialization: "advanced" });
  }

  /** The next message. Rejects when the process ends instead. */
  async next<Message>(): Promise<Message> {
    const ended = new AbortController();
    try {
      const options = { signal: ended.signal };
      const message = once(this.process, "message", options).then(([first]) => first as Message);
      const end = once(this.process, "exit", options).then(([code]) => {
        throw new Error(`a process of the benchmark ended with ${code}`);
      });
      return await Promise.race([message, end as Promise<never>]);
    } finally {
      ended.abort();
    }
  }

  async ask<Answer>(message: unknown): Promise<Answer> {
    const answer = this.next<Answer>();
    this.process.send(message as Parameters<ChildProcess["send"]>[0]);
    return await answer;
  }

  end(): void {
    this.process.kill();
  }
}
