/** One kind of error: the HTTP status it answers with, and the sentence a caller reads when nothing better is known. */
export interface ErrorCode {
  readonly status: number;
  readonly message: string;
}

/**
 * Every error the platform answers with. The names are stable: clients may rely on them. `docs/errors.md` explains each
 * one, and a test keeps the two together. Sentences that the original service is known to send are kept word for word.
 */
export const errorCodes = {
  invalid: { status: 400, message: "Invalid input." },
  malformed_json: { status: 400, message: "JSON parse error." },
  malformed_request: { status: 400, message: "The request is not valid HTTP." },
  invalid_credentials: { status: 400, message: "Unable to log in with provided credentials." },
  not_authenticated: { status: 401, message: "Authentication credentials were not provided." },
  invalid_token: { status: 401, message: "Invalid token." },
  token_expired: { status: 401, message: "Signature has expired." },
  user_inactive: { status: 401, message: "User inactive or deleted." },
  session_expired: { status: 401, message: "The session has reached its greatest length. Sign in again." },
  permission_denied: { status: 403, message: "You do not have permission to perform this action." },
  not_found: { status: 404, message: "Not found." },
  method_not_allowed: { status: 405, message: "Method not allowed." },
  request_timeout: { status: 408, message: "The request did not arrive in time." },
  in_use: { status: 409, message: "The object is in use." },
  blocked: { status: 409, message: "The network interface is blocked." },
  not_blockable: { status: 409, message: "The network interface cannot be blocked." },
  idempotency_conflict: { status: 409, message: "The idempotency key was used for another request." },
  last_administrator: { status: 409, message: "This is the last active staff user." },
  body_too_large: { status: 413, message: "The request body is too large." },
  uri_too_long: { status: 414, message: "The address is too long." },
  unsupported_media_type: { status: 415, message: "Unsupported media type in request." },
  too_many_requests: { status: 429, message: "Request was throttled." },
  headers_too_large: { status: 431, message: "The request headers are too large." },
  internal: { status: 500, message: "A server error occurred." },
  overloaded: { status: 503, message: "The platform is busy. Try again shortly." },
  unavailable: { status: 503, message: "A store does not answer. Try again shortly." },
} as const satisfies Record<string, ErrorCode>;

export type ErrorCodeName = keyof typeof errorCodes;
