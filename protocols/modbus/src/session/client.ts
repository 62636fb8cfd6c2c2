/**
 * The client (master) side: one line, to a device or to a gateway with several units behind it, one request at a time.
 *
 * ```ts
 * const client = new ModbusClient({ unit: 1 });
 * const { registers } = await new Conversation(client, lineOver(socket)).request(client.readHoldingRegisters(0x5000, 4));
 * ```
 */
import { type Request, type Routine, RoutineSession } from "@anymeter/sans-io";
import { modbusError } from "../errors.ts";
import type { RegisterMap } from "../maps/register-map.ts";
import {
  type IdentificationCategory,
  IdentificationCollector,
  identificationCategories,
} from "../pdu/identification.ts";
import { limits } from "../pdu/limits.ts";
import type { IdentificationAnswer, ModbusRequest, ModbusResponse, ReadBits, ReadRegisters } from "../pdu/pdu.ts";
import { Exchange } from "./exchange.ts";
import { type MapReading, type MapReadOptions, readByMap } from "./map-reading.ts";
import { type ClientSettings, type CompleteSettings, completeSettings } from "./settings.ts";

/** What a single request may say otherwise than the client's settings. */
export interface RequestOptions {
  readonly unit?: number;
}

export interface DeviceIdentification {
  /** Of clause 6.21: 1 to 3, and 129 to 131 where single objects can be asked for. */
  readonly conformity: number;
  /** Bytes by object id; text in practice. */
  readonly objects: ReadonlyMap<number, Uint8Array>;
}

export class ModbusClient extends RoutineSession {
  readonly #settings: CompleteSettings;
  readonly #exchange: Exchange;

  constructor(settings: ClientSettings = {}) {
    super();
    this.#settings = completeSettings(settings);
    this.#exchange = new Exchange(this.#settings);
  }

  /** Function 1. As many values as were asked for. */
  readCoils(address: number, quantity: number, options?: RequestOptions): Request<readonly boolean[]> {
    return this.enqueue(() => this.#readBits("read-coils", address, quantity, options));
  }

  /** Function 2. */
  readDiscreteInputs(address: number, quantity: number, options?: RequestOptions): Request<readonly boolean[]> {
    return this.enqueue(() => this.#readBits("read-discrete-inputs", address, quantity, options));
  }

  /** Function 3. Two bytes for each register, as they are on the line. */
  readHoldingRegisters(address: number, quantity: number, options?: RequestOptions): Request<Uint8Array> {
    return this.enqueue(() => this.#readRegisters("read-holding-registers", address, quantity, options));
  }

  /** Function 4. */
  readInputRegisters(address: number, quantity: number, options?: RequestOptions): Request<Uint8Array> {
    return this.enqueue(() => this.#readRegisters("read-input-registers", address, quantity, options));
  }

  /** Function 5. Over RTU a write to unit 0 is a broadcast, which nobody answers. */
  writeCoil(address: number, coil: boolean, options?: RequestOptions): Request<void> {
    return this.#write({ type: "write-coil", address, coil }, options);
  }

  /** Function 6. */
  writeRegister(address: number, value: number, options?: RequestOptions): Request<void> {
    return this.#write({ type: "write-register", address, value }, options);
  }

  /** Function 15. */
  writeCoils(address: number, coils: readonly boolean[], options?: RequestOptions): Request<void> {
    return this.#write({ type: "write-coils", address, coils }, options);
  }

  /** Function 16. */
  writeRegisters(address: number, registers: Uint8Array, options?: RequestOptions): Request<void> {
    return this.#write({ type: "write-registers", address, registers }, options);
  }

  /** Function 22: the register becomes (old AND andMask) OR (orMask AND NOT andMask). */
  maskWriteRegister(address: number, andMask: number, orMask: number, options?: RequestOptions): Request<void> {
    return this.#write({ type: "mask-write-register", address, andMask, orMask }, options);
  }

  /** Function 23: writes first, then reads. */
  readWriteRegisters(
    read: { readonly address: number; readonly quantity: number },
    write: { readonly address: number; readonly registers: Uint8Array },
    options?: RequestOptions,
  ): Request<Uint8Array> {
    const request: ModbusRequest = {
      type: "read-write-registers",
      ...read,
      writeAddress: write.address,
      registers: write.registers,
    };
    return this.enqueue(() => this.#registersOf(request, options));
  }

  /** Function 43/14: a category with all its answers ("more follows"), or one object by its id. */
  readIdentification(
    wanted: Exclude<IdentificationCategory, "individual"> | number = "basic",
    options?: RequestOptions,
  ): Request<DeviceIdentification> {
    return this.enqueue(() => this.#identification(wanted, options));
  }

  /**
   * The values of a register map: of all its series or of some, in few requests. Values beside a refused one are kept.
   * @throws ProtocolError (of the request) when not one could be read
   */
  readMap(map: RegisterMap, options: MapReadOptions & RequestOptions = {}): Request<MapReading> {
    return this.enqueue(() => readByMap((request) => this.ask(request, options), map, options));
  }

  /** Any request; exceptions are thrown. undefined is the answer to a broadcast. */
  send(request: ModbusRequest, options?: RequestOptions): Request<ModbusResponse | undefined> {
    return this.enqueue(() => this.ask(request, options));
  }

  /** For sessions built on this one: their routines ask with `yield* this.ask(…)`. */
  protected *ask(request: ModbusRequest, options?: RequestOptions): Routine<ModbusResponse | undefined> {
    try {
      return yield* this.#exchange.ask(request, options?.unit ?? this.#settings.unit);
    } finally {
      if (this.#exchange.broken) this.finish();
    }
  }

  *#readBits(type: ReadBits, address: number, quantity: number, options?: RequestOptions): Routine<readonly boolean[]> {
    const response = yield* this.ask({ type, address, quantity }, options);
    return (response as Extract<ModbusResponse, { coils: unknown }>).coils.slice(0, quantity);
  }

  #readRegisters(
    type: ReadRegisters,
    address: number,
    quantity: number,
    options?: RequestOptions,
  ): Routine<Uint8Array> {
    return this.#registersOf({ type, address, quantity }, options);
  }

  *#registersOf(request: ModbusRequest, options?: RequestOptions): Routine<Uint8Array> {
    const response = yield* this.ask(request, options);
    return (response as Extract<ModbusResponse, { registers: unknown }>).registers;
  }

  #write(request: ModbusRequest, options?: RequestOptions): Request<void> {
    const ask = this.ask.bind(this);
    return this.enqueue(function* () {
      yield* ask(request, options);
    });
  }

  *#identification(
    wanted: Exclude<IdentificationCategory, "individual"> | number,
    options?: RequestOptions,
  ): Routine<DeviceIdentification> {
    const single = typeof wanted === "number";
    const readCode = single ? identificationCategories.individual : identificationCategories[wanted];
    const collector = new IdentificationCollector();
    for (let object: number | undefined = single ? wanted : 0, answers = 0; ; answers++) {
      if (answers > limits.identificationObjects) {
        throw modbusError("identification_endless", { limit: limits.identificationObjects, object });
      }
      const answer = (yield* this.ask(
        { type: "read-identification", readCode, object },
        options,
      )) as IdentificationAnswer;
      object = collector.add(answer);
      if (single || object === undefined) return { conformity: answer.conformity, objects: collector.objects };
    }
  }
}
