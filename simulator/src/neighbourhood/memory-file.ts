/**
 * What the neighbourhood must not forget: ports, clocks that were set, counters, switches. Everything else is computed.
 * One JSON file, replaced as a whole, so that a kill at any moment leaves the old or the new one.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { MeterMemoryCell } from "../meters/simulated-meter.ts";

/** A meter's own state, and the port of the line that bears its name. */
type Remembered = Record<string, unknown> & { port?: number };

interface Contents {
  readonly version: 1;
  readonly seed: number;
  /** By serial number, or by the gateway's name. */
  readonly meters: Record<string, Remembered>;
}

export class MemoryFile {
  readonly #path: string | undefined;
  readonly #contents: Contents;
  #timer: NodeJS.Timeout | undefined;

  /** Without a path nothing outlives the process. Throws when the file is of another neighbourhood or not readable. */
  constructor(path: string | undefined, seed: number) {
    this.#path = path;
    this.#contents =
      path !== undefined && existsSync(path) ? readContents(path, seed) : { version: 1, seed, meters: {} };
  }

  /** The memory of a meter, by its serial number. */
  readonly meter = (serial: string): MeterMemoryCell => ({
    state: (fresh) => {
      const remembered = this.#remembered(serial);
      for (const [name, value] of Object.entries(fresh)) remembered[name] ??= structuredClone(value);
      return remembered as typeof fresh;
    },
    remember: (urgency) => this.#remember(urgency),
  });

  /** The port a line had, by the line's name. */
  port(line: string): number | undefined {
    return this.#remembered(line).port;
  }

  /** Persisted with the next `flush`. */
  setPort(line: string, port: number): void {
    this.#remembered(line).port = port;
  }

  /** Writes now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#path === undefined) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    const draft = `${this.#path}.new`;
    writeFileSync(draft, JSON.stringify(this.#contents), { mode: 0o600 });
    renameSync(draft, this.#path);
  }

  #remembered(name: string): Remembered {
    this.#contents.meters[name] ??= {};
    return this.#contents.meters[name];
  }

  #remember(urgency: "now" | "soon"): void {
    if (this.#path === undefined) return;
    if (urgency === "now") this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), soon).unref();
  }
}

function readContents(path: string, seed: number): Contents {
  let contents: Contents;
  try {
    contents = JSON.parse(readFileSync(path, "utf8")) as Contents;
  } catch (error) {
    throw new Error(`${path} is not a neighbourhood's memory; move it away to start afresh`, { cause: error });
  }
  if (contents.version !== 1 || contents.seed !== seed) {
    throw new Error(
      `${path} belongs to the neighbourhood of seed ${contents.seed}, not ${seed}; use that seed or another file`,
    );
  }
  return contents;
}

const soon = 250;
