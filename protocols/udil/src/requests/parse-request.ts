/**
 * A request of an MDM, tolerant of everything that was seen. Thrown errors are requests that are no requests, to be
 * answered with HTTP 400; values out of range are `command.problem`, to be told to each device as its remark.
 */
import { udilError } from "../errors.ts";
import { Notes } from "../notes.ts";
import type { DeviceIdentity } from "../services/commands.ts";
import { readValue, type ServiceField } from "../services/fields.ts";
import { type ServiceKind, type ServiceName, services } from "../services/services.ts";
import { isUnknown, withDigits } from "../values/damage.ts";
import { DateTimes, isZeroDate } from "../values/datetime.ts";
import type { UdilVersion } from "../versions.ts";
import type { Zone } from "../zone.ts";
import { type CommandReading, commandOf } from "./command-reading.ts";
import { readForm } from "./form.ts";
import { deviceIdNames, FormReader } from "./form-reader.ts";
import { type Credentials, type HeaderFields, readHeaders } from "./headers.ts";

export interface ParseRequestOptions {
  /** From `serviceOfPath`. */
  readonly service: ServiceName;
  readonly headers: HeaderFields;
  readonly body: Uint8Array;
  /** Of the request; found out from the body when it is not there. */
  readonly contentType?: string | undefined;
  /** Of the client's times. */
  readonly zone: Zone;
  /** Whose numbers the client uses where versions differ. Default v1. */
  readonly version?: UdilVersion;
}

export interface UdilRequest {
  readonly service: ServiceName;
  /** From the header and the body, in order, each once. A command has one. */
  readonly transactionIds: readonly string[];
  readonly privatekey: string | undefined;
  readonly credentials: Credentials | undefined;
  /** Devices in the order they came, trimmed, each once. */
  readonly ids: readonly string[];
  /** Of device_creation. */
  readonly identities: readonly DeviceIdentity[] | undefined;
  readonly requestDatetime: number | undefined;
  /** Of reads: instants, both ends included. */
  readonly start: number | undefined;
  readonly end: number | undefined;
  /** Parameters as text, quotes and damage removed. */
  readonly fields: Readonly<Record<string, string>>;
  /** What is to be done, of services that command; `problem` says why it cannot be. */
  readonly command: CommandReading | undefined;
  /** What was tolerated. */
  readonly notes: readonly string[];
}

/** @throws UdilError of a request that is malformed */
export function parseRequest(options: ParseRequestOptions): UdilRequest {
  const { service, version = "v1" } = options;
  const declared = services[service];
  const notes = new Notes();
  const headers = readHeaders(options.headers);
  const form = new FormReader(readForm(options.body, options.contentType ?? "", notes), notes);
  const dateTimes = new DateTimes(options.zone);
  const identities = declared.devices === "identities" ? form.identities() : undefined;
  const ids =
    declared.devices === "identities"
      ? [...new Set(identities?.map(({ global_device_id: id }) => id))]
      : form.ids(deviceIdNames, "devices");
  if (declared.devices !== "none" && ids.length === 0) throw missingDevices(service);
  const transactionIds = transactionIdsOf(headers.transactionId, form, declared.kind);
  const answersWithTransaction = ["command", "on-demand", "status", "cancel"].includes(declared.kind);
  if (answersWithTransaction && transactionIds.length === 0) {
    throw udilError("request_field_missing", { service, field: "transactionid", where: "as a header" });
  }
  const reader = new FieldReader(service, form, dateTimes, notes);
  const all = version === "v1" ? declared.fields : [...declared.fields, ...(declared.laterFields ?? [])];
  const more = version === "v1" ? (declared.laterFields ?? []) : [];
  for (const field of [...all, ...more.map((later) => ({ ...later, optional: true }))]) reader.read(field);
  // Reads have no remarks to devices: what cannot be read of them is a malformed request.
  if (reader.problem !== undefined && !["command", "on-demand"].includes(declared.kind)) {
    throw udilError("request_unreadable", { notation: "a form", reason: reader.problem });
  }
  const requestDatetime = reader.instant("request_datetime");
  if (declared.requestDatetime && requestDatetime === undefined) notes.add("request_datetime was missing");
  if (declared.devices === "one" && ids.length > 1)
    reader.problem ??= `${service} takes one device; ${ids.length} were named.`;
  return {
    service,
    transactionIds,
    privatekey: headers.privatekey ?? form.scalar("privatekey"),
    credentials: headers.credentials ?? credentialsIn(form),
    ids,
    identities,
    requestDatetime,
    start: numberOf(reader.values.start_datetime),
    end: numberOf(reader.values.end_datetime),
    fields: reader.texts,
    command: commandReading(service, version, reader, identities, notes),
    notes: notes.list(),
  };
}

function commandReading(
  service: ServiceName,
  version: UdilVersion,
  reader: FieldReader,
  identities: readonly DeviceIdentity[] | undefined,
  notes: Notes,
): CommandReading | undefined {
  const { kind, command, title } = services[service];
  if (kind !== "command" && kind !== "on-demand") return undefined;
  if (reader.problem !== undefined) return { problem: reader.problem };
  if (command === undefined) return { problem: `${title} (${service}) is not offered.` };
  return commandOf(command, { service, version, values: reader.values, lists: reader.lists, identities, notes });
}

/** Reads declared fields; what cannot be is kept as the first problem. */
class FieldReader {
  readonly values: Record<string, string | number> = {};
  readonly lists: Record<string, ReturnType<FormReader["list"]>> = {};
  readonly texts: Record<string, string> = {};
  problem: string | undefined;
  readonly #service: ServiceName;
  readonly #form: FormReader;
  readonly #dateTimes: DateTimes;
  readonly #notes: Notes;

  constructor(service: ServiceName, form: FormReader, dateTimes: DateTimes, notes: Notes) {
    this.#service = service;
    this.#form = form;
    this.#dateTimes = dateTimes;
    this.#notes = notes;
  }

  read(field: ServiceField): void {
    const { name, domain } = field;
    if (domain.kind === "array") {
      const list = this.#form.list(name);
      if (list === undefined && !field.optional) throw this.#missing(name);
      this.lists[name] = list;
      if (list !== undefined) this.texts[name] = JSON.stringify(list);
      return;
    }
    const found = this.#text(name);
    if (found === undefined || (isUnknown(found) && field.optional)) {
      if (!field.optional) throw this.#missing(name);
      return;
    }
    this.texts[name] = found;
    if (domain.kind === "datetime" && isZeroDate(found) && field.optional) return;
    const reading = readValue(name, domain, found, (text) => this.#dateTimes.parse(text));
    if ("problem" in reading) this.problem ??= reading.problem;
    else {
      this.values[name] = reading.value;
      const damaged = typeof reading.value === "number" && domain.kind !== "datetime" && /[Il|Oo]/.test(found);
      if (damaged && withDigits(found) === String(reading.value)) this.#notes.add(`${name} had a letter for a digit`);
    }
  }

  /** Of a field whose absence or damage does no harm. */
  instant(name: string): number | undefined {
    const found = this.#form.scalar(name);
    return found === undefined ? undefined : this.#dateTimes.parse(found);
  }

  /** on_demand services go by `type`, sampling by `data_type`; each stands in for the other (register, 11). */
  #text(name: string): string | undefined {
    const found = this.#form.scalar(name);
    const standIn = standIns[name as keyof typeof standIns];
    if (standIn === undefined || (found !== undefined && found !== "")) return found;
    const other = this.#form.scalar(standIn);
    if (other !== undefined) this.#notes.add(`${standIn} was taken for ${name}`);
    return other ?? found;
  }

  #missing(field: string) {
    return udilError("request_field_missing", { service: this.#service, field, where: "as a field of the form" });
  }
}

const standIns = { type: "data_type", data_type: "type" } as const;

function transactionIdsOf(header: string | undefined, form: FormReader, kind: ServiceKind): string[] {
  const inForm = () => form.ids(["transactionid"], "transactions");
  if (kind === "status") {
    // Several in one header, for which the document has no form, are told apart by commas.
    const inHeader = header?.split(",").map((id) => id.trim()) ?? [];
    return [...new Set([...inHeader.filter((id) => id !== ""), ...inForm()])];
  }
  // Who cancels may name a transaction of their own in the header, and the one to cancel in the form.
  const named = kind === "cancel" || header === undefined ? inForm() : [];
  return named.length > 0 || header === undefined ? named : [header];
}

function credentialsIn(form: FormReader): Credentials | undefined {
  const [username, password, code] = ["username", "password", "code"].map((name) => form.scalar(name));
  return username === undefined || password === undefined ? undefined : { username, password, code: code ?? "" };
}

const missingDevices = (service: ServiceName) =>
  udilError("request_field_missing", {
    service,
    field: services[service].devices === "identities" ? "device_identity" : "global_device_id",
    where: "as a JSON array in a field of the form",
  });

const numberOf = (value: string | number | undefined) => (typeof value === "number" ? value : undefined);
