/**
 * Everything this package throws beside the errors of the base and of IEC 62056-21: our own table, and one entry for
 * each `#` code of a meter, made from the table of refusals.
 */
import { type ErrorTable, errorsOf, ProtocolError } from "@anymeter/sans-io";
import { refusalOf, refusals } from "./refusals.ts";

const ownErrors = {
  address_invalid: {
    fault: "caller",
    message: '"{text}" is not a LIS-200 address. Write it like 2:302.0, 6:310_1.0 or 3:V.2.',
  },
  archive_range_invalid: { fault: "caller", message: "The {field} of the archive range cannot be {value}: {reason}." },
  archive_row_invalid: { fault: "damaged", message: "Row {row} of the archive is not usable: {reason}." },
  archive_layout_invalid: { fault: "damaged", message: "The layout of archive {archive} is not usable: {reason}." },
  archive_too_long: {
    fault: "caller",
    message: "The archive range has more than {limit} rows. Ask for a shorter range.",
  },
  answer_unexpected: { fault: "damaged", message: "The meter answered the {request} with {found}." },
  event_invalid: { fault: "damaged", message: '"{text}" is not the number of an event such as 0x8105.' },
  lock_invalid: { fault: "caller", message: "{number} is not the number of a lock; there are 2 to 6." },
  lock_code_invalid: {
    fault: "caller",
    message: "The code of a lock has 1 to {limit} printable characters without parentheses.",
  },
  lock_stayed_closed: {
    fault: "security",
    message:
      "The {lock} lock is still closed after its code was accepted. Somebody may have closed it; begin the session again.",
  },
  state_invalid: { fault: "damaged", message: '"{text}" is not a state of a lock.' },
  status_invalid: { fault: "damaged", message: '"{text}" is not a list of status messages 1 to 16.' },
  time_invalid: { fault: "damaged", message: '"{text}" is not a time like 2021-03-01,06:00:00.' },
  value_invalid: { fault: "caller", message: "{value} cannot be written to {address}: {reason}." },
} as const satisfies ErrorTable;

const refusalErrors: ErrorTable = Object.fromEntries(
  refusals.map(({ number, code, fault, meaning, advice }) => [
    code,
    { fault, message: `The meter refused the {request} with ${refusalText(number)}: ${meaning}. ${advice}` },
  ]),
);

const unknownRefusal = {
  fault: "refused",
  message: "The meter refused the {request} with {number}, a code this package does not know.",
} as const;

/** Every error of this package by its code. */
export const lis200Errors: ErrorTable = { ...ownErrors, ...refusalErrors, refusal_unknown: unknownRefusal };

export const lis200Error = errorsOf(ownErrors);

/** The error of a meter's `#` answer. @param request what was asked, for the message: "read of 2:302.0" */
export function refusalError(number: number, request: string): ProtocolError {
  const code = refusalOf(number)?.code;
  if (code === undefined) {
    return new ProtocolError("refusal_unknown", unknownRefusal, { request, number: refusalText(number) });
  }
  return new ProtocolError(code, refusalErrors[code]!, { request, number });
}

/** 17 → "#0017". */
export function refusalText(number: number): string {
  return `#${String(number).padStart(4, "0")}`;
}
