/**
 * What the neighbourhood must not forget: ports, clocks that were set, counters, switches. Everything else is computed.
 * One JSON file, replaced as a whole, so that a kill at any moment leaves the old or the new one.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { freshMemory, type MeterMemory } from "../meters/dlms/memory.ts";

export interface RememberedMeter extends MeterMemory {
  port?: number;
}

interface Contents {
  readonly version: 1;
  readonly seed: number;
  readonly meters: Record<string, RememberedMeter>;
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

  /** The memory of a meter; changes to it are persisted by `remember`. */
  meter(serial: string): RememberedMeter {
    this.#contents.meters[serial] ??= { ...freshMemory };
    return this.#contents.meters[serial];
  }

  remember(urgency: "now" | "soon"): void {
    if (this.#path === undefined) return;
    if (urgency === "now") this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), soon).unref();
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
