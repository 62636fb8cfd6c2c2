/**
 * A file of JSON lines that survives a kill at any moment: a line is there whole or not at all, and the file as a whole is
 * replaced by a shorter one of the same meaning when it has grown.
 */
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

export class Journal {
  readonly #path: string;
  #file: number | undefined;
  #length = 0;
  #replacedLength = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The values of its lines. A last line that a kill tore apart was never acknowledged, and is left out.
   * @throws Error when another line is no JSON: the file is damaged, or somebody else's
   */
  async *read(): AsyncGenerator<unknown> {
    if (!existsSync(this.#path)) return;
    let torn: number | undefined;
    let number = 0;
    for await (const line of createInterface({ input: createReadStream(this.#path), crlfDelay: 0 })) {
      if (torn !== undefined) throw new Error(`${this.#path} is damaged in line ${torn}; move it away to start afresh`);
      number++;
      const value = parsed(line);
      if (value !== undefined) yield value;
      else if (number === 1) throw new Error(`${this.#path} is no file of ours; name another one`);
      else torn = number;
    }
  }

  /** Whether so much was appended since it was replaced that replacing it is worth the effort. */
  get hasGrown(): boolean {
    return this.#length - this.#replacedLength > Math.max(leastGrowth, this.#replacedLength);
  }

  /** Its only lines from now on. A kill meanwhile leaves the old ones. */
  replace(values: Iterable<unknown>): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    const draft = `${this.#path}.new`;
    const file = openSync(draft, "w", 0o600);
    let length = 0;
    for (const value of values) length += write(file, value);
    fsyncSync(file);
    renameSync(draft, this.#path);
    this.close();
    this.#file = file;
    this.#length = length;
    this.#replacedLength = length;
  }

  /** One line more; it outlives the process when this returns. `replace` comes first. */
  append(value: unknown): void {
    this.#length += write(this.#file!, value);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function write(file: number, value: unknown): number {
  const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
  return bytes.length;
}

/** Bytes. */
const leastGrowth = 4 * 1024 * 1024;
