/**
 * Typed errors from tables. Each package has one table: a stable code, whose fault it is, and a message that says what is
 * wrong and what to do; `{name}` in a message is filled from the error's details, and a missing detail does not compile.
 *
 * ```ts
 * export const mbusError = errorsOf({ checksum_wrong: { fault: "damaged", message: "The checksum is {found}, not {expected}." } });
 * throw mbusError("checksum_wrong", { found: "0x12", expected: "0x13", offset: 7 });
 * ```
 */

/**
 * Whose fault an error is, so that a head-end can decide whether to retry, to alarm or to mend its own settings:
 * our caller asked for what cannot be; the peer understood and refused; bytes are damaged or break the protocol; keys,
 * passwords or proofs do not fit; nothing (more) came, by silence or because the line was lost.
 */
export type Fault = "caller" | "refused" | "damaged" | "security" | "timeout";

export interface ErrorEntry {
  readonly fault: Fault;
  readonly message: string;
}
export type ErrorTable = Readonly<Record<string, ErrorEntry>>;
export type ErrorDetail = string | number | bigint | boolean | undefined;

/** The details an error needs: one for each `{name}` of its message; `offset` is that of the byte it is about. */
export type ErrorDetails<Message extends string> = {
  readonly [Name in Placeholders<Message>]: ErrorDetail;
} & { readonly offset?: number | undefined; readonly [more: string]: ErrorDetail };

type Placeholders<Message extends string> = Message extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** The one class of error that leaves a protocol library. */
export class ProtocolError<Code extends string = string> extends Error {
  override readonly name: string = "ProtocolError";
  readonly code: Code;
  readonly fault: Fault;
  /** Where in the bytes given to the decoder, counted from 0. */
  readonly offset: number | undefined;
  readonly details: Readonly<Record<string, ErrorDetail>>;

  constructor(code: Code, entry: ErrorEntry, details: Readonly<Record<string, ErrorDetail>>) {
    super(messageOf(entry.message, details));
    this.code = code;
    this.fault = entry.fault;
    this.offset = typeof details.offset === "number" ? details.offset : undefined;
    this.details = details;
  }
}

/** Makes (does not throw) errors of one table. */
export type ErrorMaker<Table extends ErrorTable> = <Code extends keyof Table & string>(
  code: Code,
  details: ErrorDetails<Table[Code]["message"]>,
) => ProtocolError<Code>;

/** @returns the function that makes the errors of a table */
export function errorsOf<const Table extends ErrorTable>(table: Table): ErrorMaker<Table> {
  return (code, details) => new ProtocolError(code, table[code]!, details);
}

function messageOf(template: string, details: Readonly<Record<string, ErrorDetail>>): string {
  const message = template.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name]));
  return typeof details.offset === "number" ? `${message} (byte ${details.offset})` : message;
}

/** Errors that every codec and session may end in, whatever the protocol. */
export const commonErrors = {
  bytes_truncated: { fault: "damaged", message: "The bytes end before {what}." },
  bytes_trailing: { fault: "damaged", message: "{count} bytes follow the end of {what}." },
  hex_invalid: {
    fault: "caller",
    message: "The text is not whole pairs of the digits 0-9 and A-F.",
  },
  value_not_encodable: { fault: "caller", message: "{what} cannot be encoded: {reason}." },
  no_answer: { fault: "timeout", message: "No answer to the {waitedFor} within {milliseconds} ms." },
  connection_lost: { fault: "timeout", message: "The connection ended while the session was {state}." },
  request_queue_full: { fault: "caller", message: "{limit} requests are waiting already; take their answers first." },
  session_over: { fault: "caller", message: "The session is over; begin a new one." },
} as const satisfies ErrorTable;

export const commonError = errorsOf(commonErrors);
