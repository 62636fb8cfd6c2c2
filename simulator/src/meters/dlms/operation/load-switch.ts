/** The meter's switch (disconnect control, class 70): who may open and close it, and when it was open. */
import type { SupplyPoint } from "../../../supply/supply-point.ts";
import type { EventName } from "../event-codes.ts";
import { type MeterMemory, toSpans } from "../memory.ts";

/** 1 to 6 of control_mode (Blue Book, clause 4.5.8); a meter that cannot be disconnected has no switch. */
export type ControlMode = keyof typeof controlModes;
/** Remote = by method, from a client or a script; manual = by the button; local = by the meter's own limiter. */
export type Operator = "remote" | "manual" | "local";

interface ControlModeRules {
  readonly disconnects: readonly Operator[];
  /** What a remote reconnection does: closes the switch, or lets somebody close it at the button. */
  readonly remoteReconnection: "connected" | "ready";
  /** Who closes a switch that is ready for it. */
  readonly reconnects: readonly Operator[];
}

/** The limiter closes by a script that invokes the method of a remote reconnection: it may where that closes at once. */
const controlModes = {
  1: { disconnects: ["remote", "manual", "local"], remoteReconnection: "ready", reconnects: ["manual"] },
  2: { disconnects: ["remote", "manual", "local"], remoteReconnection: "connected", reconnects: ["manual", "local"] },
  3: { disconnects: ["remote", "local"], remoteReconnection: "ready", reconnects: ["manual"] },
  4: { disconnects: ["remote", "local"], remoteReconnection: "connected", reconnects: ["local"] },
  5: { disconnects: ["remote", "manual", "local"], remoteReconnection: "ready", reconnects: ["manual", "local"] },
  6: { disconnects: ["remote", "local"], remoteReconnection: "ready", reconnects: ["manual", "local"] },
} as const satisfies Record<number, ControlModeRules>;

export interface LoadSwitchSurroundings {
  readonly memory: Pick<MeterMemory, "disconnections" | "readyForReconnection">;
  readonly supply: Pick<SupplyPoint, "disconnections">;
  readonly log: (event: EventName, at: number) => void;
  /** Told after the switch opened or closed. */
  readonly switched: (closed: boolean, at: number, by: Operator) => void;
}

export class LoadSwitch {
  readonly mode: ControlMode;
  readonly #rules: ControlModeRules;
  readonly #surroundings: LoadSwitchSurroundings;

  constructor(mode: ControlMode, surroundings: LoadSwitchSurroundings) {
    this.mode = mode;
    this.#rules = controlModes[mode];
    this.#surroundings = surroundings;
    const { memory, supply } = surroundings;
    if (memory.disconnections.length > 0) supply.disconnections = toSpans(memory.disconnections);
  }

  get isClosed(): boolean {
    return this.#surroundings.memory.disconnections.at(-1)?.to !== null;
  }

  /** 0 disconnected, 1 connected, 2 ready for reconnection. */
  get controlState(): 0 | 1 | 2 {
    if (this.isClosed) return 1;
    return this.#surroundings.memory.readyForReconnection ? 2 : 0;
  }

  /** Opens the switch at a true instant. A remote order also takes back that it may be closed by hand. @returns whether it may */
  open(at: number, by: Operator): boolean {
    if (!this.#rules.disconnects.includes(by)) return false;
    const { memory } = this.#surroundings;
    if (!this.isClosed) {
      if (by === "remote") memory.readyForReconnection = false;
      return true;
    }
    memory.disconnections = [...memory.disconnections, { from: at, to: null }];
    memory.readyForReconnection = by !== "remote";
    this.#report(false, at, by, `${by}-disconnection`);
    return true;
  }

  /** Closes the switch at a true instant, or makes it ready to be closed by hand. @returns whether the operator may */
  close(at: number, by: Operator): boolean {
    if (this.isClosed) return true;
    const { memory, log } = this.#surroundings;
    if (by === "remote") {
      if (this.#rules.remoteReconnection === "connected") this.#close(at, by);
      else if (!memory.readyForReconnection) {
        memory.readyForReconnection = true;
        log("ready-for-reconnection", at);
      }
      return true;
    }
    if (!memory.readyForReconnection || !this.#rules.reconnects.includes(by)) return false;
    this.#close(at, by);
    return true;
  }

  #close(at: number, by: Operator): void {
    const { memory } = this.#surroundings;
    const last = memory.disconnections.at(-1)!;
    memory.disconnections = [...memory.disconnections.slice(0, -1), { from: last.from, to: at }];
    memory.readyForReconnection = false;
    this.#report(true, at, by, `${by}-connection`);
  }

  #report(closed: boolean, at: number, by: Operator, event: EventName): void {
    const { memory, supply, log, switched } = this.#surroundings;
    supply.disconnections = toSpans(memory.disconnections);
    log(event, at);
    switched(closed, at, by);
  }
}
