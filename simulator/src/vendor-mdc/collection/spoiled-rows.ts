/** Rows as habits spoil them on their way out: without keys, of somebody else, twice, or not all of them. */
import type { HabitSwitches } from "../habits/habit-switches.ts";
import type { KeptRow } from "./kept-row.ts";
import type { RowForm } from "./row-texts.ts";

export function* spoiledTexts(
  rows: Iterable<KeptRow>,
  form: RowForm,
  habits: HabitSwitches,
): Generator<readonly string[]> {
  const { mostRows = Number.POSITIVE_INFINITY } = habits.current;
  const columns = {
    id: form.column("global_device_id"),
    msn: form.column("msn"),
    at: Math.max(form.column("meter_datetime"), form.column("event_datetime")),
  };
  let count = 0;
  for (const { texts } of rows) {
    if (count++ >= mostRows) return;
    if (habits.isTurn("rowsWithoutKeys")) yield withTexts(texts, { [columns.id]: "", [columns.at]: "" });
    else if (habits.isTurn("foreignRows"))
      yield withTexts(texts, { [columns.id]: foreignDevice.id, [columns.msn]: foreignDevice.msn });
    else {
      yield texts;
      if (habits.isTurn("duplicateRows")) yield texts;
    }
  }
}

function withTexts(texts: readonly string[], changes: Readonly<Record<number, string>>): string[] {
  return texts.map((text, column) => changes[column] ?? text);
}

/** Of another utility, which the same MDC serves. */
export const foreignDevice = { id: "m95000001", msn: "3695000001" } as const;
