/** What objects through which a meter is programmed need of it. */
import type { EventName } from "../event-codes.ts";
import type { Operation } from "../operation/operation.ts";

export interface Programming {
  readonly operation: Operation;
  /** Something was written: it is remembered, counts from now on, and is logged by this event. */
  readonly programmed: (event: EventName) => void;
}
