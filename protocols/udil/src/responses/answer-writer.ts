/** Answers as text, strictly as the version prints them: every value a string, every column there. */
import type { Notation } from "../notations/document.ts";
import type { PeerSwitches } from "../switches.ts";
import { type UdilRow, type UdilTable, type UdilTableId, udilTables } from "../tables/tables.ts";
import { DateTimes } from "../values/datetime.ts";
import type { UdilVersion } from "../versions.ts";
import type { Zone } from "../zone.ts";
import type { DeviceAnswer, TransactionRow, UdilAnswer } from "./answer.ts";
import { RowWriter } from "./row-writer.ts";
import type { TextBuffer } from "./text-buffer.ts";
import { type NotationText, notationTexts } from "./text-writer.ts";

export interface WriteResponseOptions
  extends Pick<PeerSwitches, "zeroDates" | "loadProfileEnergy" | "eventCounter" | "coarseEventCodes"> {
  readonly version: UdilVersion;
  readonly format: Notation;
  /** Of the client's times. */
  readonly zone: Zone;
}

type RowsAnswer = Extract<UdilAnswer, { readonly kind: "rows" }>;
type TransactionsAnswer = Extract<UdilAnswer, { readonly kind: "transactions" }>;
type Headed = { readonly status: number; readonly transactionId?: string | undefined };

export class AnswerWriter {
  readonly #out: TextBuffer;
  readonly #notation: NotationText;
  readonly #options: WriteResponseOptions;
  readonly #dateTimes: DateTimes;
  readonly #rowWriters = new Map<string, RowWriter>();

  constructor(out: TextBuffer, options: WriteResponseOptions) {
    this.#out = out;
    this.#notation = notationTexts[options.format];
    this.#options = options;
    this.#dateTimes = new DateTimes(options.zone);
  }

  whole(answer: UdilAnswer): void {
    switch (answer.kind) {
      case "rows": {
        const { add, end } = this.rows(answer);
        add(answer.rows);
        return end(answer.message);
      }
      case "transactions": {
        const { add, end } = this.transactions(answer);
        add(answer.transactions);
        return end(answer.message);
      }
      default:
        return this.#short(answer);
    }
  }

  #short(answer: Exclude<UdilAnswer, RowsAnswer | TransactionsAnswer>): void {
    this.#out.text(this.#notation.document[0]);
    switch (answer.kind) {
      case "authorization": {
        const { status, privatekey = "", message } = answer;
        this.#texts({ status, privatekey, message });
        break;
      }
      case "error":
        this.#head({ ...answer, status: 0 });
        this.#open("data", false).close();
        this.#texts({ message: answer.message }, false);
        break;
      case "command":
        this.#head(answer);
        this.#list("data", answer.devices, (device) => this.#device(device));
        this.#texts({ message: answer.message }, false);
        break;
    }
    this.#out.text(this.#notation.document[1]);
  }

  /** Begins an answer with rows. */
  rows(answer: Omit<RowsAnswer, "rows" | "message" | "kind">) {
    const rows = this.#rowWriter(answer.table, answer.columns);
    const list = this.#begun(answer, answer.onDemand === true && this.#isLater);
    return {
      add: (added: readonly UdilRow[]) => {
        for (const row of added) list.item(() => rows.write(row, this.#out));
      },
      end: (message: string) => this.#end(list, message),
    };
  }

  /** Begins an answer with transactions; one of them can be written in parts, `open` to `close`. */
  transactions(answer: Omit<TransactionsAnswer, "transactions" | "message" | "kind">) {
    const columns = udilTables[this.#options.version].TRANSACTION_STATUS.fields.map(({ model }) => model);
    const rows = this.#rowWriter(
      "TRANSACTION_STATUS",
      columns.filter((name) => name !== "response_data"),
    );
    const list = this.#begun(answer, this.#isLater);
    return {
      add: (added: readonly TransactionRow[]) => {
        for (const row of added) list.item(() => this.#transaction(row, rows));
      },
      open: (row: TransactionRow, table: UdilTable) => {
        list.openItem();
        rows.write(withoutResponse(row), this.#out);
        return this.#responseRows(table);
      },
      closeItem: () => list.closeItem(),
      end: (message: string) => this.#end(list, message),
    };
  }

  get #isLater(): boolean {
    return this.#options.version !== "v1";
  }

  #begun(answer: Headed, repeated: boolean): OpenList {
    this.#out.text(this.#notation.document[0]);
    this.#head(answer);
    return this.#open("data", repeated);
  }

  #end(list: OpenList, message: string): void {
    list.close();
    this.#texts({ message }, false);
    this.#out.text(this.#notation.document[1]);
  }

  #head({ status, transactionId }: Headed): void {
    this.#texts(transactionId === undefined ? { status } : { status, transactionid: transactionId });
  }

  #device({ global_device_id, msn = "", indv_status, remarks = "" }: DeviceAnswer): void {
    const texts = { global_device_id, msn, indv_status };
    this.#texts(this.#isLater ? { ...texts, remarks } : texts);
  }

  #transaction(row: TransactionRow, rows: RowWriter): void {
    rows.write(withoutResponse(row), this.#out);
    const { response_data: data } = row;
    // What a meter gave is told when it has executed the command, whatever v1's example shows (register, 18).
    const executed = row.status_level === 5;
    if (typeof data === "object" && executed) {
      const response = this.#responseRows(data.table);
      response.add(data.rows);
      response.close();
    } else if (this.#isLater) {
      this.#texts({ response_data: typeof data === "string" ? data : "" }, false);
    } else if (typeof data === "string" && executed) {
      this.#texts({ response_data: data }, false);
    }
  }

  #responseRows(table: UdilTable) {
    const rows = this.#rowWriter(table);
    const list = this.#open("response_data", false);
    return {
      add: (added: readonly UdilRow[]) => {
        for (const row of added) list.item(() => rows.write(row, this.#out));
      },
      close: () => list.close(),
    };
  }

  #rowWriter(table: UdilTableId, columns?: readonly string[]): RowWriter {
    const key = columns === undefined ? table : `${table} ${columns.join()}`;
    let writer = this.#rowWriters.get(key);
    if (writer === undefined) {
      const { version, format } = this.#options;
      writer = new RowWriter({ table, version, format, dateTimes: this.#dateTimes, switches: this.#options, columns });
      this.#rowWriters.set(key, writer);
    }
    return writer;
  }

  #open(name: string, repeated: boolean): OpenList {
    return new OpenList(this.#out, this.#notation, name, repeated);
  }

  #list<Item>(name: string, items: readonly Item[], write: (item: Item) => void): void {
    const list = this.#open(name, false);
    for (const item of items) list.item(() => write(item));
    list.close();
  }

  /** @param first whether nothing stands before them in their object */
  #texts(members: Readonly<Record<string, string | number>>, first = true): void {
    for (const [index, [name, value]] of Object.entries(members).entries()) {
      const [open, close] = this.#notation.member(name, first && index === 0);
      this.#out.text(open + this.#notation.escape(String(value)) + close);
    }
  }
}

function withoutResponse({ response_data: _, ...row }: TransactionRow): UdilRow {
  return row;
}

/** A list as a member behind others; `repeated`, its items are called as it is, but an empty one stands all the same. */
class OpenList {
  readonly #out: TextBuffer;
  readonly #notation: NotationText;
  readonly #name: string;
  readonly #repeated: boolean;
  #count = 0;

  constructor(out: TextBuffer, notation: NotationText, name: string, repeated: boolean) {
    this.#out = out;
    this.#notation = notation;
    this.#name = name;
    this.#repeated = repeated;
    out.text(this.#around[0]);
  }

  item(write: () => void): void {
    this.openItem();
    write();
    this.closeItem();
  }

  openItem(): void {
    this.#out.text(this.#notation.item(this.#name, this.#count++ === 0, this.#repeated)[0]);
  }

  closeItem(): void {
    this.#out.text(this.#notation.item(this.#name, false, this.#repeated)[1]);
  }

  close(): void {
    const unseen = this.#around[0] === "" && this.#count === 0;
    this.#out.text(unseen ? this.#notation.list(this.#name, false, false).join("") : this.#around[1]);
  }

  get #around(): readonly [string, string] {
    return this.#notation.list(this.#name, false, this.#repeated);
  }
}
