/** An answer before it is written: scalars, and lists of records whose columns are the same for all. */

export interface AnswerList {
  readonly names: readonly string[];
  /** Each as long as `names`. */
  readonly records: Iterable<readonly AnswerValue[]>;
  /** v3 prints some answers with one element of the list's name for each record, instead of `element` inside one. */
  readonly repeatedInXml?: boolean;
}

/** Everything that goes out is text, or a list. */
export type AnswerValue = string | AnswerList;

export interface Answer {
  readonly httpStatus: number;
  /** In the order in which JSON has them. */
  readonly fields: readonly (readonly [name: string, value: AnswerValue])[];
}

/** `{status, message}`, with whatever else. */
export function refusalAnswer(httpStatus: number, message: string, transactionId?: string): Answer {
  const transaction = transactionId === undefined ? [] : [["transactionid", transactionId] as const];
  return { httpStatus, fields: [["status", "0"], ...transaction, ["message", message]] };
}
