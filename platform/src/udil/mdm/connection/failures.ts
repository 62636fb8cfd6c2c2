/** What goes wrong between us and an MDC: one code for each, and whether asking again may help. */

interface FailureDeclaration {
  /** What to do about it. */
  readonly advice: string;
  /** Asking the same again may succeed by itself. */
  readonly passing: boolean;
}

export const failures = {
  unreachable: { advice: "Check the address and whether the MDC runs.", passing: true },
  untrusted: {
    advice: "Compare the certificate with the MDC's operator, and pin the one that is right.",
    passing: false,
  },
  timeout: { advice: "Ask for fewer devices at once, or look at the load of the MDC.", passing: true },
  cut_off: { advice: "Look at proxies between, and ask for fewer devices at once.", passing: true },
  answer_too_long: { advice: "Ask for fewer devices at once.", passing: false },
  server_error: { advice: "The MDC's operator finds the reason in its log.", passing: true },
  http_error: { advice: "Check the base URL and the paths of the services.", passing: false },
  unauthorized: { advice: "Check username, password and code.", passing: false },
  refused: { advice: "The message is the MDC's own.", passing: false },
  unreadable: { advice: "Tell the MDC's operator; what it sent is among the set-aside rows.", passing: true },
  not_expressible: { advice: "A peer of a later version may take it.", passing: false },
  no_service: { advice: "Give the MDC a base URL and credentials.", passing: false },
  database: { advice: "Check the DSN, the rights of its user, and the names of the tables.", passing: true },
  folder: { advice: "Check that the folder exists and may be read and written.", passing: true },
  internal: { advice: "The platform's own log says why.", passing: true },
} as const satisfies Readonly<Record<string, FailureDeclaration>>;

export type FailureCode = keyof typeof failures;

export interface FailureDetails {
  readonly cause?: unknown;
  /** The request may have reached the MDC. Default true. */
  readonly sent?: boolean;
  /** Of an answer that came. */
  readonly httpStatus?: number;
  /** What came, as far as it came. */
  readonly body?: Uint8Array;
}

/** The one error of this room towards its peers. */
export class MdcFailure extends Error {
  override readonly name = "MdcFailure";
  readonly code: FailureCode;
  readonly sent: boolean;
  readonly httpStatus: number | undefined;
  readonly body: Uint8Array | undefined;

  constructor(code: FailureCode, message: string, { cause, sent = true, httpStatus, body }: FailureDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.sent = sent;
    this.httpStatus = httpStatus;
    this.body = body;
  }

  get passing(): boolean {
    return failures[this.code].passing;
  }
}
