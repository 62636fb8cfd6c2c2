import type { UdilRequest } from "@anymeter/udil";
import { PlatformError } from "../../../errors/platform-error.ts";

/**
 * @returns the request, all of whose texts can be kept: a store of texts knows neither the character 0 nor half a surrogate pair
 * @throws PlatformError `malformed_request` of another one
 */
export function storable(request: UdilRequest): UdilRequest {
  const { transactionIds, ids, identities, fields, command, credentials } = request;
  if ([transactionIds, ids, identities, fields, command, credentials].every(isStorable)) return request;
  throw new PlatformError("malformed_request", {
    message:
      "The request has a character that is none in one of its texts (code 0, or half a surrogate pair). Leave it out.",
  });
}

function isStorable(value: unknown): boolean {
  if (typeof value === "string") return !value.includes("\0") && value.isWellFormed();
  return typeof value !== "object" || value === null || Object.values(value).every(isStorable);
}
