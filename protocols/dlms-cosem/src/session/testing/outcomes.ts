/** Events in the short words that tests compare. */
import type { DlmsError } from "../../errors.ts";
import type { ClientEvent, ServerEvent } from "../events.ts";
import type { ServerSession } from "../server-session.ts";

/** "associated", "response", "failed response_timeout" … */
export function outcomes(events: readonly (ClientEvent | ServerEvent)[]): string[] {
  return events.map((event) => {
    const error = "error" in event ? event.error : undefined;
    return error === undefined ? event.type : `${event.type} ${error.code}`;
  });
}

/** The first error among the events. */
export function errorOf(events: readonly ClientEvent[]): DlmsError | undefined {
  for (const event of events) if ("error" in event) return event.error;
  return undefined;
}

/** The results of the responses, in order. */
export function results(events: readonly ClientEvent[]): unknown[] {
  return events.flatMap((event) => (event.type === "response" ? [event.results] : []));
}

export function serverEvents(server: ServerSession): ServerEvent[] {
  const events: ServerEvent[] = [];
  for (let event = server.nextEvent(); event !== undefined; event = server.nextEvent()) events.push(event);
  return events;
}
