/** Everything this package throws: what is wrong with a request or an answer, and what to do. */
import { type ErrorTable, errorsOf, type ProtocolError } from "@anymeter/sans-io";

export const udilErrors = {
  // requests that came: malformed, to be answered with HTTP 400
  service_unknown: {
    fault: "caller",
    message: "{path} is no UDIL service. There are: {known}.",
  },
  request_too_long: {
    fault: "caller",
    message: "The request has {length} bytes; {limit} are taken. Divide the devices over several requests.",
  },
  request_unreadable: {
    fault: "caller",
    message: "The body of the request cannot be read as {notation}: {reason}. Send application/x-www-form-urlencoded.",
  },
  request_field_missing: {
    fault: "caller",
    message: "The request to {service} has no {field}. Send it {where}.",
  },
  request_field_unreadable: {
    fault: "caller",
    message: "{field} cannot be read: {reason}. Send {expected}.",
  },
  ids_too_many: {
    fault: "caller",
    message: "The request names {count} {what}; {limit} are taken. Divide them over several requests.",
  },

  // requests to build
  service_not_in_version: {
    fault: "caller",
    message: "UDIL {version} has no service for {what}. Ask a peer of a later version, or do it at the meter.",
  },
  command_not_expressible: {
    fault: "caller",
    message: "{command} cannot be said in UDIL {version}: {reason}.",
  },

  // answers that came
  answer_empty: {
    fault: "damaged",
    message: "The answer to {service} has no body. Check the peer's log; ask again later.",
  },
  answer_too_long: {
    fault: "damaged",
    message: "The answer to {service} has {length} bytes; {limit} are taken. Ask for fewer devices or a shorter time.",
  },
  answer_is_html: {
    fault: "damaged",
    message:
      "The answer to {service} is an HTML page ({title}), not JSON or XML: a proxy or an error page answers in place of the service. Check the address and the peer's log.",
  },
  answer_truncated: {
    fault: "damaged",
    message: "The answer to {service} ends in the middle of its {notation}. Ask again; ask for less if it stays so.",
  },
  answer_unreadable: {
    fault: "damaged",
    message: "The answer to {service} cannot be read as {notation}: {reason}.",
  },
  answer_too_many_rows: {
    fault: "damaged",
    message: "The answer to {service} has {count} rows; {limit} are taken. Ask for fewer devices or a shorter time.",
  },
} as const satisfies ErrorTable;

export type UdilErrorCode = keyof typeof udilErrors;
export type UdilError = ProtocolError<UdilErrorCode>;

/** Makes (does not throw) the error of a code. */
export const udilError = errorsOf(udilErrors);
