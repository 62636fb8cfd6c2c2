/**
 * Meters on a TCP port: one session per connection, driven by what comes and by the silence between, and on the way out
 * whatever the line's faults do to an answer. One meter, or several behind a gateway.
 */
import { createServer, type Server, type Socket } from "node:net";
import type { Session } from "@anymeter/sans-io";
import { bytesFor, seedFor, unit } from "../random.ts";
import type { LineFaults } from "./faults.ts";

/** What a server asks of whoever is on its line. */
export interface ServedLine {
  /** A session for one connection. */
  newSession(): Session;
  /** What is wrong with the line now. */
  readonly faults: LineFaults;
  /** Tells that the supply failed or came back. */
  logPower(event: "power-down" | "power-up"): void;
}

export class MeterServer {
  readonly #line: ServedLine;
  readonly #connections = new Set<MeterConnection>();
  readonly #server: Server;
  /** Draws so far: what a faulty line loses and adds is the same in every run. */
  #draws = 0;
  #rebooting = false;

  constructor(line: ServedLine) {
    this.#line = line;
    this.#server = createServer({ noDelay: true }, (socket) => this.serve(socket));
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

  /** Serves a connection, also one that the meter opened itself. `session` is one that is under way already. */
  serve(socket: Socket, session?: Session): void {
    if (this.#rebooting || this.#line.faults.resetAfter === 0) {
      socket.on("error", ignore);
      socket.resetAndDestroy();
      return;
    }
    const connection = new MeterConnection(socket, this.#line, session ?? this.#line.newSession(), () => this.#draws++);
    this.#connections.add(connection);
    socket.once("close", () => this.#connections.delete(connection));
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Drops every connection and refuses new ones for a while, as a meter whose supply failed. */
  reboot(duration: number): void {
    this.#rebooting = true;
    this.#line.logPower("power-down");
    for (const connection of this.#connections) connection.reset();
    setTimeout(() => {
      this.#rebooting = false;
      this.#line.logPower("power-up");
    }, duration).unref();
  }

  close(): Promise<void> {
    for (const connection of this.#connections) connection.drop();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

class MeterConnection {
  readonly #socket: Socket;
  readonly #line: ServedLine;
  readonly #session: Session;
  readonly #draw: () => number;
  #patience: NodeJS.Timeout | undefined;
  /** Answers go out one after another, however late each is. */
  #sending: Promise<void> | undefined;
  #answers = 0;

  constructor(socket: Socket, line: ServedLine, session: Session, draw: () => number) {
    this.#socket = socket;
    this.#line = line;
    this.#session = session;
    this.#draw = draw;
    socket.setTimeout(inactivityTimeout, () => this.reset());
    socket.on("data", (bytes) => this.#receive(bytes));
    socket.on("error", ignore);
    socket.once("close", () => {
      clearTimeout(this.#patience);
      session.connectionLost();
    });
    // Some sessions speak first.
    this.#pump();
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
    const { silent, echo } = this.#line.faults;
    if (silent) return;
    if (echo) void this.#afterSending(() => this.#socket.write(bytes));
    this.#session.receive(bytes);
    this.#pump();
  }

  #pump(): void {
    const { faults } = this.#line;
    for (let output = this.#session.takeOutput(); output !== undefined; output = this.#session.takeOutput()) {
      if (!faults.silent) this.#answer(output, faults);
    }
    clearTimeout(this.#patience);
    if (faults.silent) return;
    const { patience, finished } = this.#session;
    if (finished) void this.#afterSending(() => this.#socket.end());
    else if (patience !== undefined) this.#patience = setTimeout(() => this.#timedOut(), patience);
  }

  #timedOut(): void {
    if (this.#socket.destroyed) return;
    this.#session.timedOut();
    this.#pump();
  }

  #answer(output: Uint8Array, faults: LineFaults): void {
    const { loss, resetAfter, latency, byteInterval } = faults;
    this.#answers++;
    if (resetAfter !== undefined && this.#answers > resetAfter) {
      this.reset();
      return;
    }
    if (loss !== undefined && unit(lineSeed, this.#draw()) < loss) return;
    const bytes = this.#withNoise(faults.repeated ? Buffer.concat([output, output]) : output, faults.garbage);
    const pieces = piecesOf(bytes, byteInterval === undefined ? faults.chunkSize : 1);
    if (latency === undefined && pieces.length === 1 && this.#sending === undefined) {
      this.#socket.write(bytes);
      return;
    }
    void this.#afterSending(() => this.#sendLate(pieces, latency ?? 0, byteInterval ?? 0));
  }

  #withNoise(bytes: Uint8Array, garbage: LineFaults["garbage"]): Uint8Array {
    if (garbage === undefined) return bytes;
    const noise = (length: number) => bytesFor(seedFor(lineSeed, this.#draw()), length);
    return garbage === "instead" ? noise(bytes.length) : Buffer.concat([noise(noiseLength), bytes]);
  }

  async #sendLate(pieces: readonly Uint8Array[], latency: number, interval: number): Promise<void> {
    await wait(latency);
    for (const [index, piece] of pieces.entries()) {
      if (this.#socket.destroyed) return;
      this.#socket.write(piece);
      if (index < pieces.length - 1) await wait(interval);
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

function piecesOf(bytes: Uint8Array, size: number | undefined): readonly Uint8Array[] {
  if (size === undefined || bytes.length <= size) return [bytes];
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
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
const noiseLength = 11;
/** Of what faulty lines do. */
const lineSeed = 0x11e;
