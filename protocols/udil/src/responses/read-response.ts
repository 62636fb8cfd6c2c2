/** An MDC's answer, tolerant of what vendors send. What is good in it is kept, the rest is set aside with a reason. */
import { udilError } from "../errors.ts";
import { limits } from "../limits.ts";
import { isObject } from "../notations/document.ts";
import { parseLenientJson } from "../notations/lenient-json.ts";
import { Notes } from "../notes.ts";
import { type ServiceName, services } from "../services/services.ts";
import type { PeerSwitches } from "../switches.ts";
import type { UdilRow, UdilTable } from "../tables/tables.ts";
import { asciiQuotes, plainName, unquoted, withDigits } from "../values/damage.ts";
import type { UdilVersion } from "../versions.ts";
import type { Zone } from "../zone.ts";
import type { DeviceAnswer } from "./answer.ts";
import { charsetOf, readBody } from "./body.ts";
import { bytesOf, joined } from "./chunks.ts";
import { sliceElements } from "./element-slices.ts";
import { divided, elementsOf, rowsOf } from "./elements.ts";
import { RowReader, type RowReading } from "./row-reader.ts";
import { RowsAlike } from "./rows-alike.ts";
import { Lost, scalarText } from "./scalar.ts";
import { type SetAside, setAside } from "./set-aside.ts";
import { type ReadTransaction, TransactionReader } from "./transaction-reader.ts";

export interface ReadResponseOptions extends Pick<PeerSwitches, "loadProfileEnergy"> {
  readonly body: Uint8Array;
  readonly contentType?: string | undefined;
  /** That was asked. */
  readonly service: ServiceName;
  /** Of on_demand_data_read: the kind of rows that was asked for. */
  readonly type?: UdilTable;
  readonly version: UdilVersion;
  /** Of the peer's times. */
  readonly zone: Zone;
}

export interface UdilResponse {
  /** 1 or 0; undefined when the answer has none that can be read. */
  readonly status: 0 | 1 | undefined;
  readonly transactionId: string | undefined;
  readonly message: string;
  /** Of authorization_service. */
  readonly privatekey: string | undefined;
  /** Of commands, and of on-demand reads that are answered later. */
  readonly devices: readonly DeviceAnswer[] | undefined;
  /** Of reads. */
  readonly rows: readonly UdilRow[] | undefined;
  readonly transactions: readonly ReadTransaction[] | undefined;
  /** Elements of `data` that could not be taken. */
  readonly setAside: readonly SetAside[];
  /** What was tolerated. */
  readonly notes: readonly string[];
}

/** @throws UdilError of a body that is no answer at all */
export function readResponse(options: ReadResponseOptions): UdilResponse {
  return readAfter(options, 0);
}

/** What an answer with many rows says beside them. */
export type RowsSummary = Omit<UdilResponse, "rows" | "setAside">;

/** Elements of `data` that were read together. */
export type RowsPart = Required<Pick<UdilResponse, "setAside">> & { readonly rows: readonly UdilRow[] };

/** As the pieces of the body arrived. */
export type ReadRowPartsOptions = Omit<ReadResponseOptions, "body"> & { readonly chunks: readonly Uint8Array[] };

/**
 * Reads an answer to one of the six reads in parts of some hundred rows, so that no more of them need to be kept; it is read
 * as `readResponse` reads it. Until it ends nobody knows whether the answer is whole.
 *
 * @throws UdilError of a body that is no answer, which may be found out late
 */
export function* readRowParts({ chunks, ...options }: ReadRowPartsOptions): Generator<RowsPart, RowsSummary> {
  const { service, contentType = "" } = options;
  const notes = new Notes();
  let count = 0;
  if (charsetOf(contentType) === "utf-8" && bytesOf(chunks) <= limits.answerBytes) {
    const slices = sliceElements(chunks);
    const reader = rowReader(options, true, notes);
    const alike = new RowsAlike(reader);
    for (const slice of slices) {
      const readings = withoutLoss(() => alike.read(slice) ?? objectsIn(slice)?.map((one) => reader.read(one)));
      if (readings === undefined) break;
      const part = divided(readings);
      count += readings.length;
      if (count > limits.answerRows) throw tooManyRows(service, count);
      yield part;
    }
    const envelope = slices.envelope === undefined ? undefined : objectIn(slices.envelope);
    const response = envelope && withoutLoss(() => interpreted(envelope, options, true, notes, count));
    if (response) return summaryOf(response);
  }
  const response = readAfter({ ...options, body: joined(chunks) }, count);
  const { rows = [], setAside } = response;
  for (let first = 0; first < rows.length; first += rowsPerPart) {
    yield { rows: rows.slice(first, first + rowsPerPart), setAside: [] };
  }
  if (setAside.length > 0) yield { rows: [], setAside };
  return summaryOf(response);
}

function summaryOf({ rows: _rows, setAside: _setAside, ...summary }: UdilResponse): RowsSummary {
  return summary;
}

const rowsPerPart = 500;

/** @param passed elements that were read before, and are not looked at */
function readAfter(options: ReadResponseOptions, passed: number): UdilResponse {
  const notes = new Notes();
  const { service, contentType = "", body } = options;
  const document = readBody(body, contentType, service, notes);
  try {
    return interpreted(document.value, options, document.parsed, notes, passed);
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
    return interpreted(document.reread(), options, false, notes, passed);
  }
}

/** How rows are to be read that came on another way than in an answer. */
export interface ReadRowsOptions extends Pick<ReadResponseOptions, "version" | "zone" | "loadProfileEnergy"> {
  readonly table: UdilTable;
}

/** Reads rows that came from a database or a file: objects of columns as in an answer, null for what is not known. */
export function readRows(
  records: readonly unknown[],
  options: ReadRowsOptions,
): Pick<UdilResponse, "setAside" | "notes"> & { readonly rows: UdilRow[] } {
  const notes = new Notes();
  const reader = new RowReader({ ...options, parsed: false, notes });
  return { ...rowsOf(records, reader), notes: notes.list() };
}

/** Reads one row that was set aside again: its `raw`. @throws SyntaxError when that is no JSON */
export function readRow(raw: string, options: ReadRowsOptions): RowReading {
  const read = (value: unknown, parsed: boolean) =>
    new RowReader({ ...options, parsed, notes: new Notes() }).read(value);
  try {
    return read(JSON.parse(raw), true);
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
    return read(parseLenientJson(raw), false);
  }
}

function interpreted(
  value: unknown,
  options: Omit<ReadResponseOptions, "body">,
  parsed: boolean,
  notes: Notes,
  passed: number,
): UdilResponse {
  const { service } = options;
  const members = envelopeOf(value, notes);
  const text = (name: string) => unquoted(scalarText(members.get(name)) ?? "");
  const elements = elementsOf(members.get("data"));
  if (elements.length > limits.answerRows) throw tooManyRows(service, elements.length);
  const status = statusOf(scalarText(members.get("status")), notes);
  return {
    // Rows without a status are rows all the same.
    status: status ?? (elements.length + passed > 0 ? 1 : undefined),
    transactionId: text("transactionid") || undefined,
    message: (scalarText(members.get("message")) ?? "").trim(),
    privatekey: text("privatekey") || undefined,
    ...contentOf(passed === 0 ? elements : elements.slice(passed), options, parsed, notes),
    notes: notes.list(),
  };
}

function envelopeOf(value: unknown, notes: Notes): Map<string, unknown> {
  if (Array.isArray(value)) {
    notes.add("the answer is a bare list");
    return new Map([["data", value]]);
  }
  if (!isObject(value)) return new Map();
  return new Map(Object.entries(value).map(([name, member]) => [plainName(name), member]));
}

type Content = Pick<UdilResponse, "devices" | "rows" | "transactions" | "setAside">;

function contentOf(
  elements: readonly unknown[],
  options: Omit<ReadResponseOptions, "body">,
  parsed: boolean,
  notes: Notes,
): Content {
  const { service, type } = options;
  const { kind, table = type } = services[service];
  const none = { devices: undefined, rows: undefined, transactions: undefined, setAside: [] };
  if (kind === "authorization") return none;
  if (kind === "status") {
    const reader = new TransactionReader(readerOptions(options, parsed, notes));
    const { taken, aside } = sorted(elements, (element) => reader.read(element));
    return { ...none, transactions: taken, setAside: aside };
  }
  const accepted = kind === "on-demand" && elements.length > 0 && elements.every(isDeviceAnswer);
  if (table === undefined || kind === "command" || kind === "cancel" || accepted) {
    const { taken, aside } = sorted(elements, (element) => readDevice(element, notes));
    return { ...none, devices: taken, setAside: aside };
  }
  return { ...none, ...rowsOf(elements, rowReader(options, parsed, notes)) };
}

function rowReader(options: Omit<ReadResponseOptions, "body">, parsed: boolean, notes: Notes): RowReader {
  const { service, type } = options;
  return new RowReader({
    ...readerOptions(options, parsed, notes),
    table: (services[service].table ?? type)!,
    keepOthers: service === "on_demand_parameter_read",
  });
}

function readerOptions(
  { version, zone, loadProfileEnergy }: Omit<ReadResponseOptions, "body">,
  parsed: boolean,
  notes: Notes,
) {
  return { version, zone, parsed, notes, ...(loadProfileEnergy === undefined ? {} : { loadProfileEnergy }) };
}

function tooManyRows(service: ServiceName, count: number) {
  return udilError("answer_too_many_rows", { service, count, limit: limits.answerRows });
}

/** undefined: JSON.parse left something out that is needed. */
function withoutLoss<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Lost) return undefined;
    throw error;
  }
}

function objectsIn(list: string): readonly object[] | undefined {
  const value = jsonIn(`[${list}]`);
  return Array.isArray(value) && value.every(isObject) ? value : undefined;
}

function objectIn(text: string): object | undefined {
  const value = jsonIn(text);
  return isObject(value) ? value : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sorted<Taken>(
  elements: readonly unknown[],
  read: (element: unknown) => { readonly taken: Taken } | { readonly setAside: SetAside },
): { taken: Taken[]; aside: SetAside[] } {
  const taken: Taken[] = [];
  const aside: SetAside[] = [];
  for (const element of elements) {
    const reading = read(element);
    if ("taken" in reading) taken.push(reading.taken);
    else aside.push(reading.setAside);
  }
  return { taken, aside };
}

function readDevice(element: unknown, notes: Notes) {
  if (!isObject(element)) return setAside(element, "It is no object of names and values.");
  const members = new Map(Object.entries(element).map(([name, member]) => [plainName(name), member]));
  const text = (...names: readonly string[]) =>
    unquoted(scalarText(names.map((name) => members.get(name)).find((member) => member !== undefined)) ?? "");
  const id = text("global_device_id", "gd_id", "gdid");
  if (id === "") return setAside(element, "It has no global_device_id.");
  const status = withDigits(text("indv_status", "indiv_status", "individual_status", "status"));
  if (!/^[0-9]$/.test(status) && !/^(true|false)$/i.test(status)) {
    return setAside(element, `Its indv_status is "${status}"; it must be 0, 1 or 2.`);
  }
  if (!members.has("indv_status")) notes.add("indv_status had another name");
  const msn = text("msn");
  const remarks = (scalarText(members.get("remarks") ?? members.get("remark")) ?? "").trim();
  const device: DeviceAnswer = {
    global_device_id: id,
    indv_status: Number(status),
    ...(msn === "" ? {} : { msn: /^[\dIl|O]+$/.test(msn) ? withDigits(msn) : msn }),
    ...(remarks === "" ? {} : { remarks }),
  };
  return { taken: device };
}

/** Whether an element says only that a request was taken or refused. */
function isDeviceAnswer(element: unknown): boolean {
  if (!isObject(element)) return false;
  const names = Object.keys(element).map(plainName);
  return names.some((name) => statusNames.has(name)) && names.every((name) => deviceNames.has(name));
}

const statusNames = new Set(["indv_status", "indiv_status", "individual_status", "status"]);
const deviceNames = new Set([...statusNames, "global_device_id", "gd_id", "gdid", "msn", "remarks", "remark"]);

function statusOf(found: string | undefined, notes: Notes): 0 | 1 | undefined {
  if (found === undefined) return undefined;
  const text = unquoted(asciiQuotes(found));
  const digit = text.length === 1 ? withDigits(text) : text;
  if (digit !== text) notes.add("status had a letter for a digit");
  if (/^(1|true|success|ok)$/i.test(digit)) return 1;
  if (/^(0|false|failed|failure|error)$/i.test(digit)) return 0;
  return undefined;
}
