/** Rows and orders as an MDC works with them, out of what it remembered of them. */
import type { UdilTableId } from "@anymeter/udil";
import type { KeptRow } from "../collection/kept-row.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import type { ReadResult, Transaction, TransactionDevice } from "../transactions/transaction.ts";
import type { DeviceRecord, RowRecord, TransactionRecord } from "./moment.ts";

/** Those of meters that are not there any more are left out. */
export function restoredRows(records: readonly RowRecord[], made: ReadonlyMap<string, VendorMeter>): KeptRow[] {
  return records.flatMap(({ msn, ...row }) => {
    const meter = made.get(msn);
    return meter === undefined ? [] : [{ ...row, meter }];
  });
}

/** `rows`: those that orders have read. `namesOf`: the columns of a table. */
export function restoredTransactions(
  records: readonly TransactionRecord[],
  made: ReadonlyMap<string, VendorMeter>,
  rows: readonly KeptRow[],
  namesOf: (table: UdilTableId) => readonly string[],
): Transaction[] {
  const textsOf = new Map(rows.map(({ number, texts }) => [number, texts]));
  const resultOf = (result: NonNullable<DeviceRecord["result"]>): ReadResult => {
    if ("records" in result) return result;
    const { table, numbers } = result.of;
    const texts = numbers.map((number) => textsOf.get(number));
    // What is older than anybody keeps is no longer there.
    return { names: namesOf(table), records: texts.filter((one) => one !== undefined), of: result.of };
  };
  return records.map(({ order, devices, ...transaction }) => ({
    ...transaction,
    devices: devices.map(
      ({ result, ...device }): TransactionDevice => ({
        ...{ ...device, meter: made.get(device.msn), order: device.state === "refused" ? undefined : order },
        ...(result !== undefined && { result: resultOf(result) }),
      }),
    ),
  }));
}
