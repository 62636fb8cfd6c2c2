/** What the registry shows of a meter's relay: as the last command left it. */
import { type Kysely, sql } from "kysely";
import type { Database } from "../stores/relational/database.ts";
import type { CommandDeviceRow } from "./command-rows.ts";

/** Keeps the control state (COSEM class 70) of meters whose relay was operated. @param rows in the order of their changes */
export async function recordRelayStates(db: Kysely<Database>, rows: readonly CommandDeviceRow[]): Promise<void> {
  const states = new Map(
    rows.flatMap((row) =>
      row.name === "aux_relay_operations" && row.state === "succeeded" && row.meterDevice !== null
        ? [[row.meterDevice, stateOf(row)] as const]
        : [],
    ),
  );
  if (states.size === 0) return;
  const values = [...states].map(([device, state]) => ({ device, state }));
  await sql`
    update meter_devices d set disconnector_status = v.state
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as v(device uuid, state smallint)
    where d.id = v.device and d.disconnector_status is distinct from v.state`.execute(db);
}

/** As the meter showed it, where it did: one that is ready for reconnection waits for its button. */
function stateOf({ result, parameters }: CommandDeviceRow): number {
  const shown = (result as { control_state?: unknown } | null)?.control_state;
  return shown === 0 || shown === 1 || shown === 2 ? shown : Number(parameters.relay_operate);
}
