import type { FastifyInstance } from "fastify";
import { PlatformError } from "../errors/platform-error.ts";
import { limits } from "./limits.ts";

/**
 * Makes the application read JSON bodies strictly: valid UTF-8, no deeper than the limit, no text that a store cannot
 * keep (NUL characters, halves of surrogate pairs), nothing that reaches for a prototype. An empty body is an empty object.
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, ({ headers }, body, done) => {
    try {
      refuseEncoding(headers["content-encoding"]);
      done(null, parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
const unsafeKeys = new Set(["__proto__", "constructor"]);

/** @throws PlatformError `malformed_json`, or `invalid` when the text holds something no field can take */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  const text = decode(bytes);
  refuseDepth(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed((error as Error).message);
  }
  refuseUnsafe(value);
  return value;
}

/** Without this, compressed bytes would be called bad UTF-8. */
function refuseEncoding(encoding = "identity"): void {
  if (encoding.trim().toLowerCase() === "identity") return;
  throw new PlatformError("unsupported_media_type", {
    message: `Unsupported content encoding "${encoding}" in request.`,
  });
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed("the body is not valid UTF-8");
  }
}

/** Counted before parsing, so that nothing recursive ever sees a body that is too deep. */
function refuseDepth(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (quoted) {
      if (character === backslash) index++;
      else if (character === quote) quoted = false;
    } else if (character === quote) quoted = true;
    else if (character === openBracket || character === openBrace) {
      if (++depth > limits.jsonDepth) throw malformed(`nested deeper than ${limits.jsonDepth} levels`);
    } else if (character === closeBracket || character === closeBrace) depth--;
  }
}

const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace] = [34, 92, 91, 93, 123, 125];

function refuseUnsafe(value: unknown): void {
  if (typeof value === "string") {
    if (value.includes("\0")) throw malformed("null characters are not allowed in text");
    if (!value.isWellFormed()) throw malformed("half a surrogate pair is not allowed in text");
  } else if (Array.isArray(value)) for (const item of value) refuseUnsafe(item);
  else if (value !== null && typeof value === "object") {
    for (const key of Object.keys(value)) {
      if (unsafeKeys.has(key)) throw malformed(`the name ${key} is not allowed`);
      refuseUnsafe(key);
      refuseUnsafe((value as Record<string, unknown>)[key]);
    }
  }
}

function malformed(what: string): PlatformError {
  return new PlatformError("malformed_json", { message: `JSON parse error - ${what}` });
}
