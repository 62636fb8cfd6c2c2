/** When a switch was open: spans in order, of which the last may have no end. */
import type { Interruption } from "./interruptions.ts";

export class OpenSpans {
  static readonly none: OpenSpans = new OpenSpans([]);
  readonly spans: readonly Interruption[];

  /** `spans` are oldest first and do not touch; an end that is not known is `Infinity`. */
  constructor(spans: readonly Interruption[]) {
    this.spans = spans;
  }

  /** How many spans begin before an instant. */
  begunBefore(instant: number): number {
    let low = 0;
    let high = this.spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.spans[middle]!.from < instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Share of `from` … `to` in which the switch was closed. */
  closedShare(from: number, to: number): number {
    let closed = to - from;
    for (let index = this.begunBefore(to) - 1; index >= 0; index--) {
      const span = this.spans[index]!;
      if (span.to <= from) break;
      closed -= Math.min(to, span.to) - Math.max(from, span.from);
    }
    return closed / (to - from);
  }

  /** The first instant at which this and another differ; undefined when they are the same. */
  firstDifference(other: OpenSpans): number | undefined {
    const count = Math.max(this.spans.length, other.spans.length);
    for (let index = 0; index < count; index++) {
      const [one, another] = [this.spans[index], other.spans[index]];
      if (one === undefined || another === undefined) return (one ?? another)!.from;
      if (one.from !== another.from) return Math.min(one.from, another.from);
      if (one.to !== another.to) return Math.min(one.to, another.to);
    }
    return undefined;
  }
}
