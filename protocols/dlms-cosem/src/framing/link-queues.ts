/** What every link hands out: bytes for the line and events for the session, both in order. */
import { joinBytes } from "@anymeter/sans-io";
import type { LinkEvent } from "./link.ts";

export class LinkQueues {
  private output: Uint8Array[] = [];
  private events: LinkEvent[] = [];

  write(bytes: Uint8Array): void {
    this.output.push(bytes);
  }

  report(event: LinkEvent): void {
    this.events.push(event);
  }

  /** Everything written since the last call, in one piece. */
  takeOutput(): Uint8Array | undefined {
    if (this.output.length <= 1) return this.output.shift();
    const joined = joinBytes(this.output);
    this.output = [];
    return joined;
  }

  nextEvent(): LinkEvent | undefined {
    return this.events.shift();
  }
}
