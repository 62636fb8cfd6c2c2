/**
 * Rows that a meter must have and the MDC did not deliver: between two rows of a profile that are further apart than its
 * interval. They are asked for from the MDC's own tables first, by the time at which they should have come; what is still
 * missing then is asked for from the meter, once a day at most, by the command on_demand_read.
 */
import type { Commands } from "../../../commands/commands.ts";
import type { ColumnarStore } from "../../../stores/columnar/columnar-store.ts";
import { instant, integer } from "../../../stores/columnar/literals.ts";
import { selectRows } from "../../../stores/columnar/row-queries.ts";
import type { Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";
import type { MeterOfMdc } from "./mdc-meters.ts";

export interface Hole {
  readonly table: "LPRO" | "BILL";
  readonly meter: MeterOfMdc;
  /** First and last row that are missing, milliseconds UTC. */
  readonly from: number;
  readonly to: number;
}

const day = 86_400_000;
/** Meters named in one statement. */
const metersPerStatement = 10_000;
/** Holes that one statement tells, oldest first. */
const mostFound = 10_000;
/** Holes of one MDC that are filled in one go; the others come with the next. */
const mostHoles = 200;
/** What is younger may still be on its way. */
const settledMilliseconds = 2 * 3_600_000;

/** Holes of the MDC's meters since `since`, oldest first. */
export async function findHoles(
  columnar: Pick<ColumnarStore, "client">,
  mdc: Mdc,
  meters: readonly MeterOfMdc[],
  since: number,
  now: number,
): Promise<Hole[]> {
  const byNumber = new Map(meters.map((meter) => [meter.number, meter]));
  const holes: Hole[] = [];
  for (let first = 0; first < meters.length && holes.length < mostFound; first += metersPerStatement) {
    const numbers = meters.slice(first, first + metersPerStatement).map(({ number }) => number);
    for (const { table, source, step } of profiles) {
      const rows = await selectRows<[number, number, number, number]>(
        columnar,
        query(mdc, source, step, numbers, since, now),
      );
      for (const [device, before, after, interval] of rows) {
        holes.push({ table, meter: byNumber.get(device)!, from: before + interval, to: after - interval });
      }
    }
  }
  return holes;
}

/** The interval of a row of the load profile is its own; billing rows are a day apart. */
const profiles = [
  { table: "LPRO", source: "udil_load_profile_rows", step: "toInt64(ifNull(interval, 0)) * 60000" },
  { table: "BILL", source: "udil_billing_rows", step: `toInt64(${day})` },
] as const satisfies readonly { table: PollableTable; source: string; step: string }[];

/** Where the sampling changed, the longer of both intervals counts. */
function query(
  { organizationNumber }: Mdc,
  source: string,
  step: string,
  devices: readonly number[],
  since: number,
  now: number,
): string {
  const partition = source === "udil_load_profile_rows" ? "device_number, channel_id" : "device_number";
  return `
    SELECT device_number, before, at, greatest(step, step_before) AS interval FROM (
      SELECT device_number, toUnixTimestamp64Milli(meter_datetime) AS at, ${step} AS step,
        lagInFrame(at, 1, toInt64(0)) OVER w AS before, lagInFrame(step, 1, toInt64(0)) OVER w AS step_before
      FROM (
        SELECT * FROM ${source} FINAL
        WHERE organization_number = ${integer(organizationNumber)} AND device_number IN (${devices.map(integer).join(", ")})
          AND meter_datetime >= ${instant(since)} AND meter_datetime <= ${instant(now - settledMilliseconds)}
      )
      WINDOW w AS (PARTITION BY ${partition} ORDER BY meter_datetime ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
    )
    WHERE before > 0 AND interval > 0 AND at - before > interval * 1.5
    ORDER BY at LIMIT ${mostFound}`;
}

/** Which holes were asked for today: those that stay must not keep younger ones from their turn. */
export class AskedHoles {
  #today = 0;
  readonly #asked = new Set<string>();

  /** The next of them that were not asked for today. */
  next(found: readonly Hole[], now: number): Hole[] {
    this.#turn(now);
    const due: Hole[] = [];
    for (const hole of found) {
      if (due.length === mostHoles) break;
      if (!this.#asked.has(keyOf(hole))) due.push(hole);
    }
    return due;
  }

  add(holes: readonly Hole[], now: number): void {
    this.#turn(now);
    for (const hole of holes) this.#asked.add(keyOf(hole));
  }

  #turn(now: number): void {
    const today = Math.floor(now / day);
    if (today !== this.#today) this.#asked.clear();
    this.#today = today;
  }
}

function keyOf({ table, meter, from }: Hole): string {
  return `${table} ${meter.id} ${from}`;
}

/** Asks the meters themselves. The same hole is asked for once a day, whichever process finds it. */
export async function askMeters(
  commands: Pick<Commands, "submit">,
  mdc: Mdc,
  holes: readonly Hole[],
  now: number,
): Promise<void> {
  const today = Math.floor(now / day);
  for (const hole of holes) {
    const { table, meter, from, to } = hole;
    await commands.submit(
      {
        command: "on_demand_read",
        parameters: {
          type: table,
          start_datetime: new Date(from).toISOString(),
          end_datetime: new Date(to).toISOString(),
        },
        devices: [{ id: meter.id }],
        idempotencyKey: `hole ${keyOf(hole)} ${today}`,
        expiresInSeconds: day / 1000,
        priority: 2,
      },
      { scope: { staff: false, organization: mdc.organization }, origin: "api", name: holeRequester },
    );
  }
}

/** Whose commands these are, in lists of commands. */
export const holeRequester = "UDIL back-fill";
