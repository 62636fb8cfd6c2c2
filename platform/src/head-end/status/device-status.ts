/**
 * How each meter answered last: one row per meter, moved on by every session, so that a list of a million meters is
 * read from its index and never computed from runs.
 */
import { sql, type Transaction } from "kysely";
import type { Database } from "../../stores/relational/database.ts";
import type { ContactReport } from "../runs/run-report.ts";

/** Contacts over which the success rate is counted: the bits of a positive integer. */
export const countedContacts = 30;

/** Moves the status of each called meter on. */
export async function recordStatuses(
  transaction: Transaction<Database>,
  contacts: readonly ContactReport[],
): Promise<void> {
  for (const batch of withoutRepeats(contacts)) {
    const rows = batch.map(({ device, at, answered, succeeded, cause, clock }) => ({
      device,
      at,
      answered,
      succeeded,
      cause: cause ?? null,
      drift: clock?.driftSeconds ?? null,
      clock_read_at: clock?.readAt ?? null,
      clock_set: clock?.set ?? false,
    }));
    await sql`
      insert into meter_device_statuses as s (meter_device, last_attempt, last_contact, last_success, last_cause,
        outcomes, outcome_count, consecutive_failures, clock_drift_seconds, clock_read_at, clock_set_at)
      select v.device, to_timestamp(v.at / 1000.0),
        case when v.answered then to_timestamp(v.at / 1000.0) end,
        case when v.succeeded then to_timestamp(v.at / 1000.0) end,
        v.cause, v.succeeded::integer, 1, (not v.succeeded)::integer, v.drift,
        to_timestamp(v.clock_read_at / 1000.0), case when v.clock_set then to_timestamp(v.clock_read_at / 1000.0) end
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(
        device uuid, at double precision, answered boolean, succeeded boolean, cause text,
        drift numeric, clock_read_at double precision, clock_set boolean)
      join meter_devices d on d.id = v.device
      order by v.device
      on conflict (meter_device) do update set
        last_attempt = excluded.last_attempt,
        last_contact = coalesce(excluded.last_contact, s.last_contact),
        last_success = coalesce(excluded.last_success, s.last_success),
        last_cause = excluded.last_cause,
        outcomes = ((s.outcomes << 1) | excluded.outcomes) & ${sql.lit(2 ** countedContacts - 1)},
        outcome_count = least(s.outcome_count + 1, ${sql.lit(countedContacts)}),
        consecutive_failures = case when excluded.consecutive_failures = 0 then 0
          else least(s.consecutive_failures + 1, ${sql.lit(mostFailures)}) end,
        clock_drift_seconds = coalesce(excluded.clock_drift_seconds, s.clock_drift_seconds),
        clock_read_at = coalesce(excluded.clock_read_at, s.clock_read_at),
        clock_set_at = coalesce(excluded.clock_set_at, s.clock_set_at)`.execute(transaction);
  }
}

const mostFailures = 10_000;

/** One statement may not touch a row twice: later contacts of the same meter go into a batch of their own. */
function* withoutRepeats(contacts: readonly ContactReport[]): Generator<readonly ContactReport[]> {
  let batch = new Map<string, ContactReport>();
  for (const contact of contacts) {
    if (batch.has(contact.device)) {
      yield [...batch.values()];
      batch = new Map();
    }
    batch.set(contact.device, contact);
  }
  if (batch.size > 0) yield [...batch.values()];
}
