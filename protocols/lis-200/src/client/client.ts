/**
 * A reader's end of the line. Requests are made one after another; each ends in a result or in one `ProtocolError`, and the
 * next goes on. `connect` comes first, `disconnect` last.
 */
import {
  awaitQuiet,
  baudRates,
  ClientLine,
  converse,
  encodeCommand,
  exchange,
  type Identification,
  type LineSettings,
  optionSelectFor,
  type Reply,
  type SignOnOptions,
  sendBreak,
  signOn,
} from "@anymeter/iec62056-21";
import { commonError, type Request, type Routine, RoutineSession } from "@anymeter/sans-io";
import { type Address, type Attribute, addressText, parseAddress } from "../address/address.ts";
import { type ArchiveLayout, parseLayout } from "../archive/layout.ts";
import { type ArchiveRange, rangeText } from "../archive/range.ts";
import { type ArchiveRows, readRows } from "../archive/read-rows.ts";
import { lis200Error, refusalError } from "../errors.ts";
import { checkLock, checkLockCode, type LockState, lockCode, lockState, locks, parseLockState } from "../locks.ts";
import { meansNoRows } from "../refusals.ts";
import { type MeterTime, parseTime, timeText } from "../time.ts";
import { type MeterValue, parseValueAnswer } from "./value.ts";

export interface Lis200ClientOptions extends LineSettings, SignOnOptions {
  /** V of the option select; default "0". */
  readonly protocolCharacter?: string | undefined;
  /** Z of the option select; default what the identification proposes. */
  readonly baudCharacter?: string | undefined;
}

/** Rows of an archive, and the layout they were read with. */
export interface ArchiveReading extends ArchiveRows {
  readonly layout: ArchiveLayout;
}

export interface ArchiveRequest extends ArchiveRange {
  /** 1 to 99. */
  readonly archive: number;
  /** From an earlier read of the same archive of the same model; without it the layout is read first. */
  readonly layout?: ArchiveLayout | undefined;
  /** Rows of a partial block (R3), 1 to 999; default 10. 0 = all rows in one block (R1), for devices without R3. */
  readonly rowsPerBlock?: number | undefined;
}

export class Lis200Client extends RoutineSession {
  readonly #line: ClientLine;
  readonly #options: Lis200ClientOptions;

  constructor(options: Lis200ClientOptions = {}) {
    super();
    // Devices answer within 20 s at worst, over GSM; a year of quarter hours fits in 16 MiB.
    this.#line = new ClientLine({ answerTimeout: 20_000, messageLimit: 16 * 1024 * 1024, ...options });
    this.#options = options;
  }

  /** Wakes the meter up where the options say so, signs on, and selects programming mode. */
  connect(): Request<Identification> {
    return this.enqueue(() => this.#connect());
  }

  /**
   * Opens a lock with its code; done already when it is open.
   * @throws ProtocolError `lock_invalid`, `lock_code_invalid` at once; the request fails with `access_code_wrong` (#0017)
   */
  openLock(number: number, code: string): Request<void> {
    const lock = checkLock(number);
    checkLockCode(code);
    return this.enqueue(() => this.#openLock(lock, code));
  }

  readLock(number: number): Request<LockState> {
    const address = lockState(checkLock(number));
    return this.enqueue(() => this.#readLock(address));
  }

  closeLock(number: number): Request<void> {
    const address = lockState(checkLock(number));
    return this.enqueue(() => this.#write(address, "0", { repeats: "always" }));
  }

  /** @param address "2:302.0" or one parsed @throws ProtocolError `address_invalid` at once */
  read(address: string | Address): Request<MeterValue> {
    const parsed = typeof address === "string" ? parseAddress(address) : address;
    return this.enqueue(() => this.#read(parsed));
  }

  /**
   * A write that got no answer is not repeated: read back what it did.
   * @param value as the meter writes it @throws ProtocolError `address_invalid`, `value_invalid` at once
   */
  write(address: string | Address, value: string): Request<void> {
    const parsed = typeof address === "string" ? parseAddress(address) : address;
    if (!/^[\x20-\x27\x2a-\x7e]{0,64}$/.test(value)) {
      const reason = "a value has at most 64 printable characters without parentheses";
      throw lis200Error("value_invalid", { value: JSON.stringify(value), address: addressText(parsed), reason });
    }
    return this.enqueue(() => this.#write(parsed, value));
  }

  /** The meter's clock, in the zone it keeps. */
  readClock(): Request<MeterTime> {
    return this.enqueue(() => this.#readClock());
  }

  /**
   * A time that got no answer is not sent again: it would be late by then.
   * @param time in the zone the meter keeps @throws ProtocolError `time_invalid` at once
   */
  setClock(time: MeterTime): Request<void> {
    const text = timeText(time);
    return this.enqueue(() => this.#write(clock, text));
  }

  /** Headers, units and sources of an archive's columns (V.2, V.3, V.4). @throws ProtocolError `archive_range_invalid` at once */
  readArchiveLayout(archive: number): Request<ArchiveLayout> {
    checkArchive(archive);
    return this.enqueue(() => this.#readLayout(archive));
  }

  /** How many rows a range holds (V.A); 0 for an empty archive and for limits that no row reaches. */
  countArchiveRows(archive: number, range: ArchiveRange = {}): Request<number> {
    checkArchive(archive);
    const text = rangeText(range);
    return this.enqueue(() => this.#countRows(archive, text));
  }

  /**
   * The rows of a range, oldest to newest; none for an empty archive and for limits that no row reaches (#0103 to #0105).
   * @throws ProtocolError `archive_range_invalid` at once
   */
  readArchive(request: ArchiveRequest): Request<ArchiveReading> {
    const { archive, rowsPerBlock = 10 } = request;
    checkArchive(archive);
    const [command, text] = rowsPerBlock === 0 ? ["R1", rangeText(request)] : ["R3", rangeText(request, rowsPerBlock)];
    return this.enqueue(() => this.#readArchive(archive, command, text, request.layout));
  }

  /** Keeps the meter from falling asleep while nothing is to be asked: the cheapest read there is. */
  keepAlive(): Request<void> {
    return this.enqueue(() => this.#keepAlive());
  }

  /** Ends the dialogue with a break, sent twice as the makers' own readers do; the session is over. */
  disconnect(): Request<void> {
    return this.enqueue(() => this.#disconnect());
  }

  /** A select or a P0 that is lost leaves the meter elsewhere than it leaves us, so everything begins anew. */
  *#connect(): Routine<Identification> {
    const line = this.#line;
    const { address, wakeUp, protocolCharacter, baudCharacter } = this.#options;
    const { attempts, answerTimeout } = line.settings;
    for (let attempt = 1; ; attempt++) {
      const identification = yield* signOn(line, { address, wakeUp });
      const select = optionSelectFor(identification, {
        ...{ mode: "programming", protocol: protocolCharacter, baudCharacter },
      });
      const speed = baudRates[baudCharacter ?? identification.baudCharacter];
      const received = yield* converse(line, select, speed);
      // P0 asks for a password, which LIS-200 does not want: locks are opened instead.
      if (received !== "silence" && received.type === "command" && received.command === "P0") return identification;
      if (attempt < attempts) {
        yield* awaitQuiet(line);
        continue;
      }
      if (received === "silence") {
        throw commonError("no_answer", { waitedFor: "option select", milliseconds: answerTimeout });
      }
      if (received.type === "damaged") throw received.error;
      throw lis200Error("answer_unexpected", { request: "option select", found: `a message of type ${received.type}` });
    }
  }

  /** The state comes first: on an open lock the code's address sets a new code. */
  *#openLock(number: keyof typeof locks, code: string): Routine<void> {
    if ((yield* this.#readLock(lockState(number))) === "open") return;
    const what = `the code of the ${locks[number]} lock (${number})`;
    yield* this.#write(lockCode(number), code, { what, repeats: "always" });
    if ((yield* this.#readLock(lockState(number))) === "open") return;
    throw lis200Error("lock_stayed_closed", { lock: locks[number] });
  }

  *#readLock(address: Address): Routine<LockState> {
    return parseLockState((yield* this.#read(address)).text);
  }

  *#readClock(): Routine<MeterTime> {
    return parseTime((yield* this.#read(clock)).text);
  }

  *#keepAlive(): Routine<void> {
    yield* this.#read(deviceType);
  }

  *#read(address: Address): Routine<MeterValue> {
    const request = `read of ${addressText(address)}`;
    const value = yield* this.#ask("R1", address, "1", request, (text) => answersRead(text, address));
    if (typeof value === "number") throw refusalError(value, request);
    return value;
  }

  /** @param options.repeats "always" only for what may happen twice */
  *#write(address: Address, value: string, { what, repeats = "refused" }: WriteOptions = {}): Routine<void> {
    const request = `write of ${what ?? addressText(address)}`;
    const message = encodeCommand("W1", `${addressText(address)}(${value})`);
    const reply = yield* exchange(this.#line, message, { waitedFor: request, repeats, accepts: answersWrite });
    if (reply.type === "acknowledge") return;
    throw refusalError(reply.type === "block" ? (parseValueAnswer(reply.text) as number) : 0, request);
  }

  *#readLayout(archive: number): Routine<ArchiveLayout> {
    const headers = yield* this.#archiveText(archive, "2", "1;;;");
    const units = yield* this.#archiveText(archive, "3", "1;;;");
    const sources = yield* this.#archiveText(archive, "4", "1;;;");
    return parseLayout(archive, { headers, units, sources });
  }

  *#countRows(archive: number, range: string): Routine<number> {
    const address = archiveAddress(archive, "A");
    const request = `number of rows of archive ${archive}`;
    const value = yield* this.#ask("R1", address, range, request, () => true);
    if (typeof value === "number") {
      if (meansNoRows(value)) return 0;
      throw refusalError(value, request);
    }
    const count = Number(value.text);
    if (/^\d+$/.test(value.text) && Number.isSafeInteger(count)) return count;
    throw lis200Error("answer_unexpected", { request, found: JSON.stringify(value.text) });
  }

  *#readArchive(archive: number, command: string, range: string, known?: ArchiveLayout): Routine<ArchiveReading> {
    const layout = known ?? (yield* this.#readLayout(archive));
    const text = yield* this.#archiveText(archive, "0", range, command);
    return { layout, ...readRows(layout, text) };
  }

  /** @returns the text of the answer, "" when there are no such rows */
  *#archiveText(archive: number, attribute: Attribute, range: string, command = "R1"): Routine<string> {
    const address = archiveAddress(archive, attribute);
    const request = `read of ${addressText(address)}`;
    const message = encodeCommand(command, `${addressText(address)}(${range})`);
    const reply = yield* exchange(this.#line, message, { waitedFor: request, accepts: isBlock });
    const text = reply.type === "block" ? reply.text : "";
    const refusal = text.length < longestRefusal ? parseValueAnswer(text) : undefined;
    if (typeof refusal !== "number") return text;
    if (attribute === "0" && meansNoRows(refusal)) return "";
    throw refusalError(refusal, request);
  }

  *#ask(
    command: string,
    address: Address,
    parameter: string,
    request: string,
    answers: (text: string) => boolean,
  ): Routine<MeterValue | number> {
    const message = encodeCommand(command, `${addressText(address)}(${parameter})`);
    const reply = yield* exchange(this.#line, message, {
      waitedFor: request,
      accepts: (candidate) => candidate.type === "block" && answers(candidate.text),
    });
    const value = reply.type === "block" ? parseValueAnswer(reply.text) : undefined;
    if (value === undefined) throw lis200Error("answer_unexpected", { request, found: "something that is no value" });
    return value;
  }

  *#disconnect(): Routine<void> {
    yield* sendBreak(this.#line);
    yield* sendBreak(this.#line);
    this.finish();
  }
}

/** A late answer to another read names another address; refusals and values without an address belong to this one. */
function answersRead(text: string, asked: Address): boolean {
  const value = parseValueAnswer(text);
  return typeof value !== "object" || value.address === undefined || value.address === addressText(asked);
}

function answersWrite(reply: Reply): boolean {
  return reply.type === "acknowledge" || (reply.type === "block" && typeof parseValueAnswer(reply.text) === "number");
}

function isBlock(reply: Reply): boolean {
  return reply.type === "block";
}

interface WriteOptions {
  /** In place of the address, for errors. */
  readonly what?: string;
  readonly repeats?: "always" | "refused";
}

/** @throws ProtocolError `archive_range_invalid` */
function checkArchive(archive: number): void {
  if (Number.isInteger(archive) && archive >= 1 && archive <= 99) return;
  const reason = "archives are whole numbers from 1 to 99";
  throw lis200Error("archive_range_invalid", { field: "archive", value: archive, reason });
}

function archiveAddress(archive: number, attribute: Attribute): Address {
  return { instance: archive, object: "V", attribute };
}

const clock = parseAddress("1:400.0");
const deviceType = parseAddress("1:181.0");
/** Characters of `99:V.0(#0104)` CR LF and a little more. */
const longestRefusal = 32;
