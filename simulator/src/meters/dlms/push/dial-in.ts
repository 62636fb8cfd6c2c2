/** A meter that nobody can call: it connects to its head-end, says who it is, and serves whoever asks over that connection. */
import { connect, type Socket } from "node:net";
import { wrapperFrame } from "@anymeter/dlms-cosem";
import type { Session } from "@anymeter/sans-io";
import type { MeterServer } from "../../meter-server.ts";
import type { DlmsMeter } from "../dlms-meter.ts";
import type { PushDestination } from "./meter-pusher.ts";

export interface DialInHabits {
  readonly heartbeatMilliseconds: number;
  /** Pause before a connection that ended is opened anew. */
  readonly redialMilliseconds: number;
}

export class DialIn {
  readonly #meter: DlmsMeter;
  readonly #server: MeterServer;
  readonly #destination: PushDestination;
  readonly #habits: DialInHabits;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    meter: DlmsMeter,
    server: MeterServer,
    destination: PushDestination,
    habits: DialInHabits = { heartbeatMilliseconds: 60_000, redialMilliseconds: 2_000 },
  ) {
    this.#meter = meter;
    this.#server = server;
    this.#destination = destination;
    this.#habits = habits;
  }

  start(): void {
    if (this.#stopped) return;
    const socket = connect(this.#destination);
    this.#socket = socket;
    socket.on("error", () => {});
    socket.once("connect", () => {
      this.#server.serve(socket, new HeartbeatSession(this.#meter, this.#habits.heartbeatMilliseconds));
    });
    socket.once("close", () => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.#habits.redialMilliseconds).unref();
    });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }
}

/** The meter's session with a heartbeat before it, and another whenever nothing came for so long. */
class HeartbeatSession implements Session {
  readonly patience: number;
  readonly finished = false;
  readonly #meter: DlmsMeter;
  #session: Session;
  #heartbeats: Uint8Array[];

  constructor(meter: DlmsMeter, heartbeatMilliseconds: number) {
    this.#meter = meter;
    this.patience = heartbeatMilliseconds;
    this.#session = meter.newSession();
    this.#heartbeats = [heartbeatOf(meter)];
  }

  receive(bytes: Uint8Array): void {
    // The connection outlives its associations: the next begins in a session of its own.
    if (this.#session.finished) this.#session = this.#meter.newSession();
    this.#session.receive(bytes);
  }

  takeOutput(): Uint8Array | undefined {
    return this.#heartbeats.shift() ?? this.#session.takeOutput();
  }

  timedOut(): void {
    this.#heartbeats.push(heartbeatOf(this.#meter));
  }

  connectionLost(): void {
    this.#session.connectionLost();
  }
}

/** The logical device name in ASCII, in a wrapper frame. */
function heartbeatOf({ identity }: DlmsMeter): Uint8Array {
  return wrapperFrame(managementLogicalDevice, managementClient, Buffer.from(identity.logicalDeviceName, "latin1"));
}

const managementLogicalDevice = 1;
const managementClient = 1;
