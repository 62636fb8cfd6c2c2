import Type, { type TSchema } from "typebox";
import { limits } from "./limits.ts";

/** The part of a result set that was asked for. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** Rows of one page, and how many there are in all. */
export interface PageOfRows<Row> {
  readonly count: number;
  readonly rows: readonly Row[];
}

/** Query parameters of every list. */
export const pagingParameters = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, description: `Number of results to return per page; ${limits.pageRows} at most.` }),
  ),
  offset: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: limits.offset,
      description: "The initial index from which to return the results.",
    }),
  ),
};

/** @returns the page a query asks for: the configured size without `limit`, and never more than the greatest page */
export function pageOf(query: { limit?: number; offset?: number }, defaultRows: number): Page {
  return { limit: Math.min(query.limit ?? defaultRows, limits.pageRows), offset: query.offset ?? 0 };
}

/** Body of a list: `count`, `next`, `previous`, `results`. */
export function pageSchema(result: TSchema) {
  const link = (description: string) =>
    Type.Unsafe<string | null>({ type: ["string", "null"], format: "uri", description });
  return Type.Object({
    count: Type.Integer({ description: "Rows in all." }),
    next: link("The next page, or null on the last."),
    previous: link("The page before, or null on the first."),
    results: Type.Array(result),
  });
}

/**
 * @param address absolute address of the request with its query; the links keep its path and every other parameter
 * @returns the body of a list
 */
export function pageBody<Row>(address: string, page: Page, { count, rows }: PageOfRows<Row>) {
  const link = (offset: number) => {
    const url = new URL(address);
    url.searchParams.set("limit", String(page.limit));
    if (offset > 0) url.searchParams.set("offset", String(offset));
    else url.searchParams.delete("offset");
    return url.href;
  };
  return {
    count,
    next: page.offset + page.limit < count ? link(page.offset + page.limit) : null,
    previous: page.offset > 0 ? link(Math.max(0, page.offset - page.limit)) : null,
    results: rows,
  };
}
