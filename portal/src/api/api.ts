/** The one way the portal talks to the platform: JSON over HTTP, with a token, and errors a page can act on. */

export type ApiFailure =
  /** No answer at all: offline, or the platform is down. */
  | "unreachable"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "too-many-requests"
  /** The platform understood and said no; `fields` says to what. */
  | "refused"
  | "broken";

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly failure: ApiFailure;
  /** HTTP status, 0 when nothing answered. */
  readonly status: number;
  /** Messages by field; `non_field_errors` for the rest (the contract's shape of a 400). */
  readonly fields: Readonly<Record<string, string[]>>;

  constructor(failure: ApiFailure, status: number, message: string, fields: Record<string, string[]> = {}) {
    super(message);
    this.failure = failure;
    this.status = status;
    this.fields = fields;
  }
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface Api {
  get<Answer>(path: string, query?: Query, signal?: AbortSignal): Promise<Answer>;
  post<Answer>(path: string, body: unknown): Promise<Answer>;
}

export interface ApiOptions {
  /** The token to send, if someone is signed in. */
  token(): string | undefined;
  /** Told when the platform no longer takes this token. */
  onRefusedToken(token: string): void;
  fetch?: typeof fetch;
}

/** Paths are relative to `/v1/`, without a leading slash. Every failure is thrown as {@link ApiError}; aborts as they are. */
export function createApi(options: ApiOptions): Api {
  const send = options.fetch ?? ((...request: Parameters<typeof fetch>) => fetch(...request));

  async function request<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const token = options.token();
    const headers = new Headers(init.headers);
    headers.set("Accept", "application/json");
    if (token) headers.set("Authorization", `JWT ${token}`);
    const response = await answerOf(send(`/v1/${path}`, { ...init, headers, credentials: "omit" }));
    const body = await response.json().catch(() => undefined);
    if (response.ok) return body as Answer;
    if (response.status === 401 && token) options.onRefusedToken(token);
    throw errorOf(response.status, body);
  }

  return {
    get: (path, query = {}, signal) => request(path + searchOf(query), { signal: signal ?? null }),
    post: (path, body) =>
      request(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  };
}

async function answerOf(response: Promise<Response>): Promise<Response> {
  try {
    return await response;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("unreachable", 0, "The platform did not answer");
  }
}

function searchOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size > 0 ? `?${search}` : "";
}

function errorOf(status: number, body: unknown): ApiError {
  const fields: Record<string, string[]> = {};
  if (isObject(body))
    for (const [name, messages] of Object.entries(body))
      fields[name] = Array.isArray(messages) ? messages.map(String) : [String(messages)];
  const message = Object.entries(fields).map(([name, messages]) => `${name}: ${messages.join(" ")}`);
  return new ApiError(failureOf(status), status, message.join("; ") || `Status ${status}`, fields);
}

function failureOf(status: number): ApiFailure {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "not-found";
  if (status === 429) return "too-many-requests";
  return status >= 400 && status < 500 ? "refused" : "broken";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
