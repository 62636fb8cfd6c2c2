import { contentTypes, negotiate, readHeaders, writeResponse } from "@anymeter/udil";
import type { FastifyRequest } from "fastify";
import type { PlatformError } from "../../../errors/platform-error.ts";
import type { RenderedError } from "../../../http/error-rendering.ts";
import { writingFor } from "./send.ts";

/** UDIL's envelope around an error: status 0, the transaction it belongs to, and a sentence. */
export function udilErrors({ message }: PlatformError, { headers, mdmClient }: FastifyRequest): RenderedError {
  const client = mdmClient ?? undefined;
  const format = negotiate(headers.accept, client?.format ?? "json");
  const { transactionId } = readHeaders(headers);
  const bytes = writeResponse({ kind: "error", transactionId, message }, writingFor(client, format));
  return { contentType: contentTypes[format], body: Buffer.from(bytes) };
}
