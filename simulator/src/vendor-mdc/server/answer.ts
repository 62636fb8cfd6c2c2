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

export type AnswerField = readonly [name: string, value: AnswerValue];

export interface Answer {
  readonly httpStatus: number;
  /** In the order in which JSON has them. */
  readonly fields: readonly AnswerField[];
}

/** Status 1 and more. */
export function acceptance(...fields: readonly AnswerField[]): Answer {
  return { httpStatus: 200, fields: [["status", "1"], ...fields] };
}

export function refusalAnswer(httpStatus: number, message: string, transactionId?: string): Answer {
  const transaction: AnswerField[] = transactionId === undefined ? [] : [["transactionid", transactionId]];
  return { httpStatus, fields: [["status", "0"], ...transaction, ["message", message]] };
}

/** The first few of many sentences. */
export function summary(sentences: readonly string[]): string {
  const more = sentences.length - mostSentences;
  return sentences.slice(0, mostSentences).join("; ") + (more > 0 ? `; and ${more} more` : "");
}

const mostSentences = 20;
