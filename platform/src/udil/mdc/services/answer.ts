import type { TransactionRow, UdilAnswer, UdilRow, UdilTable } from "@anymeter/udil";

/** What a service answers, before it is written in a version and a format. */
export type MdcAnswer = WholeAnswer | RowsAnswer | TransactionsAnswer;

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
  /** The meter itself was read: v3 prints that in another form of XML. */
  readonly onDemand?: boolean;
  /** Told behind the rows, when they were counted. */
  readonly message: (count: number) => string;
}

/** Rows of TRANSACTION_STATUS, as they come from the store. */
export interface TransactionsAnswer {
  readonly kind: "transactions";
  readonly transactionId: string;
  readonly pages: AsyncIterable<TransactionPage>;
  /** Told behind the rows, when all have come. */
  readonly message: () => string;
}

export type TransactionPage =
  | { readonly transactions: readonly TransactionRow[] }
  /** One whose meter gave more rows than are held: they come in pages of their own. */
  | {
      readonly transaction: TransactionRow;
      readonly table: UdilTable;
      readonly pages: AsyncIterable<readonly UdilRow[]>;
    };

export function whole(answer: UdilAnswer): WholeAnswer {
  return { kind: "whole", answer };
}

/** @returns the pages, of which the first is there: while it is not, a failure of the store can still be answered as one */
export async function begun<Page>(pages: AsyncGenerator<Page>): Promise<AsyncGenerator<Page>> {
  const first = await pages.next();
  return (async function* () {
    if (first.done) return;
    yield first.value;
    yield* pages;
  })();
}
