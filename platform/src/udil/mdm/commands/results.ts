/** What an MDC read on demand, as the command keeps it: the rows themselves are in the tables of their kind. */
import type { UdilRow, UdilTable } from "@anymeter/udil";
import type { PeerUpdate } from "../../../commands/peers.ts";
import { mostCharactersShown, mostRowsShown } from "../../../head-end/drivers/collected-rows.ts";

/** @param rows of one meter, in the order they came: the last ones are kept where there are too many */
export function shownResult(table: UdilTable, rows: readonly UdilRow[]): Pick<PeerUpdate, "result" | "remark"> {
  let first = rows.length;
  for (let characters = 0; first > 0 && rows.length - first < mostRowsShown; first--) {
    characters += JSON.stringify(rows[first - 1]).length;
    if (characters > mostCharactersShown) break;
  }
  const shown = rows.slice(first);
  return {
    result: { table, rows: shown },
    ...(first > 0 && { remark: `The last ${shown.length} rows are shown; ${first} more are stored.` }),
  };
}

/** A read that went well and gave nothing: no meter is silent about that. @param remark what the MDC said to it */
export function emptyResult(table: UdilTable, remark = ""): Pick<PeerUpdate, "result" | "remark"> {
  return { result: { table, rows: [] }, remark: remark === "" ? "The MDC gave no rows." : remark };
}
