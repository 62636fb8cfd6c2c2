/** The port meters push to: TCP and UDP, within limits. */
import { createSocket, type Socket as DatagramSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type PushBlocks, wrapperFrame } from "@anymeter/dlms-cosem";
import { type Kysely, sql } from "kysely";
import type { Registry } from "prom-client";
import type { ProfileRowStore } from "../../readings/profile-rows/row-writer.ts";
import { staffScope } from "../../registry/scope.ts";
import type { OpenKeys } from "../../registry/security-keys.ts";
import type { Database } from "../../stores/relational/database.ts";
import { type Clock, systemClock } from "../clock.ts";
import { DerivedEvents, type StoredRows } from "../drivers/derived-events/derived-events.ts";
import type { ReserveCounters } from "../drivers/dlms/invocation-counters.ts";
import { ProfileMemory } from "../drivers/profile-memory.ts";
import type { EventStore, ReadingStore } from "../drivers/stores.ts";
import type { HeadEndLog } from "../log.ts";
import { invoke } from "../runs/on-demand.ts";
import { BoundMeters } from "./bound-meters.ts";
import { MeterConnection, plainAddress } from "./meter-connection.ts";
import { pushMetrics } from "./push-metrics.ts";
import { type Arrival, PushReceiver } from "./push-receiver.ts";
import { defaultPushSettings, type PushSettings } from "./push-settings.ts";
import { PushStream } from "./push-stream.ts";
import { RefusedPush } from "./refused-push.ts";
import { SourceRates } from "./source-rates.ts";
import { beginWaitingRuns } from "./waiting-runs.ts";

export interface PushListenerOptions {
  readonly db: Kysely<Database>;
  readonly readings: ReadingStore;
  readonly events: EventStore;
  readonly profileRows: ProfileRowStore;
  /** Rows that are stored already; absent = what a meter tells is never looked up. */
  readonly storedRows?: StoredRows | undefined;
  readonly openKeys: OpenKeys;
  readonly reserveCounter: ReserveCounters;
  /** IANA zone of meters without a config. */
  readonly defaultTimezone: string;
  readonly metrics: Registry;
  readonly logger: HeadEndLog;
  readonly host: string;
  /** TCP and UDP; 0 = any that is free, for tests. */
  readonly port: number;
  /** Told when runs may begin: a meter dialled in, or is to be asked for its push setup. */
  readonly runsMayBegin: () => void;
  /** What differs from `defaultPushSettings`. */
  readonly settings?: Partial<PushSettings>;
  readonly clock?: Clock;
}

export interface PushListener {
  /** Meters that are connected, for the head-end's sessions. */
  readonly bound: BoundMeters;
  /** The port in use, once started. */
  readonly port: number;
  /** @throws Error when the port is taken */
  start(): Promise<void>;
  /** Takes nothing more, stores and answers what was taken, closes every connection. */
  stop(): Promise<void>;
}

export function createPushListener(options: PushListenerOptions): PushListener {
  return new Listener(options);
}

class Listener implements PushListener {
  readonly bound = new BoundMeters();
  readonly #options: PushListenerOptions;
  readonly #settings: PushSettings;
  readonly #clock: Clock;
  readonly #metrics;
  readonly #receiver: PushReceiver;
  readonly #rates: SourceRates;
  readonly #connections = new Map<MeterConnection, string>();
  readonly #perSource = new Map<string, number>();
  /** Unfinished blocks of datagrams by address; the longest silent address is given up. */
  readonly #blocks = new Map<string, { readonly blocks: PushBlocks; heardAt: number }>();
  readonly #datagrams = new Set<Promise<void>>();
  #server: Server | undefined;
  #udp: DatagramSocket | undefined;
  #cancelSweep: (() => void) | undefined;
  #port = 0;

  constructor(options: PushListenerOptions) {
    this.#options = options;
    this.#settings = { ...defaultPushSettings, ...options.settings };
    this.#clock = options.clock ?? systemClock;
    this.#metrics = pushMetrics(options.metrics);
    this.#rates = new SourceRates(this.#settings, this.#clock);
    this.#receiver = new PushReceiver({
      ...options,
      derivedEvents: options.storedRows && new DerivedEvents(options.profileRows, options.storedRows),
      profiles: new ProfileMemory(options.db),
      clock: this.#clock,
      settings: this.#settings,
      metrics: this.#metrics,
      requestPushSetup: (device, pushSetup) => this.#requestPushSetup(device, pushSetup),
    });
  }

  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    const { host } = this.#options;
    // A port that is free for TCP may be taken for UDP: with port 0 another is tried.
    for (let attempt = 1; ; attempt++) {
      const server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
      server.listen({ host, port: this.#options.port });
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const udp = createSocket(host.includes(":") ? "udp6" : "udp4");
      try {
        udp.bind({ address: host, port });
        await once(udp, "listening");
        this.#begin(server, udp, port);
        return;
      } catch (error) {
        server.close();
        udp.close();
        if (this.#options.port !== 0 || attempt === portAttempts) throw error;
      }
    }
  }

  async stop(): Promise<void> {
    this.#cancelSweep?.();
    const ended = this.#server && once(this.#server, "close");
    this.#server?.close();
    this.#udp?.removeAllListeners("message");
    const connections = [...this.#connections.keys()];
    const taken = [...connections.map((connection) => connection.finish()), ...this.#datagrams];
    this.#rates.release();
    await this.#within(this.#settings.stopMilliseconds, Promise.all(taken));
    this.#udp?.close();
    this.#udp = undefined;
    for (const connection of connections) connection.close();
    await ended;
  }

  #within(milliseconds: number, work: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(milliseconds, resolve);
      void work.finally(() => {
        cancel();
        resolve();
      });
    });
  }

  #begin(server: Server, udp: DatagramSocket, port: number): void {
    this.#server = server;
    this.#udp = udp;
    this.#port = port;
    server.on("error", (error) => this.#options.logger.error({ err: error }, "the push port failed"));
    udp.on("error", (error) => this.#options.logger.error({ err: error }, "the push port failed"));
    udp.on("message", (bytes, from) => this.#takeDatagram(bytes, from));
    this.#sweepLater();
    this.#options.logger.info({ host: this.#options.host, port }, "listening for pushes and meters that dial in");
  }

  #accept(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? "");
    const fromSource = this.#perSource.get(address) ?? 0;
    const { maxConnections, maxConnectionsPerSource } = this.#settings;
    if (this.#connections.size >= maxConnections || fromSource >= maxConnectionsPerSource) {
      this.#metrics.dropped("tcp", "connections");
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    const connection = new MeterConnection({
      socket,
      receiver: this.#receiver,
      bound: this.bound,
      rates: this.#rates,
      settings: this.#settings,
      metrics: this.#metrics,
      now: () => this.#clock.now(),
      arrived: async (device) => {
        await beginWaitingRuns(this.#options.db, device.id, this.#clock.now());
        this.#options.runsMayBegin();
      },
    });
    this.#connections.set(connection, address);
    this.#perSource.set(address, fromSource + 1);
    this.#metrics.connections(1);
    socket.once("close", () => this.#forget(connection, address));
  }

  #forget(connection: MeterConnection, address: string): void {
    this.#connections.delete(connection);
    this.#metrics.connections(-1);
    const left = (this.#perSource.get(address) ?? 1) - 1;
    if (left > 0) this.#perSource.set(address, left);
    else this.#perSource.delete(address);
  }

  /** One timer for all connections: a meter keeps its connection for months. */
  #sweepLater(): void {
    const { firstMessageMilliseconds, messageMilliseconds } = this.#settings;
    const pause = Math.max(20, Math.min(firstMessageMilliseconds, messageMilliseconds) / 4);
    this.#cancelSweep = this.#clock.after(pause, () => {
      const now = this.#clock.now();
      for (const connection of this.#connections.keys()) {
        const limit = connection.overrun(now);
        if (limit === undefined) continue;
        this.#metrics.dropped("tcp", limit);
        connection.close();
      }
      this.#forgetSilentBlocks(now);
      this.#freeMemory();
      this.#sweepLater();
    });
  }

  /** Closes the connections that hold most of what they began, until the rest is within the limit. */
  #freeMemory(): void {
    const held = [...this.#connections.keys()].map((connection) => ({ connection, bytes: connection.pending }));
    let total = held.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= this.#settings.maxPendingBytes) return;
    for (const { connection, bytes } of held.sort((one, other) => other.bytes - one.bytes)) {
      if (total <= this.#settings.maxPendingBytes) return;
      total -= bytes;
      this.#metrics.dropped("tcp", "memory");
      connection.close();
    }
  }

  #takeDatagram(bytes: Uint8Array, from: RemoteInfo): void {
    const address = plainAddress(from.address);
    if (this.#datagrams.size >= this.#settings.maxWaitingDatagrams) {
      this.#metrics.dropped("udp", "full");
      return;
    }
    if (this.#rates.delay(address, this.#clock.now()) > 0) {
      this.#rates.returned(address);
      this.#metrics.dropped("udp", "rate");
      return;
    }
    const work: Promise<void> = this.#readDatagram(bytes, { transport: "udp", address, port: from.port })
      .catch((error) => this.#options.logger.error({ err: error }, "a datagram was not stored"))
      .finally(() => this.#datagrams.delete(work));
    this.#datagrams.add(work);
  }

  /** A datagram holds whole messages; what is left over is nothing. */
  async #readDatagram(bytes: Uint8Array, arrival: Arrival): Promise<void> {
    const stream = new PushStream(this.#settings.maxApduLength);
    stream.push(bytes);
    let messages = 0;
    try {
      for (let message = stream.next(); message; message = stream.next()) {
        messages++;
        if (message.kind === "heartbeat") {
          await this.#receiver.identify(message.heartbeat, arrival);
          continue;
        }
        const apdu = this.#joined(arrival.address, message.sender, message.apdu);
        if (!apdu) continue;
        const { answer } = await this.#receiver.receive(apdu, arrival);
        if (answer && message.frame) {
          const frame = wrapperFrame(message.frame.destination, message.frame.source, answer);
          this.#udp?.send(frame, arrival.port, arrival.address);
        }
      }
      if (messages === 0) throw new RefusedPush("damaged", "The datagram ends before its message does.");
    } catch (error) {
      await this.#receiver.refuse(error, arrival);
    }
  }

  /** undefined until the last block came. Only who has begun blocks takes a place. */
  #joined(address: string, sender: string, apdu: Uint8Array): Uint8Array | undefined {
    const blocks = this.#blocks.get(address)?.blocks ?? this.#receiver.newBlocks();
    try {
      return blocks.receive(sender, apdu);
    } finally {
      this.#blocks.delete(address);
      if (blocks.pending > 0) {
        const [silent] = this.#blocks.keys();
        if (silent !== undefined && this.#blocks.size >= mostBlockSources) this.#blocks.delete(silent);
        this.#blocks.set(address, { blocks, heardAt: this.#clock.now() });
      }
    }
  }

  /** A datagram that is lost comes no more: what was begun is given up. */
  #forgetSilentBlocks(now: number): void {
    for (const [address, { heardAt }] of this.#blocks) {
      if (now - heardAt <= this.#settings.messageMilliseconds) return;
      this.#blocks.delete(address);
    }
  }

  /** Not when it is asked for already, or when there is nothing to call the meter by. */
  async #requestPushSetup(device: string, pushSetup: string): Promise<void> {
    const { db, runsMayBegin, logger } = this.#options;
    const call = {
      meter_execution_type: "generic_dlms",
      task_call: "read_push_setup",
      task_kwargs: { obis: pushSetup },
    };
    const { rows } =
      await sql`select 1 from meter_devices where id = ${device} and network_interface is not null`.execute(db);
    if (rows.length === 0) return;
    try {
      await invoke(db, { meter_device: device, ...call }, staffScope, this.#clock.now(), mostWaitingRuns);
      runsMayBegin();
    } catch (error) {
      logger.debug({ err: error, device }, "the push setup is not asked for");
    }
  }
}

const portAttempts = 20;
/** Addresses whose unfinished blocks are kept. */
const mostBlockSources = 1_000;
const mostWaitingRuns = 10;
