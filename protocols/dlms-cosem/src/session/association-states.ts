/**
 * The life of an association (Green Book, clause 9.4.2) as a table: role → state → event → state. All transitions live
 * here; what is sent and said on a transition lives with the roles. An event that has no entry is a mistake of ours.
 */
export const associationTransitions = {
  client: {
    idle: { connect: "connecting", release: "released", "link-down": "failed", fault: "failed" },
    connecting: { "link-up": "associating", "link-down": "failed", fault: "failed" },
    associating: {
      accepted: "associated",
      "proof-demanded": "authenticating",
      "link-down": "failed",
      fault: "failed",
    },
    authenticating: { proven: "associated", "link-down": "failed", fault: "failed" },
    associated: { release: "releasing", "link-down": "failed", fault: "failed" },
    releasing: { "release-answered": "disconnecting", "link-down": "released", fault: "failed" },
    disconnecting: { "link-down": "released", fault: "failed" },
    released: {},
    failed: {},
  },
  server: {
    idle: { accepted: "associated", "proof-demanded": "authenticating", "link-down": "released", fault: "failed" },
    authenticating: {
      proven: "associated",
      "proof-refused": "idle",
      "release-answered": "idle",
      "link-down": "released",
      fault: "failed",
    },
    associated: { "release-answered": "idle", "link-down": "released", fault: "failed" },
    released: {},
    failed: {},
  },
} as const satisfies Record<"client" | "server", Record<string, Partial<Record<AssociationEvent, string>>>>;

export type AssociationEvent =
  | "connect"
  | "link-up"
  | "accepted"
  | "proof-demanded"
  | "proven"
  | "proof-refused"
  | "release"
  | "release-answered"
  | "link-down"
  | "fault";

export type ClientState = keyof typeof associationTransitions.client;
export type ServerState = keyof typeof associationTransitions.server;

/** The state after the event. Throws a plain Error when the table has no such transition: that is a bug of the caller. */
export function nextClientState(state: ClientState, event: AssociationEvent): ClientState {
  return next(associationTransitions.client, state, event);
}

export function nextServerState(state: ServerState, event: AssociationEvent): ServerState {
  return next(associationTransitions.server, state, event);
}

function next<State extends string>(
  table: Readonly<Record<State, Partial<Record<AssociationEvent, State>>>>,
  state: State,
  event: AssociationEvent,
): State {
  const following = table[state][event];
  if (following === undefined) throw new Error(`An association that is ${state} knows no ${event}`);
  return following;
}
