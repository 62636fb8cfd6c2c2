/** A DLMS meter on a TCP port: one session per connection, and on the way out whatever its faults do to an answer. */
import { createServer, type Server, type Socket } from "node:net";
import { ServerSession } from "@anymeter/dlms-cosem";
import { damage } from "./damage.ts";
import type { DlmsMeter } from "./dlms-meter.ts";

export class MeterServer {
  readonly #meter: DlmsMeter;
  readonly #connections = new Set<MeterConnection>();
  readonly #server: Server;
  #rebooting = false;

  constructor(meter: DlmsMeter) {
    this.#meter = meter;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = connectionLimit;
  }

  /** Listens; 0 asks for any free port. Answers the port. Rejects with the socket's error when it is taken. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Drops every connection and refuses new ones for a while, as a meter whose supply failed. */
  reboot(duration: number): void {
    this.#rebooting = true;
    this.#meter.logPower("power-down");
    for (const connection of this.#connections) connection.reset();
    setTimeout(() => {
      this.#rebooting = false;
      this.#meter.logPower("power-up");
    }, duration).unref();
  }

  close(): Promise<void> {
    for (const connection of this.#connections) connection.drop();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    if (this.#rebooting || this.#meter.faults.current.resetAfter === 0) {
      socket.on("error", ignore);
      socket.resetAndDestroy();
      return;
    }
    const connection = new MeterConnection(socket, this.#meter);
    this.#connections.add(connection);
    socket.once("close", () => this.#connections.delete(connection));
  }
}

class MeterConnection {
  readonly #socket: Socket;
  readonly #meter: DlmsMeter;
  readonly #session: ServerSession;
  /** Answers go out one after another, however late each is. */
  #sending: Promise<void> | undefined;
  #answers = 0;

  constructor(socket: Socket, meter: DlmsMeter) {
    this.#socket = socket;
    this.#meter = meter;
    this.#session = new ServerSession(meter);
    socket.setTimeout(inactivityTimeout, () => this.reset());
    socket.on("data", (bytes) => this.#receive(bytes));
    socket.on("error", ignore);
    socket.once("close", () => this.#session.connectionLost());
  }

  /**
   * Ends with RST. A socket that is already saying goodbye is only destroyed: libuv refuses to reset it (EINVAL), and Node
   * then neither closes the handle nor ever exits.
   */
  reset(): void {
    if (this.#socket.writableEnded) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  /** Ends without ceremony. */
  drop(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Uint8Array): void {
    if (this.#meter.faults.current.silent) return;
    this.#session.receive(bytes);
    for (let event = this.#session.nextEvent(); event !== undefined; event = this.#session.nextEvent());
    for (let output = this.#session.takeOutput(); output !== undefined; output = this.#session.takeOutput()) {
      this.#answer(output);
    }
    if (this.#session.finished) void this.#afterSending(() => this.#socket.end());
  }

  #answer(output: Uint8Array): void {
    const { loss, resetAfter, latency, byteInterval } = this.#meter.faults.current;
    this.#answers++;
    if (resetAfter !== undefined && this.#answers > resetAfter) {
      this.reset();
      return;
    }
    if (loss !== undefined && Math.random() < loss) return;
    const bytes = damage(output, this.#meter.link.framing, this.#meter.faults.current);
    if (latency === undefined && byteInterval === undefined && this.#sending === undefined) {
      this.#socket.write(bytes);
      return;
    }
    void this.#afterSending(() => this.#sendLate(bytes, latency ?? 0, byteInterval));
  }

  async #sendLate(bytes: Uint8Array, latency: number, byteInterval: number | undefined): Promise<void> {
    await wait(latency);
    if (byteInterval === undefined) {
      this.#socket.write(bytes);
      return;
    }
    for (const byte of bytes) {
      if (this.#socket.destroyed) return;
      this.#socket.write(Uint8Array.of(byte));
      await wait(byteInterval);
    }
  }

  async #afterSending(act: () => unknown): Promise<void> {
    const before = this.#sending;
    const own = (async () => {
      await before;
      if (!this.#socket.destroyed) await act();
    })();
    this.#sending = own;
    await own;
    if (this.#sending === own) this.#sending = undefined;
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function ignore(): void {
  // A client that resets its connection is no news to a meter.
}

/** Real meters take few; here one may stand for a thousand in a benchmark. More are dropped on arrival. */
const connectionLimit = 1024;
/** Attribute 6 of class 41 in many meters. */
const inactivityTimeout = 120_000;
