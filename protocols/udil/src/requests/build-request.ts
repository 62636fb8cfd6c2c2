/** A request to an MDC, strictly as its version prints it, with the peer's switches. */
import { udilError } from "../errors.ts";
import type { UdilCommand } from "../services/commands.ts";
import { type ServiceName, services } from "../services/services.ts";
import type { PeerSwitches } from "../switches.ts";
import { DateTimes } from "../values/datetime.ts";
import type { UdilVersion } from "../versions.ts";
import type { Zone } from "../zone.ts";
import { requestOfCommand } from "./command-writing.ts";
import type { Credentials } from "./headers.ts";
import { multipartBody } from "./multipart.ts";

export interface BuildRequestOptions {
  readonly version: UdilVersion;
  /** Of the peer's times. */
  readonly zone: Zone;
  /** What is asked; not needed with a command, which knows its service. */
  readonly service?: ServiceName;
  readonly command?: UdilCommand;
  /** Of transactions: one, or of transaction_status as many as are asked for. Own ones are best 32 hexadecimal digits. */
  readonly transactionIds?: readonly string[];
  readonly privatekey?: string;
  /** Of authorization_service. */
  readonly credentials?: Credentials;
  readonly ids?: readonly string[];
  /** When the request is made; needed by every command. */
  readonly requestDatetime?: number;
  /** Of reads: instants, both ends included. */
  readonly start?: number;
  readonly end?: number;
  /** Of services that have no command: values as text. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly switches?: PeerSwitches;
}

export interface BuiltRequest {
  readonly service: ServiceName;
  /** All are POSTs, reads included. */
  readonly method: "POST";
  /** Behind host and port. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** @throws UdilError when the version has no such service, or cannot say the command */
export function buildRequest(options: BuildRequestOptions): BuiltRequest {
  const { version, zone, command, transactionIds = [], privatekey, credentials, switches = {} } = options;
  const dateTimes = new DateTimes(zone);
  const said = command === undefined ? undefined : requestOfCommand(command, version, dateTimes, switches);
  const service = said?.service ?? options.service;
  if (service === undefined)
    throw udilError("service_not_in_version", { version, what: "a request without a service" });
  const [transactionId = ""] = transactionIds;
  const form = formOf(service, said?.fields ?? {}, options, dateTimes);
  const { contentType, body } = encoded(form, switches);
  return {
    service,
    method: "POST",
    path: pathOf(service, version, switches),
    headers: {
      "content-type": contentType,
      ...(credentials === undefined
        ? {}
        : { username: credentials.username, password: credentials.password, code: credentials.code }),
      ...(transactionId === "" ? {} : { transactionid: transactionId }),
      ...(privatekey === undefined ? {} : { privatekey }),
    },
    body: new TextEncoder().encode(body),
  };
}

function pathOf(service: ServiceName, version: UdilVersion, { basePath = "", paths }: PeerSwitches): string {
  const path = paths?.[service] ?? services[service].paths[version];
  if (path === undefined) throw udilError("service_not_in_version", { version, what: service });
  return `${basePath.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`;
}

/** Names and values in the order the document prints them. JSON arrays are never put in quotes. */
function formOf(
  service: ServiceName,
  said: Readonly<Record<string, string>>,
  options: BuildRequestOptions,
  dateTimes: DateTimes,
): Map<string, string> {
  const { ids = [], fields = {}, requestDatetime, start, end, transactionIds = [] } = options;
  const { devices, kind, requestDatetime: takesDatetime } = services[service];
  const form = new Map<string, string>();
  if (devices === "set") form.set("global_device_id", JSON.stringify(ids));
  if (devices === "one") form.set("global_device_id", ids[0] ?? "");
  if (kind === "status" && transactionIds.length > 1) form.set("transactionid", JSON.stringify(transactionIds));
  if (takesDatetime && requestDatetime !== undefined) form.set("request_datetime", dateTimes.format(requestDatetime));
  if (kind === "read") {
    if (start !== undefined) form.set("start_datetime", dateTimes.format(start));
    if (end !== undefined) form.set("end_datetime", dateTimes.format(end));
  }
  for (const [name, value] of Object.entries({ ...said, ...fields })) form.set(name, value);
  if (options.switches?.quoted !== true) return form;
  return new Map([...form].map(([name, value]) => [name, /^[[{]/.test(value) ? value : `"${value}"`]));
}

function encoded(
  form: ReadonlyMap<string, string>,
  { multipart }: PeerSwitches,
): { contentType: string; body: string } {
  if (multipart !== true) {
    return { contentType: "application/x-www-form-urlencoded", body: new URLSearchParams([...form]).toString() };
  }
  const boundary = boundaryFor([...form.values()]);
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: multipartBody(form, boundary) };
}

/** One that stands in no value. */
function boundaryFor(values: readonly string[]): string {
  let boundary = "----anymeter-udil";
  while (values.some((value) => value.includes(boundary))) boundary += "-x";
  return boundary;
}
