import type { DeviceListRequest } from "./device-queries.ts";

export const pageSizes = [25, 50, 100] as const;

/** The state of the list lives in the address: it can be bookmarked, sent to a colleague, and "back" works. */
export function listRequest(search: URLSearchParams): DeviceListRequest {
  const size = Number(search.get("size"));
  const page = Number(search.get("page"));
  return {
    name: search.get("name") ?? "",
    pageIndex: Number.isSafeInteger(page) && page > 1 ? page - 1 : 0,
    pageSize: pageSizes.find((known) => known === size) ?? pageSizes[0],
  };
}

/** The address of a list; what is as usual is left out. */
export function listAddress({ name, pageIndex, pageSize }: DeviceListRequest): URLSearchParams {
  const search = new URLSearchParams();
  if (name) search.set("name", name);
  if (pageIndex > 0) search.set("page", String(pageIndex + 1));
  if (pageSize !== pageSizes[0]) search.set("size", String(pageSize));
  return search;
}
