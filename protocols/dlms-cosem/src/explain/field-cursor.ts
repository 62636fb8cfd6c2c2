/** Steps through the fields of a trace and puts them into parts, gaps included. */
import { type ExplainedPart, Explainer, hexFromBytes, type Json } from "@anymeter/sans-io";
import type { Field } from "./tracing-reader.ts";

export class FieldCursor {
  readonly bytes: Uint8Array;
  readonly #fields: readonly Field[];
  #next = 0;

  constructor(bytes: Uint8Array, fields: readonly Field[]) {
    this.bytes = bytes;
    this.#fields = fields;
  }

  peek(ahead = 0): Field | undefined {
    return this.#fields[this.#next + ahead];
  }

  take(): Field | undefined {
    return this.#fields[this.#next++];
  }

  /** Takes the fields that end at `end` or before. */
  takeUpTo(end: number): readonly Field[] {
    const start = this.#next;
    while (this.#next < this.#fields.length && this.#fields[this.#next]!.end <= end) this.#next++;
    return this.#fields.slice(start, this.#next);
  }
}

/** What a part has beside its place and meaning. */
export interface PartContent {
  readonly value?: Json | undefined;
  readonly parts?: readonly ExplainedPart[] | undefined;
  readonly content?: ExplainedPart["content"];
}

/** Puts parts one after another, and names the bytes between them that nobody read. */
export class PartList {
  readonly #explainer: Explainer;
  readonly #bytes: Uint8Array;
  #end: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#explainer = new Explainer(start);
    this.#end = start;
  }

  add(offset: number, end: number, meaning: string, content: PartContent = {}): void {
    this.fill(offset);
    this.#explainer.upTo(end, meaning, content);
    this.#end = Math.max(this.#end, end);
  }

  /** Bytes up to `end` that the decoder stepped over. */
  fill(end: number, meaning = "not interpreted"): void {
    if (end <= this.#end) return;
    const value = hexFromBytes(this.#bytes.subarray(this.#end, end));
    this.#explainer.upTo(end, meaning, { value });
    this.#end = end;
  }

  get parts(): readonly ExplainedPart[] {
    return this.#explainer.parts;
  }
}
