import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { PlatformError } from "../../../errors/platform-error.ts";

/**
 * Makes the routes of a scope take bodies of every type as their bytes: clients send forms, multipart, JSON, and all of
 * them under wrong names.
 *
 * @param limitOf greatest body of a request in bytes
 */
export function takeBodiesAsBytes(app: FastifyInstance, limitOf: (request: FastifyRequest) => number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request: FastifyRequest, payload: IncomingMessage) =>
    bytesOf(payload, limitOf(request)),
  );
}

/** @throws PlatformError `body_too_large`, `unsupported_media_type` when it is compressed */
async function bytesOf(payload: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = payload.headers["content-encoding"] ?? "identity";
  if (encoding.trim().toLowerCase() !== "identity") {
    throw new PlatformError("unsupported_media_type", {
      message: `The body comes as ${encoding}. Send it uncompressed.`,
    });
  }
  const tooLarge = () =>
    new PlatformError("body_too_large", {
      message: `The request has more than ${limit} bytes. Divide the devices over several requests.`,
    });
  if (Number(payload.headers["content-length"] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
