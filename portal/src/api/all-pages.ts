import type { Api, Query } from "./api.ts";
import type { Page } from "./contract.ts";

/** Rows asked for in one page: the most the platform gives. One that gives fewer says how many there are. */
export const largestPage = 10_000;

/**
 * Every row of a list: the first page tells the count and how many rows the platform gives at most,
 * the rest is then fetched in parallel. Rows come in the order of their pages.
 */
export async function allPages<Row>(api: Api, path: string, query: Query, signal?: AbortSignal): Promise<Row[]> {
  const first = await api.get<Page<Row>>(path, { ...query, limit: largestPage }, signal);
  const size = first.results.length;
  if (size === 0 || first.next === null) return first.results;
  const offsets = Array.from({ length: Math.ceil(first.count / size) - 1 }, (_, index) => (index + 1) * size);
  const others = await Promise.all(
    offsets.map((offset) => api.get<Page<Row>>(path, { ...query, limit: size, offset }, signal)),
  );
  return [first, ...others].flatMap((page) => page.results);
}
