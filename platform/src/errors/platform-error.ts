import { type ErrorCodeName, errorCodes } from "./codes.ts";

/** Messages by the name of the field they belong to; a field inside an object is named with dots (`dlms_settings.framing`). */
export type FieldMessages = Readonly<Record<string, readonly string[]>>;

/** The key of messages that belong to the whole object rather than to one field. */
export const wholeObject = "non_field_errors";

export interface PlatformErrorOptions {
  /** Replaces the sentence of the code when more is known. Never holds a secret: it is sent to the caller. */
  message?: string;
  /** What else a program can use: the object held by whom, until when, retry after how many seconds. */
  details?: Record<string, unknown>;
  /** What is wrong with which field. */
  fields?: FieldMessages;
  /** The error underneath. Logged, never sent. */
  cause?: unknown;
}

/** The only error that reaches a caller: a code of the table, a sentence, and what it is about. */
export class PlatformError extends Error {
  override readonly name = "PlatformError";
  readonly code: ErrorCodeName;
  readonly details: Record<string, unknown>;
  readonly fields?: FieldMessages;

  constructor(code: ErrorCodeName, options: PlatformErrorOptions = {}) {
    super(
      options.message ?? errorCodes[code].message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.details = options.details ?? {};
    if (options.fields) this.fields = options.fields;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}

/** Input that is wrong in the named fields. */
export function invalidFields(fields: Readonly<Record<string, string | readonly string[]>>): PlatformError {
  const messages = Object.entries(fields).map(([field, text]) => [field, typeof text === "string" ? [text] : text]);
  return new PlatformError("invalid", { fields: Object.fromEntries(messages) });
}

/** Nothing of that id that the caller may see. */
export function notFound(): PlatformError {
  return new PlatformError("not_found");
}
