/** What an MDC remembers from one start to the next: gathered as it changes, written moment by moment, read at the start. */
import type { Certificate } from "../certificate.ts";
import type { KeptRow } from "../collection/kept-row.ts";
import type { MeterState } from "../meters/meter-state.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import type { Transaction, TransactionDevice } from "../transactions/transaction.ts";
import { Journal } from "./journal.ts";
import {
  type DeviceRecord,
  type FirstLine,
  type MdcState,
  type Moment,
  memoryFormat,
  type RowRecord,
  type TransactionRecord,
  type VendorIdentity,
} from "./moment.ts";

/** Everything there is, when the file is written anew. */
export interface VendorContents {
  readonly meters: Iterable<VendorMeter>;
  readonly rows: Iterable<KeptRow>;
  readonly transactions: Iterable<Transaction>;
}

export class VendorMemory {
  readonly mdc: MdcState = { jumped: 0, lastNumber: 0, lastId: 0 };
  readonly certificate: Certificate;
  /** Nothing was remembered. */
  readonly isFresh: boolean;
  readonly #firstLine: FirstLine;
  readonly #journal: Journal | undefined;
  #contents: (() => VendorContents) | undefined;
  #remembered: Remembered;
  readonly #meters = new Set<VendorMeter>();
  readonly #rows = new Set<KeptRow>();
  readonly #submitted = new Set<Transaction>();
  readonly #devices = new Map<TransactionDevice, Transaction>();

  /** What another one remembered is read by `openVendorMemory`. */
  constructor(firstLine: FirstLine, journal: Journal | undefined, remembered: Remembered | undefined) {
    this.#firstLine = firstLine;
    this.certificate = firstLine.certificate;
    this.#journal = journal;
    this.isFresh = remembered === undefined;
    this.#remembered = remembered ?? nothingRemembered();
    Object.assign(this.mdc, this.#remembered.mdc);
  }

  /** What a meter remembers, completed by what a fresh one has. */
  stateOf(msn: string, fresh: MeterState): MeterState {
    return { ...fresh, ...this.#remembered.meters.get(msn) };
  }

  /** Hands over the rows and orders that were remembered, once, and writes the file anew: from now on changes are noted. */
  begin(contents: () => VendorContents, restore: (rows: RowRecord[], transactions: TransactionRecord[]) => void): void {
    const { rows, transactions } = this.#remembered;
    this.#remembered = nothingRemembered();
    restore([...rows.values()], [...transactions.values()]);
    this.#contents = contents;
    this.#rewrite();
  }

  /** A meter was changed, or seen: it must never show less than it did. */
  noteMeter(meter: VendorMeter): void {
    if (this.#journal !== undefined) this.#meters.add(meter);
  }

  noteRow(row: KeptRow): void {
    if (this.#journal !== undefined) this.#rows.add(row);
  }

  noteTransaction(transaction: Transaction): void {
    if (this.#journal !== undefined) this.#submitted.add(transaction);
  }

  noteDevice(transaction: Transaction, device: TransactionDevice): void {
    if (this.#journal === undefined) return;
    this.#devices.set(device, transaction);
    if (device.meter !== undefined) this.#meters.add(device.meter);
  }

  /** What was noted outlives the process when this returns; it is one moment. */
  commit(): void {
    if (this.#contents === undefined || this.#journal === undefined) return;
    const noted = [this.#meters, this.#rows, this.#submitted, this.#devices];
    if (noted.every(({ size }) => size === 0)) return;
    this.#journal.append(this.#moment());
    for (const some of noted) some.clear();
    if (this.#journal.hasGrown) this.#rewrite();
  }

  /** Notes what the MDC counts, whatever else changed. */
  commitMdc(): void {
    this.#journal?.append({ mdc: this.mdc } satisfies Moment);
  }

  close(): void {
    this.commit();
    this.#journal?.close();
  }

  #moment(): Moment {
    const devices = [...this.#devices].filter(([, transaction]) => !this.#submitted.has(transaction));
    return {
      mdc: this.mdc,
      meters: statesOf(this.#meters),
      rows: Array.from(this.#rows, rowRecord),
      transactions: Array.from(this.#submitted, transactionRecord),
      devices: devices.map(([device, { id }]) => ({ transaction: id, ...deviceRecord(device) })),
    };
  }

  #rewrite(): void {
    if (this.#journal === undefined) return;
    for (const some of [this.#meters, this.#rows, this.#submitted, this.#devices]) some.clear();
    this.#journal.replace(this.#lines());
  }

  *#lines(): Generator<FirstLine | Moment> {
    const { meters, rows, transactions } = this.#contents!();
    yield this.#firstLine;
    yield { mdc: this.mdc, meters: statesOf(meters) };
    for (const some of inParts(rows)) yield { rows: some.map(rowRecord) };
    for (const transaction of transactions) yield { transactions: [transactionRecord(transaction)] };
  }
}

/**
 * @param path undefined: nothing outlives the process
 * @throws Error when the file is of another vendor, of another version of UDIL, or none of ours
 */
export async function openVendorMemory(
  path: string | undefined,
  identity: VendorIdentity,
  certificate: () => Promise<Certificate> | Certificate,
): Promise<VendorMemory> {
  const journal = path === undefined ? undefined : new Journal(path);
  let first: FirstLine | undefined;
  const remembered = nothingRemembered();
  for await (const line of journal?.read() ?? []) {
    if (first === undefined) first = checked(line as FirstLine, identity, path!);
    else remember(remembered, line as Moment);
  }
  if (first !== undefined) return new VendorMemory(first, journal, remembered);
  return new VendorMemory({ format: memoryFormat, ...identity, certificate: await certificate() }, journal, undefined);
}

interface Remembered {
  mdc?: MdcState;
  readonly meters: Map<string, MeterState>;
  readonly rows: Map<number, RowRecord>;
  readonly transactions: Map<string, TransactionRecord>;
}

function nothingRemembered(): Remembered {
  return { meters: new Map(), rows: new Map(), transactions: new Map() };
}

function remember(remembered: Remembered, { mdc, meters, rows, transactions, devices }: Moment): void {
  if (mdc !== undefined) remembered.mdc = mdc;
  for (const [msn, state] of Object.entries(meters ?? {})) remembered.meters.set(msn, state);
  for (const row of rows ?? []) remembered.rows.set(row.number, row);
  for (const transaction of transactions ?? []) remembered.transactions.set(transaction.id, transaction);
  for (const { transaction, ...device } of devices ?? []) {
    const known = remembered.transactions.get(transaction);
    // One that was forgotten in the meantime has been left out when the file was written anew.
    if (known !== undefined) (known.devices as DeviceRecord[])[device.place] = device;
  }
}

function checked(line: FirstLine, identity: VendorIdentity, path: string): FirstLine {
  if (line?.format !== memoryFormat) throw new Error(`${path} is no memory of an MDC; move it away to start afresh`);
  for (const name of ["seed", "version", "loadProfileEnergy", "offsetMinutes"] as const) {
    if (line[name] !== identity[name])
      throw new Error(`${path} belongs to an MDC with ${name} ${line[name]}, not ${identity[name]}; use another file`);
  }
  return line;
}

function statesOf(meters: Iterable<VendorMeter>): Record<string, MeterState> {
  return Object.fromEntries(Array.from(meters, ({ msn, state }) => [msn, state]));
}

function rowRecord({ meter, ...row }: KeptRow): RowRecord {
  return { msn: meter.msn, ...row };
}

function transactionRecord({ devices, ...transaction }: Transaction): TransactionRecord {
  const order = devices.find((device) => device.order !== undefined)?.order;
  return { ...transaction, order, devices: devices.map(deviceRecord) };
}

function deviceRecord({ meter: _, order: __, result, ...device }: TransactionDevice): DeviceRecord {
  return { ...device, result: result?.of === undefined ? result : { of: result.of } };
}

function* inParts<T>(all: Iterable<T>): Generator<T[]> {
  let part: T[] = [];
  for (const one of all) {
    part.push(one);
    if (part.length < rowsInLine) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

const rowsInLine = 1_000;
