/** Rows of TRANSACTION_STATUS and what meters gave, which is text, rows, or rows as JSON text inside it. */
import { isObject } from "../notations/document.ts";
import { JsonDamage, parseLenientJson } from "../notations/lenient-json.ts";
import { onDemandTypes } from "../services/commands.ts";
import { letters } from "../services/fields.ts";
import type { UdilTable } from "../tables/tables.ts";
import { plainName } from "../values/damage.ts";
import type { TransactionRow } from "./answer.ts";
import { elementsOf, rowsOf } from "./elements.ts";
import { RowReader, type RowReaderOptions } from "./row-reader.ts";
import { scalarText } from "./scalar.ts";
import type { SetAside } from "./set-aside.ts";

/** A transaction as it was read, and the rows of its meter that could not be taken. */
export interface ReadTransaction extends TransactionRow {
  readonly setAside?: readonly SetAside[];
}

export class TransactionReader {
  readonly #options: Omit<RowReaderOptions, "table">;
  readonly #rows: RowReader;

  constructor(options: Omit<RowReaderOptions, "table">) {
    this.#options = options;
    this.#rows = new RowReader({ ...options, table: "TRANSACTION_STATUS" });
  }

  read(element: unknown): { readonly taken: ReadTransaction } | { readonly setAside: SetAside } {
    if (!isObject(element)) return withWhole(this.#rows.read(element), element);
    const members = Object.entries(element);
    const rest = Object.fromEntries(members.filter(([name]) => plainName(name) !== "response_data"));
    const reading = this.#rows.read(rest);
    if ("setAside" in reading) return withWhole(reading, element);
    const row = reading.row as unknown as TransactionRow;
    const data = members.find(([name]) => plainName(name) === "response_data")?.[1];
    return { taken: { ...row, ...this.#responseData(data, row) } };
  }

  #responseData(data: unknown, row: TransactionRow): Pick<ReadTransaction, "response_data" | "setAside"> {
    const value = embedded(data);
    const text = scalarText(value);
    if (text !== undefined) return text.trim() === "" ? {} : { response_data: text.trim() };
    const elements = elementsOf(value);
    const table = tableOf(elements, row);
    if (table === undefined) return elements.length === 0 ? {} : { response_data: JSON.stringify(value) };
    const { rows, setAside } = rowsOf(elements, new RowReader({ ...this.#options, table }));
    return { response_data: { table, rows }, ...(setAside.length === 0 ? {} : { setAside }) };
  }
}

function withWhole(reading: ReturnType<RowReader["read"]>, element: unknown): { readonly setAside: SetAside } {
  const reason = "setAside" in reading ? reading.setAside.reason : "It is no object of names and values.";
  return { setAside: { reason, raw: JSON.stringify(element) ?? "null" } };
}

/** Rows that came as JSON inside text. */
function embedded(data: unknown): unknown {
  if (typeof data !== "string" || !/^\s*[[{]/.test(data)) return data;
  try {
    return parseLenientJson(data);
  } catch (error) {
    if (error instanceof JsonDamage) return data;
    throw error;
  }
}

/** Which rows these are: by columns that only one table has, otherwise by what was asked for. */
function tableOf(elements: readonly unknown[], row: TransactionRow): UdilTable | undefined {
  const [first] = elements;
  // A meter that has nothing to give is not silent: an empty list is rows too.
  if (elements.length > 0 && !isObject(first)) return undefined;
  const names = new Set(Object.keys(first ?? {}).map(plainName));
  for (const [name, table] of telling) if (names.has(name)) return table;
  const asked = `${letters(row.type ?? "")} ${letters(row.type_parameters ?? "")}`;
  return onDemandTypes.find((code) => asked.includes(code.toLowerCase()));
}

const telling: readonly (readonly [string, UdilTable])[] = [
  ["event_code", "EVNT"],
  ["reset_count", "MBIL"],
  ["mdi_reset_datetime", "MBIL"],
  ["channel_id", "LPRO"],
  ["interval", "LPRO"],
  ["current_tariff_register", "INST"],
  ["last_command", "VISL"],
  ["active_energy_pos_tl", "BILL"],
];
