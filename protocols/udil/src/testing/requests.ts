/** Requests as tests write them: form fields, or the bytes of a body. */
import type { HeaderFields } from "../requests/headers.ts";
import { parseRequest, type UdilRequest } from "../requests/parse-request.ts";
import type { ServiceName } from "../services/services.ts";
import type { UdilVersion } from "../versions.ts";
import { pakistanTime } from "../zone.ts";

export type FormEntries = readonly (readonly [name: string, value: string])[];

export const utf8 = (text: string) => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
export const encodedForm = (entries: FormEntries) =>
  new URLSearchParams(entries.map(([name, value]): [string, string] => [name, value])).toString();

/** 2018-10-15 13:00:00 in Pakistan, the request_datetime of every printed example. */
export const printedInstant = Date.UTC(2018, 9, 15, 8);

export interface TestRequest {
  readonly form?: FormEntries;
  readonly body?: string;
  readonly contentType?: string;
  readonly headers?: HeaderFields;
  readonly version?: UdilVersion;
}

export function parsed(service: ServiceName, request: TestRequest): UdilRequest {
  const { form = [], headers = { transactionid: "t1", privatekey: "k1" }, version } = request;
  return parseRequest({
    service,
    headers,
    body: utf8(request.body ?? encodedForm(form)),
    contentType: request.contentType ?? "application/x-www-form-urlencoded",
    zone: pakistanTime,
    ...(version === undefined ? {} : { version }),
  });
}
