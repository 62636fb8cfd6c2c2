/** Answers as bytes, strictly as the version prints them: every value a string, every column there. */
import type { Notation } from "../notations/document.ts";
import type { PeerSwitches } from "../switches.ts";
import { udilTables } from "../tables/tables.ts";
import { DateTimes } from "../values/datetime.ts";
import type { UdilVersion } from "../versions.ts";
import type { Zone } from "../zone.ts";
import type { DeviceAnswer, TransactionRow, UdilAnswer } from "./answer.ts";
import { RowWriter } from "./row-writer.ts";
import { type TextWriter, writers } from "./text-writer.ts";

export interface WriteResponseOptions extends Pick<PeerSwitches, "zeroDates" | "loadProfileEnergy" | "eventCounter"> {
  readonly version: UdilVersion;
  readonly format: Notation;
  /** Of the client's times. */
  readonly zone: Zone;
}

export function writeResponse(answer: UdilAnswer, options: WriteResponseOptions): Uint8Array {
  const writer = writers[options.format];
  return new TextEncoder().encode(writer.document(new AnswerWriter(writer, options).members(answer)));
}

class AnswerWriter {
  readonly #writer: TextWriter;
  readonly #options: WriteResponseOptions;
  readonly #dateTimes: DateTimes;

  constructor(writer: TextWriter, options: WriteResponseOptions) {
    this.#writer = writer;
    this.#options = options;
    this.#dateTimes = new DateTimes(options.zone);
  }

  members(answer: UdilAnswer): string {
    switch (answer.kind) {
      case "authorization":
        return this.#texts({ status: answer.status, privatekey: answer.privatekey ?? "", message: answer.message });
      case "error":
        return this.#envelope({ ...answer, status: 0 }, []);
      case "command":
        return this.#envelope(
          answer,
          answer.devices.map((device) => this.#device(device)),
        );
      case "rows": {
        const rows = this.#rowWriter(answer.table, answer.columns);
        const repeated = answer.onDemand === true && this.#options.version !== "v1";
        return this.#envelope(
          answer,
          answer.rows.map((row) => rows.write(row)),
          repeated,
        );
      }
      case "transactions": {
        const rows = answer.transactions.map((row) => this.#transaction(row));
        return this.#envelope(answer, rows, this.#options.version !== "v1");
      }
    }
  }

  #envelope(
    { status, transactionId, message }: { status: number; transactionId?: string | undefined; message: string },
    data: readonly string[],
    repeated = false,
  ): string {
    const head = this.#texts(transactionId === undefined ? { status } : { status, transactionid: transactionId });
    return head + this.#writer.list("data", data, false, repeated) + this.#texts({ message }, false);
  }

  #device({ global_device_id, msn = "", indv_status, remarks = "" }: DeviceAnswer): string {
    const texts = { global_device_id, msn, indv_status };
    return this.#object(this.#texts(this.#options.version === "v1" ? texts : { ...texts, remarks }));
  }

  #transaction({ response_data: data, ...row }: TransactionRow): string {
    const { version } = this.#options;
    const table = udilTables[version].TRANSACTION_STATUS;
    const columns = table.fields.map(({ model }) => model).filter((name) => name !== "response_data");
    const [open, close] = this.#writer.object;
    const text = this.#rowWriter("TRANSACTION_STATUS", columns).write(row);
    const members = text.slice(open.length, text.length - close.length);
    return this.#object(members + this.#responseData(data));
  }

  #responseData(data: TransactionRow["response_data"]): string {
    const { version } = this.#options;
    if (data === undefined || typeof data === "string") {
      // v1 has no such column, only an example of rows in it.
      return version === "v1" && data === undefined ? "" : this.#texts({ response_data: data ?? "" }, false);
    }
    const rows = this.#rowWriter(data.table, undefined);
    return this.#writer.list(
      "response_data",
      data.rows.map((row) => rows.write(row)),
      false,
      false,
    );
  }

  #rowWriter(table: ConstructorParameters<typeof RowWriter>[0]["table"], columns: readonly string[] | undefined) {
    const { version, format } = this.#options;
    return new RowWriter({ table, version, format, dateTimes: this.#dateTimes, switches: this.#options, columns });
  }

  #object(members: string): string {
    const [open, close] = this.#writer.object;
    return open + members + close;
  }

  /** @param first whether nothing stands before them in their object */
  #texts(members: Readonly<Record<string, string | number>>, first = true): string {
    return Object.entries(members)
      .map(([name, value], index) => {
        const text = this.#writer.escape(String(value));
        return this.#writer.before(name, first && index === 0) + text + this.#writer.after(name);
      })
      .join("");
  }
}
