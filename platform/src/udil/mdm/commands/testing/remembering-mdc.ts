/** Answers of a handmade MDC that takes every command, keeps it, and shows it at the level the test says. */
import { type Answering, type HandmadeAnswer, json } from "../../testing/handmade-mdc.ts";

export interface Shown {
  readonly level: number;
  /** Further columns of TRANSACTION_STATUS. */
  readonly more?: object;
}

/** @param shown how a transaction stands with a device; undefined = it is not shown */
export function rememberingMdc(shown: (transaction: string, device: string) => number | Shown | undefined) {
  const known = new Map<string, readonly string[]>();
  const orders: string[] = [];
  const answering = ({ transactionIds, ids, fields }: Parameters<Answering>[0], service: Parameters<Answering>[1]) => {
    const [id = ""] = transactionIds;
    if (service === "transaction_status") {
      const data = transactionIds.flatMap((one) =>
        (known.get(one) ?? []).flatMap((device) => {
          const standing = shown(one, device);
          if (standing === undefined) return [];
          return row(one, device, typeof standing === "number" ? { level: standing } : standing);
        }),
      );
      return data.length > 0 ? json({ status: "1", data }) : json({ status: "0", message: "unknown", data: [] });
    }
    if (service === "transaction_cancel") return accepting(id, ids);
    known.set(id, ids);
    orders.push(`${service} ${fields.relay_operate ?? ""}`.trim());
    return accepting(id, ids);
  };
  return { answering, known, orders };
}

/** Says of each device that it is as asked for, or of some of them why not. */
export function accepting(
  transactionid: string,
  ids: readonly string[],
  remarkOf: (id: string) => string | undefined = () => undefined,
): HandmadeAnswer {
  const device = (global_device_id: string) => {
    const remarks = remarkOf(global_device_id);
    return {
      global_device_id,
      msn: "1",
      ...(remarks === undefined ? { indv_status: "1" } : { indv_status: "0", remarks }),
    };
  };
  return json({ status: "1", transactionid, data: ids.map(device) });
}

function row(transactionid: string, global_device_id: string, { level, more }: Shown) {
  const indv_status = level === 5 ? "1" : "0";
  return { transactionid, global_device_id, msn: "1", status_level: String(level), indv_status, ...more };
}
