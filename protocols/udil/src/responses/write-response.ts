/** Answers as bytes, strictly as the version prints them: every value a string, every column there. */
import type { Notation } from "../notations/document.ts";
import type { PeerSwitches } from "../switches.ts";
import { type UdilRow, type UdilTableId, udilTables } from "../tables/tables.ts";
import { DateTimes } from "../values/datetime.ts";
import type { UdilVersion } from "../versions.ts";
import type { Zone } from "../zone.ts";
import type { DeviceAnswer, TransactionRow, UdilAnswer } from "./answer.ts";
import { RowWriter } from "./row-writer.ts";
import { TextBuffer } from "./text-buffer.ts";
import { type NotationText, notationTexts } from "./text-writer.ts";

export interface WriteResponseOptions extends Pick<PeerSwitches, "zeroDates" | "loadProfileEnergy" | "eventCounter"> {
  readonly version: UdilVersion;
  readonly format: Notation;
  /** Of the client's times. */
  readonly zone: Zone;
}

export function writeResponse(answer: UdilAnswer, options: WriteResponseOptions): Uint8Array {
  return new AnswerWriter(options).write(answer);
}

class AnswerWriter {
  readonly #out = new TextBuffer();
  readonly #notation: NotationText;
  readonly #options: WriteResponseOptions;
  readonly #dateTimes: DateTimes;

  constructor(options: WriteResponseOptions) {
    this.#notation = notationTexts[options.format];
    this.#options = options;
    this.#dateTimes = new DateTimes(options.zone);
  }

  write(answer: UdilAnswer): Uint8Array {
    const [open, close] = this.#notation.document;
    this.#out.text(open);
    this.#members(answer);
    this.#out.text(close);
    return this.#out.finished();
  }

  #members(answer: UdilAnswer): void {
    const later = this.#options.version !== "v1";
    switch (answer.kind) {
      case "authorization": {
        const { status, privatekey = "", message } = answer;
        return this.#texts({ status, privatekey, message });
      }
      case "error":
        return this.#envelope({ ...answer, status: 0 }, () => this.#list("data", [], () => {}));
      case "command":
        return this.#envelope(answer, () => this.#list("data", answer.devices, (device) => this.#device(device)));
      case "rows": {
        const rows = this.#rowWriter(answer.table, answer.columns);
        const repeated = answer.onDemand === true && later;
        return this.#envelope(answer, () =>
          this.#list("data", answer.rows, (row: UdilRow) => rows.write(row, this.#out), repeated),
        );
      }
      case "transactions": {
        const columns = udilTables[this.#options.version].TRANSACTION_STATUS.fields.map(({ model }) => model);
        const rows = this.#rowWriter(
          "TRANSACTION_STATUS",
          columns.filter((name) => name !== "response_data"),
        );
        return this.#envelope(answer, () =>
          this.#list("data", answer.transactions, (row) => this.#transaction(row, rows), later),
        );
      }
    }
  }

  #envelope(
    answer: { readonly status: number; readonly transactionId?: string | undefined; readonly message: string },
    data: () => void,
  ): void {
    const { status, transactionId, message } = answer;
    this.#texts(transactionId === undefined ? { status } : { status, transactionid: transactionId });
    data();
    this.#texts({ message }, false);
  }

  #device({ global_device_id, msn = "", indv_status, remarks = "" }: DeviceAnswer): void {
    const texts = { global_device_id, msn, indv_status };
    this.#texts(this.#options.version === "v1" ? texts : { ...texts, remarks });
  }

  #transaction({ response_data: data, ...row }: TransactionRow, rows: RowWriter): void {
    rows.write(row, this.#out);
    // What a meter gave is told when it has executed the command, whatever v1's example shows (register, 18).
    if (typeof data === "object" && row.status_level === 5) {
      const inner = this.#rowWriter(data.table);
      this.#list("response_data", data.rows, (each) => inner.write(each, this.#out));
    } else if (this.#options.version !== "v1") {
      this.#texts({ response_data: typeof data === "string" ? data : "" }, false);
    } else if (typeof data === "string" && row.status_level === 5) {
      this.#texts({ response_data: data }, false);
    }
  }

  #rowWriter(table: UdilTableId, columns?: readonly string[]): RowWriter {
    const { version, format } = this.#options;
    return new RowWriter({ table, version, format, dateTimes: this.#dateTimes, switches: this.#options, columns });
  }

  /** A list as a member behind others; `repeated`, its items are called as it is, but an empty one stands all the same. */
  #list<Item>(name: string, items: readonly Item[], write: (item: Item) => void, repeated = false): void {
    const asItems = repeated && items.length > 0;
    const [open, close] = this.#notation.list(name, false, asItems);
    this.#out.text(open);
    items.forEach((item, index) => {
      const [before, after] = this.#notation.item(name, index === 0, asItems);
      this.#out.text(before);
      write(item);
      this.#out.text(after);
    });
    this.#out.text(close);
  }

  /** @param first whether nothing stands before them in their object */
  #texts(members: Readonly<Record<string, string | number>>, first = true): void {
    for (const [index, [name, value]] of Object.entries(members).entries()) {
      const [open, close] = this.#notation.member(name, first && index === 0);
      this.#out.text(open + this.#notation.escape(String(value)) + close);
    }
  }
}
