import type { UdilAnswer, UdilRow, UdilTable } from "@anymeter/udil";

/** What a service answers, before it is written in a version and a format. */
export type MdcAnswer = WholeAnswer | RowsAnswer;

export interface WholeAnswer {
  readonly kind: "whole";
  readonly answer: UdilAnswer;
  /** 200 when not given. */
  readonly httpStatus?: number;
}

/** Rows of a table, page by page, as they come from the store. */
export interface RowsAnswer {
  readonly kind: "rows";
  readonly table: UdilTable;
  readonly transactionId: string | undefined;
  readonly pages: AsyncIterable<readonly UdilRow[]>;
  /** Told behind the rows, when they were counted. */
  readonly message: (count: number) => string;
}

export function whole(answer: UdilAnswer): WholeAnswer {
  return { kind: "whole", answer };
}
