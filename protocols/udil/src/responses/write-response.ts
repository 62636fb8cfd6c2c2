/** Answers as bytes: whole, or piece by piece where their list is too long to be held. */
import type { UdilRow, UdilTable } from "../tables/tables.ts";
import type { TransactionRow, UdilAnswer } from "./answer.ts";
import { AnswerWriter, type WriteResponseOptions } from "./answer-writer.ts";
import { TextBuffer } from "./text-buffer.ts";

export function writeResponse(answer: UdilAnswer, options: WriteResponseOptions): Uint8Array {
  const out = new TextBuffer();
  new AnswerWriter(out, options).whole(answer);
  return out.taken();
}

/** What stands in front of a list. */
export interface StreamHead {
  readonly status: 0 | 1;
  readonly transactionId?: string | undefined;
}

/** An answer with rows, as they come: the bytes that `rows` and then `end` give make it up. */
export class RowStream {
  readonly #out = new TextBuffer();
  readonly #list: ReturnType<AnswerWriter["rows"]>;

  /** @param head with the columns, and whether the meter itself was read, as in an answer with all rows */
  constructor(
    head: StreamHead & Pick<Extract<UdilAnswer, { kind: "rows" }>, "table" | "columns" | "onDemand">,
    options: WriteResponseOptions,
  ) {
    this.#list = new AnswerWriter(this.#out, options).rows(head);
  }

  rows(rows: readonly UdilRow[]): Uint8Array {
    this.#list.add(rows);
    return this.#out.taken();
  }

  end(message: string): Uint8Array {
    this.#list.end(message);
    return this.#out.taken();
  }
}

/** An answer of transaction_status, as its rows come. */
export class TransactionStream {
  readonly #out = new TextBuffer();
  readonly #list: ReturnType<AnswerWriter["transactions"]>;

  constructor(head: StreamHead & { readonly transactionId: string }, options: WriteResponseOptions) {
    this.#list = new AnswerWriter(this.#out, options).transactions(head);
  }

  transactions(transactions: readonly TransactionRow[]): Uint8Array {
    this.#list.add(transactions);
    return this.#out.taken();
  }

  /** One transaction whose `response_data` is too long to be held: its rows as they come. */
  async *transaction(
    transaction: TransactionRow,
    table: UdilTable,
    pages: AsyncIterable<readonly UdilRow[]>,
  ): AsyncGenerator<Uint8Array> {
    const response = this.#list.open(transaction, table);
    for await (const rows of pages) {
      response.add(rows);
      yield this.#out.taken();
    }
    response.close();
    this.#list.closeItem();
    yield this.#out.taken();
  }

  end(message: string): Uint8Array {
    this.#list.end(message);
    return this.#out.taken();
  }
}
