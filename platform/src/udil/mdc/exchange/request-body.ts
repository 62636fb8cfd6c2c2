import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { PlatformError } from "../../../errors/platform-error.ts";

export interface BodyLimit {
  readonly bytes: number;
  /** What to do instead, in a sentence. */
  readonly advice: string;
}

/**
 * Makes the routes of a scope take bodies of every type as their bytes: clients send forms, multipart, JSON, and all of
 * them under wrong names.
 *
 * @param limitOf greatest body of a request
 */
export function takeBodiesAsBytes(app: FastifyInstance, limitOf: (request: FastifyRequest) => BodyLimit): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request: FastifyRequest, payload: IncomingMessage) =>
    bytesOf(payload, limitOf(request)),
  );
}

/** @throws PlatformError `body_too_large`, `unsupported_media_type` when it is compressed */
async function bytesOf(payload: IncomingMessage, limit: BodyLimit): Promise<Buffer> {
  try {
    refuseEncoding(payload.headers["content-encoding"]);
    if (Number(payload.headers["content-length"] ?? 0) > limit.bytes) throw tooLarge(limit);
    const chunks: Buffer[] = [];
    let length = 0;
    // What is left of a refused body is read and dropped, so that its sender gets to read the answer.
    for await (const chunk of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limit.bytes) throw tooLarge(limit);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, length);
  } finally {
    payload.resume();
  }
}

function refuseEncoding(encoding = "identity"): void {
  if (encoding.trim().toLowerCase() === "identity") return;
  throw new PlatformError("unsupported_media_type", {
    message: `The body comes as ${encoding}. Send it uncompressed.`,
  });
}

function tooLarge({ bytes, advice }: BodyLimit): PlatformError {
  return new PlatformError("body_too_large", { message: `The request has more than ${bytes} bytes. ${advice}` });
}
