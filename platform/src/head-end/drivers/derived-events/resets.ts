/** A billing reset (101) for every row of billing periods whose counter is above that of the row before. */
import type { ProfileRow } from "../../../readings/profile-rows/profile-row.ts";
import type { ContactedDevice } from "../driver.ts";
import type { DerivedEvent, DerivedEvents } from "./derived-events.ts";

/** Resolves when the events are durable. @param rows of one profile; those of other tables are nothing to it */
export async function tellResets(
  derived: DerivedEvents | undefined,
  device: ContactedDevice,
  rows: readonly ProfileRow[],
): Promise<void> {
  const counted = rows
    .filter(({ table, fields }) => table === "MBIL" && fields.reset_count !== undefined)
    .toSorted((one, other) => one.at - other.at);
  if (!derived || counted.length === 0) return;
  const before = await derived.resetsBefore(device, counted[0]!.at);
  await derived.tell(device, resetsIn(counted, before));
}

/** At the time of the reset where the row tells it, else at its own. */
function resetsIn(rows: readonly ProfileRow[], before: number | undefined): DerivedEvent[] {
  let last = before;
  return rows.flatMap(({ at, fields }) => {
    const count = Number(fields.reset_count);
    const isRisen = last !== undefined && count > last;
    last = count;
    return isRisen ? [{ code: 101, at: Number(fields.mdi_reset_datetime ?? at) }] : [];
  });
}
