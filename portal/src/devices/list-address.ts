import type { DeviceListRequest } from "./device-queries.ts";
import { protocols } from "./protocols.ts";

export const pageSizes = [25, 50, 100] as const;

/** The state of the list lives in the address: it can be bookmarked, sent to a colleague, and "back" works. */
export function listRequest(address: URLSearchParams): DeviceListRequest {
  const size = Number(address.get("size"));
  const page = Number(address.get("page"));
  return {
    search: address.get("search") ?? "",
    protocol: protocols.find((known) => known === address.get("protocol")) ?? "",
    pageIndex: Number.isSafeInteger(page) && page > 1 ? page - 1 : 0,
    pageSize: pageSizes.find((known) => known === size) ?? pageSizes[0],
  };
}

/** The address of a list; what is as usual is left out. */
export function listAddress({ search, protocol, pageIndex, pageSize }: DeviceListRequest): URLSearchParams {
  const address = new URLSearchParams();
  if (search) address.set("search", search);
  if (protocol) address.set("protocol", protocol);
  if (pageIndex > 0) address.set("page", String(pageIndex + 1));
  if (pageSize !== pageSizes[0]) address.set("size", String(pageSize));
  return address;
}
