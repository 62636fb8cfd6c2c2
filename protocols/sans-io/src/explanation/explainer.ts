/** Builds an explanation while bytes are read in order, so that no byte is left out by mistake. */
import type { ExplainedContent, ExplainedPart, Json } from "./explanation.ts";

export class Explainer {
  readonly #parts: ExplainedPart[] = [];
  #end: number;

  /** @param start offset of the first byte that is explained */
  constructor(start = 0) {
    this.#end = start;
  }

  /** Explains the bytes from the end of the last part up to `end`, exclusive. No part is made of no bytes. */
  upTo(
    end: number,
    meaning: string,
    more: {
      readonly value?: Json | undefined;
      readonly parts?: readonly ExplainedPart[] | undefined;
      readonly content?: ExplainedContent | undefined;
    } = {},
  ): void {
    const { value, parts, content } = more;
    const length = end - this.#end;
    if (length <= 0) return;
    this.#parts.push({
      offset: this.#end,
      length,
      meaning,
      ...(value !== undefined && { value }),
      ...(parts && parts.length > 0 && { parts }),
      ...(content && { content }),
    });
    this.#end = end;
  }

  get parts(): readonly ExplainedPart[] {
    return this.#parts;
  }
}
