/** The part of the platform's API that a registration uses, kept in memory: rows by path, and what was invoked. */
import { randomUUID } from "node:crypto";

type Row = Record<string, unknown> & { id: string };

export interface FakePlatform {
  /** Stands in for the global fetch. */
  readonly fetch: typeof fetch;
  /** "POST /v1/metering/meter-devices" and so on, reads left out. */
  readonly writes: string[];
  readonly invocations: Record<string, unknown>[];
  rows(path: string): Row[];
  /** Devices with stored readings. */
  readonly read: Set<string>;
  /** Answers the next request to a path with this status. */
  failNext(path: string, status: number, body: string): void;
}

export const fakeToken = "0123456789012345678901234567890123456789";

export function createFakePlatform(): FakePlatform {
  const tables = new Map<string, Row[]>();
  const writes: string[] = [];
  const invocations: Record<string, unknown>[] = [];
  const read = new Set<string>();
  const failures = new Map<string, { status: number; body: string }>();
  const rows = (path: string): Row[] => {
    const name = path.replace(/\/$/, "");
    const known = tables.get(name) ?? [];
    tables.set(name, known);
    return known;
  };

  const answer = (method: string, url: URL, body: Record<string, unknown>): { status: number; body?: unknown } => {
    const path = url.pathname.replace(/\/$/, "");
    const failure = failures.get(path);
    if (failure !== undefined && method !== "GET") {
      failures.delete(path);
      return failure;
    }
    if (method !== "GET") writes.push(`${method} ${path}`);
    if (path === "/v1/metering/amr-tasks/invoke") {
      invocations.push(body);
      return { status: 201 };
    }
    if (path === "/v1/metering/meter-readings") {
      const count = read.has(url.searchParams.get("meter_device")!) ? 1 : 0;
      return { status: 200, body: { count, next: null, previous: null, results: [] } };
    }
    const item = /^(.*)\/([0-9a-f-]{36})$/.exec(path);
    if (item) return answerItem(method, rows(item[1]!), item[2]!, body);
    if (method === "POST" && isTaken(path, body.name)) return { status: 400, body: '{"name":["already exists"]}' };
    return method === "POST" ? { status: 201, body: insert(path, body) } : { status: 200, body: page(url, rows(path)) };
  };

  const isTaken = (path: string, name: unknown) =>
    path.endsWith("/amr-tasks") && rows(path).some((row) => row.name === name);

  const insert = (path: string, body: Record<string, unknown>): Row => {
    const row: Row = { id: randomUUID(), ...body };
    // A key collection shows its meter as an object, and never its secret.
    if (path.endsWith("/meter-security-keys")) {
      row.meter = { id: body.meter };
      delete row.dlms_secret;
      delete row.iec62056_21_password;
    }
    rows(path).push(row);
    return row;
  };

  return {
    ...{ writes, invocations, rows, read },
    failNext: (path, status, body) => failures.set(path, { status, body }),
    fetch: async (input, init) => {
      const { method = "GET", body, headers } = init ?? {};
      if (new Headers(headers).get("authorization") !== `Token ${fakeToken}`) return new Response("", { status: 401 });
      const answered = answer(method, new URL(String(input)), body ? JSON.parse(String(body)) : {});
      const text = typeof answered.body === "string" ? answered.body : JSON.stringify(answered.body ?? "");
      return new Response(answered.status === 204 || answered.body === undefined ? null : text, {
        status: answered.status,
      });
    },
  };
}

function answerItem(method: string, table: Row[], id: string, body: Record<string, unknown>) {
  const index = table.findIndex((row) => row.id === id);
  if (index < 0) return { status: 404, body: { detail: "Not found." } };
  if (method === "DELETE") {
    table.splice(index, 1);
    return { status: 204 };
  }
  Object.assign(table[index]!, body);
  return { status: 200, body: table[index] };
}

function page(url: URL, table: readonly Row[]) {
  const [limit, offset] = [Number(url.searchParams.get("limit")), Number(url.searchParams.get("offset"))];
  const next = offset + limit < table.length ? "more" : null;
  return { count: table.length, next, previous: null, results: table.slice(offset, offset + limit) };
}
