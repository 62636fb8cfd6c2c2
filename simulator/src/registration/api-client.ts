/** A client of the platform's public API, as any utility would write it: JSON over fetch, pages followed, errors told. */

export interface ApiSettings {
  /** "http://127.0.0.1:8080" */
  readonly baseUrl: string;
  /** Token of a staff user. */
  readonly token: string;
  /** Default: the global fetch. */
  readonly fetch?: typeof fetch;
}

export type ApiRow = Readonly<Record<string, unknown>> & { readonly id: string };

/** The answer of a refused request: says which request, and what the platform said. */
export class ApiError extends Error {
  readonly status: number;

  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path} was answered ${status}: ${body.slice(0, 1000)}`);
    this.status = status;
  }
}

export class ApiClient {
  readonly #settings: ApiSettings;

  constructor(settings: ApiSettings) {
    this.#settings = settings;
  }

  /** All rows of a list, page after page. */
  async list(path: string, filters: Readonly<Record<string, string>> = {}): Promise<ApiRow[]> {
    const rows: ApiRow[] = [];
    const parameters = new URLSearchParams({ ...filters, limit: String(pageSize) });
    for (let offset = 0; ; offset += pageSize) {
      parameters.set("offset", String(offset));
      const page = (await this.#request("GET", `${path}?${parameters}`)) as Page;
      rows.push(...page.results);
      if (page.next === null || page.results.length === 0) return rows;
    }
  }

  /** How many rows a list has. */
  async count(path: string, filters: Readonly<Record<string, string>>): Promise<number> {
    const page = (await this.#request("GET", `${path}?${new URLSearchParams({ ...filters, limit: "1" })}`)) as Page;
    return page.count;
  }

  async create(path: string, fields: object): Promise<ApiRow> {
    return (await this.#request("POST", path, fields)) as ApiRow;
  }

  async change(path: string, id: string, fields: object): Promise<ApiRow> {
    return (await this.#request("PATCH", `${path.replace(/\/$/, "")}/${id}`, fields)) as ApiRow;
  }

  async remove(path: string, id: string): Promise<void> {
    await this.#request("DELETE", `${path.replace(/\/$/, "")}/${id}`);
  }

  /** A POST whose answer says nothing. */
  async post(path: string, body: object): Promise<void> {
    await this.#request("POST", path, body);
  }

  async #request(method: string, path: string, body?: object): Promise<unknown> {
    const { baseUrl, token, fetch: ask = fetch } = this.#settings;
    const response = await ask(new URL(path, baseUrl), {
      method,
      headers: { authorization: `Token ${token}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiError(method, path, response.status, text);
    return text === "" ? undefined : JSON.parse(text);
  }
}

interface Page {
  readonly count: number;
  readonly next: string | null;
  readonly results: ApiRow[];
}

const pageSize = 100;
